//! Cases about accounts here: what better proof has displaced, two persons of one number.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use yihao::base::TrustLevel;
use yihao::base::number::CitizenId;
use yihao::identity::{self, Arrival, CaseKind, Due, OPEN_DAYS, PersonState, Registered};
use yihao::operator::Role;
use yihao::{db::values, duties};

use super::api::{calls, token};
use super::rooms::{at_console, count, house, refused_with};
use crate::legacy_merge::{Old, population};
use crate::support::operator::{citizen_id, new_person};
use crate::support::program::yihao;
use crate::support::{Browser, HOUR, House, Person};

/// Somebody shows a number at level 5 that another holds at level 3; the account that is new.
pub async fn displaces(house: &House, holder: &Person) -> Uuid {
    let number = CitizenId::parse(&holder.number, house.clock.now().day()).unwrap();
    let new = new_person(number, "欧阳靖宇", "13912345678", TrustLevel::Attended);
    let mut tx = house.app.db.begin().await.unwrap();
    let trust = &house.app.config.trust;
    let arrival = identity::arrive(&mut tx, &house.app.keys, &house.visit(), &new, trust).await.unwrap();
    tx.commit().await.unwrap();
    let Arrival::Displaced { new, .. } = arrival else { panic!("{arrival:?}") };
    new
}

/// The second of two persons of one number; the account.
async fn second(house: &House, first: &Person, phone: &str) -> Uuid {
    let number = CitizenId::parse(&first.number, house.clock.now().day()).unwrap();
    let new = new_person(number, "司马光", phone, TrustLevel::Matched);
    let mut tx = house.app.db.begin().await.unwrap();
    let added = identity::register_provisional(&mut tx, &house.app.keys, &house.visit(), &new).await;
    tx.commit().await.unwrap();
    added.unwrap().expect("somebody holds the number")
}

async fn state_of(house: &House, person: Uuid) -> PersonState {
    identity::state_of(&mut &house.app.db, person).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_better_proof_displaced_is_looked_at_and_decided() {
    let house = house(false).await;
    let holders = [house.person().await, house.person().await];
    // Ids begin with their time: two cases of one moment have no order.
    let first = displaces(&house, &holders[0]).await;
    house.pass(Duration::from_secs(1));
    let new = [first, displaces(&house, &holders[1]).await];
    population(&house, &[(citizen_id().as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", "", "李娜").await;
    si.matches().await;
    let (mut browser, staff, _) = at_console(&house, Role::Decider).await;
    let queue = browser.open("/console/cases").await;
    assert_eq!(queue.texts(".queue > li").len(), 3, "they stand among the others");
    queue.sees("号码由更强的证明取得");
    assert!(holders.iter().all(|holder| !queue.html.contains(&holder.number)));
    assert_eq!(browser.open("/console/cases?kind=displaced").await.texts(".queue > li").len(), 2);
    assert!(browser.open("/console/cases?kind=shared-number").await.has("#no-cases"));
    assert!(browser.open("/console/cases?kind=displaced&state=decided").await.has("#no-cases"));
    assert_eq!(browser.open("/console/cases?source=si").await.texts(".queue > li").len(), 1);

    // Both accounts, masked; whole for a reason that is noted.
    browser.open("/console/cases?kind=displaced").await;
    let case = browser.open_link_to("/console/cases/0").await;
    let address = case.url.path().to_owned();
    case.sees("现在持有号码").sees("此前持有号码").sees("使用中").sees("已注销").sees("可信等级 5");
    assert!(!case.html.contains(&holders[0].number));
    refused_with(&browser.submit("#case-reveal", &[("why", "")]).await, "reason-missing");
    browser.submit("#case-reveal", &[("why", "对照身份证")]).await.sees(&holders[0].number);
    assert_eq!(count(&house, "case.revealed").await, 1);

    browser.open(&address).await;
    let reasonless = browser.submit("#case-decide", &[("decision", "stands"), ("reason", " ")]).await;
    refused_with(&reasonless, "reason-missing");
    let odd = browser.submit("#case-decide", &[("decision", "merge"), ("reason", "x")]).await;
    assert_eq!(odd.status.as_u16(), 400);
    browser.open(&address).await;
    let done = browser.submit("#case-decide", &[("decision", "stands"), ("reason", "本人到窗口核对")]).await;
    assert_eq!(done.attribute("#state", "data-state").as_deref(), Some("decided"));
    done.sees("确认无误").sees(&staff.name).sees("本人到窗口核对");
    assert_eq!(
        (state_of(&house, new[0]).await, count(&house, "case.decided").await),
        (PersonState::Active, 1)
    );

    // The other is stopped: nobody signs in to it until it is released.
    browser.open("/console/cases?kind=displaced").await;
    let page = browser.open_link_to("/console/cases/0").await;
    let owner = Person { id: new[1], ..holders[1].clone() };
    let mut theirs = Browser::signed_in(&house, &owner).await;
    theirs.open("/account").await.is_at("/account");
    let done = browser.submit("#case-decide", &[("decision", "hold"), ("reason", "照片与本人不符")]).await;
    done.sees("账号已暂停");
    assert_eq!(state_of(&house, new[1]).await, PersonState::Held);
    theirs.open("/account").await.is_at("/sign-in");
    // Decided once.
    let csrf = done.attribute("input[name=csrf]", "value").or(page.attribute("input[name=csrf]", "value"));
    let again = [("csrf", csrf.unwrap()), ("decision", "stands".into()), ("reason", "no".into())];
    let again = browser.post(page.url.path(), &again.map(|(name, text)| (name.to_owned(), text))).await;
    refused_with(&again, "case-over");
    assert!(browser.open("/console/cases?kind=displaced").await.has("#no-cases"));
    assert_eq!(
        browser.open("/console/cases?kind=displaced&state=decided").await.texts(".queue > li").len(),
        2
    );
}

#[tokio::test]
async fn two_persons_of_one_number_are_settled_when_one_has_another() {
    let house = house(false).await;
    let first = house.person().await;
    let second = second(&house, &first, "13800030001").await;
    let (mut browser, ..) = at_console(&house, Role::Decider).await;
    browser.open("/console/cases?kind=shared-number").await.sees("登记库中有两人的号码相同");
    browser.open_link_to("/console/cases/0").await.sees("第二个账号").sees("持有号码的账号");
    let early = browser.submit("#case-decide", &[("decision", "stands"), ("reason", "公安已更正")]).await;
    refused_with(&early, "case-shared");
    let new = citizen_id();
    let change =
        ["person", "change", "--person", &second.to_string(), "--citizen-id", "-", "--evidence", "x"];
    yihao(&house, &change, &format!("{}\n", new.as_str())).unwrap();
    let done = browser.submit("#case-decide", &[("decision", "stands"), ("reason", "公安已更正")]).await;
    assert_eq!(done.attribute("#state", "data-state").as_deref(), Some("decided"));
    let (mut viewer, ..) = at_console(&house, Role::Viewer).await;
    assert_eq!(viewer.open(done.url.path()).await.status.as_u16(), 403);
}

#[tokio::test]
async fn nobody_decides_about_themselves_and_commands_do_the_same() {
    let house = house(false).await;
    let holder = house.person().await;
    let (mut browser, staff, _) = at_console(&house, Role::Decider).await;
    // The operator's own number is taken from somebody.
    let number = CitizenId::parse(&staff.number, house.clock.now().day()).unwrap();
    let squatter = new_person(number, "欧阳靖宇", "13700000001", TrustLevel::Matched);
    let mut tx = house.app.db.begin().await.unwrap();
    let registered = identity::register(&mut tx, &house.app.keys, &house.visit(), &squatter).await.unwrap();
    tx.commit().await.unwrap();
    let Registered::New(id) = registered else { panic!("the number is taken") };
    let own = Person { id, number: staff.number.clone(), ..holder.clone() };
    displaces(&house, &own).await;
    browser.open("/console/cases?kind=displaced").await;
    browser.open_link_to("/console/cases/0").await;
    let refused = browser.submit("#case-decide", &[("decision", "stands"), ("reason", "我本人")]).await;
    refused_with(&refused, "case-own-matter");

    let other = house.staff(&[Role::Decider]).await;
    let listed = yihao(&house, &["person", "cases"], "").unwrap();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["kind"]), (1, &"displaced".into()));
    assert!(!listed.to_string().contains(&staff.number));
    let case = listed[0]["case_id"].as_str().unwrap();
    let decide = |by: &str, password: &str| {
        let line = ["person", "decide", case, "hold", "--reason", "papers", "--as", by, "--password-stdin"];
        yihao(&house, &line, &format!("{password}\n"))
    };
    assert!(decide(&staff.name, &staff.password).unwrap_err().1.contains("about themselves"));
    assert_eq!(decide(&other.name, &other.password).unwrap()["decision"], "hold");
    assert!(decide(&other.name, &other.password).unwrap_err().1.contains("the case is decided"));
    let (kind, latest) = (CaseKind::Displaced, Due::Any.latest(house.clock.now()));
    assert!(
        identity::list_cases(
            &mut &house.app.db,
            identity::CaseState::Open,
            Some(kind),
            latest,
            Uuid::nil(),
            9
        )
        .await
        .unwrap()
        .is_empty()
    );
}

#[tokio::test]
async fn they_have_thirty_days_and_are_raised_after_them() {
    let house = house(false).await;
    let holders = [house.person().await, house.person().await];
    displaces(&house, &holders[0]).await;
    let due = house.clock.now().plus(OPEN_DAYS).day().to_string();
    house.pass(Duration::from_secs(1));
    displaces(&house, &holders[1]).await;
    let listed = |options: &[&str]| {
        let line: Vec<&str> = ["person", "cases"].iter().chain(options).copied().collect();
        yihao(&house, &line, "").unwrap().as_array().unwrap().clone()
    };
    let all = listed(&[]);
    assert_eq!((all.len(), &all[0]["deadline"]), (2, &json!(due)));
    assert_eq!((listed(&["--overdue"]).len(), duties::raise_cases(&house.app).await.unwrap()), (0, 0));
    let (mut browser, ..) = at_console(&house, Role::Decider).await;
    assert!(browser.open("/console/cases?due=soon").await.has("#no-cases"));
    browser.open(&format!("/console/cases/{}", all[0]["case_id"].as_str().unwrap())).await.sees("期限 2026");
    let decide = |case: &Value, password: &str, by: &str| {
        let case = case["case_id"].as_str().unwrap();
        let line = ["person", "decide", case, "stands", "--reason", "papers", "--as", by, "--password-stdin"];
        yihao(&house, &line, &format!("{password}\n")).unwrap()
    };
    let staff = house.staff(&[Role::Decider]).await;
    decide(&all[1], &staff.password, &staff.name);

    house.pass(OPEN_DAYS + HOUR);
    assert_eq!(duties::raise_cases(&house.app).await.unwrap(), 1, "what is decided is not late");
    assert_eq!(duties::raise_cases(&house.app).await.unwrap(), 0, "each is told of once");
    assert_eq!(count(&house, "case.overdue").await, 1);
    let (mut browser, ..) = at_console(&house, Role::Decider).await;
    assert!(browser.open("/console").await.has("#overdue"));
    let queue = browser.open("/console/cases?due=overdue").await;
    assert_eq!((queue.texts(".queue > li").len(), queue.texts("li.overdue").len()), (1, 1));
    browser.open_link_to("/console/cases/0").await.sees("，已过");
    // A command lives by the machine's clock.
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("update cases set deadline = opened_at", values![]).await.unwrap();
    tx.commit().await.unwrap();
    let late = listed(&["--overdue"]);
    assert_eq!((late.len(), &late[0]["case_id"]), (1, &all[0]["case_id"]));
    decide(&all[0], &staff.password, &staff.name);
    assert!(!browser.open("/console").await.has("#overdue"));
}

#[tokio::test]
async fn what_waited_before_there_were_deadlines_gets_one() {
    let house = house(false).await;
    let holder = house.person().await;
    displaces(&house, &holder).await;
    // As it was before.
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("update cases set deadline = null", values![]).await.unwrap();
    tx.execute("delete from migration where name = '0027_cases_of_accounts'", values![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.app.db.migrate(house.clock.now()).await.unwrap(), ["0027_cases_of_accounts"]);
    let listed = yihao(&house, &["person", "cases"], "").unwrap();
    assert_eq!(listed[0]["deadline"], house.clock.now().plus(OPEN_DAYS).day().to_string());
}

#[tokio::test]
async fn a_program_reads_and_decides_them() {
    let house = house(false).await;
    let holders = [house.person().await, house.person().await];
    let first = displaces(&house, &holders[0]).await;
    house.pass(Duration::from_secs(1));
    let shared = second(&house, &holders[1], "13800030001").await;
    population(&house, &[(citizen_id().as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    house.pass(Duration::from_secs(1));
    si.person("1", "", "李娜").await;
    si.matches().await;
    let decider = token(&house, Role::Decider).await;
    let get = async |path: &str| calls(&house, Method::GET, path, &decider, Value::Null).await.1;
    let kinds = async |path: &str| -> Vec<String> {
        let all = get(path).await["cases"].as_array().unwrap().clone();
        all.iter().map(|case| case["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("/cases").await, ["displaced", "shared-number", "legacy-review"]);
    assert_eq!(kinds("/cases?kind=displaced").await, ["displaced"]);
    assert_eq!(kinds("/cases?source=si").await, ["legacy-review"]);
    assert_eq!(kinds("/cases?kind=legacy-review").await, ["legacy-review"]);
    assert!(kinds("/cases?kind=displaced&state=decided").await.is_empty());
    assert!(kinds("/cases?due=soon").await.is_empty());
    let all = get("/cases").await;
    assert!(holders.iter().all(|holder| !all.to_string().contains(&holder.number)));
    let ids: Vec<String> = all["cases"].as_array().unwrap().iter().map(id_of).collect();
    let [displaced, two, review] = &ids[..] else { panic!("{ids:?}") };

    let one = get(&format!("/cases/{displaced}")).await;
    assert_eq!((&one["account"]["account_id"], &one["account"]["trust_level"]), (&json!(first), &json!(5)));
    assert_eq!((&one["other"]["state"], &one["state"]), (&json!("closed"), &json!("open")));
    assert!(
        one["account"]["evidence"][0]["method"].is_string() && !one["deadline"].as_str().unwrap().is_empty()
    );
    let posts = async |path: &str, body: Value| {
        let (status, answer) = calls(&house, Method::POST, path, &decider, body).await;
        (status.as_u16(), answer)
    };
    let reveal = format!("/cases/{displaced}/reveal");
    let (status, refused) = posts(&reveal, json!({})).await;
    assert_eq!((status, &refused["error"]), (422, &json!("reason_missing")));
    assert_eq!(count(&house, "case.revealed").await, 0);
    let (_, whole) = posts(&reveal, json!({ "reason": "papers" })).await;
    assert_eq!(
        (&whole["account"]["number"], count(&house, "case.revealed").await),
        (&json!(holders[0].number), 1)
    );

    let said =
        |case: &str, decision: &str| json!({ "cases": [case], "decision": decision, "reason": "papers" });
    let outcome = async |case: &str, decision: &str| {
        let (status, answer) = posts("/decisions", said(case, decision)).await;
        assert_eq!(status, 200, "{answer}");
        answer["outcomes"][0].clone()
    };
    // Each kind by its own words.
    assert_eq!(outcome(displaced, "merge").await["error"], "other_kind");
    assert_eq!(outcome(review, "stands").await["error"], "other_kind");
    assert_eq!(outcome(two, "stands").await["error"], "account_in_doubt");
    let nobody = "0199c0de-7000-7000-8000-000000000007";
    assert_eq!(outcome(nobody, "hold").await["error"], "not_found");
    for (wrong, code) in [
        (said(displaced, "maybe"), 400),
        (json!({ "cases": [displaced], "decision": "hold", "reason": "x", "into": first }), 400),
        (json!({ "cases": [displaced], "decision": "hold", "reason": "" }), 422),
    ] {
        assert_eq!(posts("/decisions", wrong.clone()).await.0, code, "{wrong}");
    }
    let held = outcome(two, "hold").await;
    assert_eq!((&held["state"], &held["decision"]), (&json!("decided"), &json!("hold")));
    assert_eq!(state_of(&house, shared).await, PersonState::Held);
    assert_eq!(outcome(displaced, "stands").await["state"], "decided");
    assert_eq!(outcome(displaced, "hold").await["error"], "changed");
    assert_eq!(state_of(&house, first).await, PersonState::Active);
    let (status, refused) = posts(&format!("/cases/{displaced}/undo"), json!({})).await;
    assert_eq!((status, &refused["error"]), (409, &json!("other_kind")));
    assert_eq!(kinds("/cases?kind=displaced&state=decided").await, ["displaced"]);
}

fn id_of(case: &Value) -> String {
    case["case_id"].as_str().unwrap().to_owned()
}
