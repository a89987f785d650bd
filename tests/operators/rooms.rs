//! The console's rooms for accounts of earlier systems: what is seen, decided, confirmed and taken back there.

use uuid::Uuid;
use yihao::base::{Actor, Visit};
use yihao::credential::totp::Seed;
use yihao::db::{Read, values};
use yihao::duties;
use yihao::legacy::cases;
use yihao::legacy::undo::{self, Asked, Deciding};
use yihao::operator::Role;

use super::console::first_sign_in;
use crate::legacy_merge::{Old, population};
use crate::support::home::rows;
use crate::support::operator::citizen_id;
use crate::support::staff::Staff;
use crate::support::{Browser, HOUR, House, Page};

pub async fn house(two_to_undo: bool) -> House {
    House::open_with(|config| {
        config.registers.source = "extract".to_owned();
        config.legacy.two_operators_to_undo = two_to_undo;
    })
    .await
}

/// An operator at the console, in the role.
pub async fn at_console(house: &House, role: Role) -> (Browser, Staff, Seed) {
    let staff = house.staff(&[role]).await;
    let mut browser = Browser::new(house);
    let seed = first_sign_in(house, &mut browser, &staff).await;
    (browser, staff, seed)
}

pub async fn count(house: &House, event: &str) -> usize {
    let rows = rows(&house.home.storage, &[]).await;
    rows["audit"].iter().filter(|row| row.contains(event)).count()
}

async fn state_of(house: &House, batch: Uuid) -> String {
    let mut read = &house.app.db;
    let sql = "select state from legacy_batch where id = $1";
    read.optional(sql, values![batch], |row| row.get(0)).await.unwrap().unwrap()
}

pub fn refused_with(page: &Page, code: &str) {
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)));
}

#[tokio::test]
async fn a_case_is_looked_at_proposed_and_confirmed_by_another() {
    let house = house(false).await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", number.as_str(), "张炜").await;
    si.matches().await;
    let (mut one, first, _) = at_console(&house, Role::Decider).await;
    let (mut two, ..) = at_console(&house, Role::Decider).await;

    let home = one.open("/console").await;
    assert!(home.has("#rooms a[href='/console/cases']") && home.has("#rooms a[href='/console/sources']"));
    let queue = one.open("/console/cases").await;
    queue.sees("*炜").sees("号码相符，姓名不符").sees("待处理");
    assert!(!queue.html.contains(number.as_str()));
    let case = one.open_link_to("/console/cases/0").await;
    assert_eq!(case.attribute("#state", "data-state").as_deref(), Some("open"));
    case.sees("*炜").sees("*伟").sees("姓名不一致").sees("这里还没有对应的账号");
    assert!(case.has("#sides tr.differs") && !case.html.contains(number.as_str()));
    let address = case.url.path().to_owned();

    // To unmask is its own act, wants a reason, and is noted with it.
    refused_with(&one.submit("#case-reveal", &[("why", "")]).await, "reason-missing");
    refused_with(&one.submit("#case-reveal", &[("why", number.as_str())]).await, "reason-number");
    assert_eq!(count(&house, "case.revealed").await, 0);
    let whole = one.submit("#case-reveal", &[("why", "对照户口簿")]).await;
    whole.sees(number.as_str()).sees("张炜").sees("张伟");
    assert_eq!((count(&house, "case.revealed").await, count(&house, "对照户口簿").await), (1, 1));
    assert_eq!(whole.headers["cache-control"], "no-store");
    assert!(!one.open(&address).await.html.contains(number.as_str()));

    // The first proposes, and cannot confirm it.
    refused_with(
        &one.submit("#case-decide", &[("decision", "merge"), ("reason", " ")]).await,
        "reason-missing",
    );
    let proposed = one.submit("#case-decide", &[("decision", "merge"), ("reason", "户口簿第 17 页")]).await;
    assert_eq!(proposed.attribute("#state", "data-state").as_deref(), Some("proposed"));
    assert!(proposed.has("#waits") && !proposed.has("#case-decide"));
    assert_eq!(si.state(old).await.0, "matched");
    let forged = [
        ("csrf".to_owned(), whole.attribute("input[name=csrf]", "value").unwrap()),
        ("decision".to_owned(), "merge".to_owned()),
        ("reason".to_owned(), "again".to_owned()),
    ];
    refused_with(&one.post(&address, &forged).await, "case-same-operator");
    let confirm = two.open(&address).await;
    confirm.sees(&first.name).sees("户口簿第 17 页").sees("由您确认");
    let done = two.submit("#case-decide", &[("decision", "merge"), ("reason", "核对无误")]).await;
    assert_eq!(done.attribute("#state", "data-state").as_deref(), Some("decided"));
    done.sees("已合并").sees(&first.name);
    assert_eq!(si.state(old).await.0, "merged");

    // And it can be taken back: the case waits again.
    let again = two.submit("#case-undo", &[]).await;
    assert_eq!(again.attribute("#state", "data-state").as_deref(), Some("open"));
    assert_eq!(si.state(old).await.0, "matched");
}

#[tokio::test]
async fn many_are_decided_at_once_and_what_cannot_be_is_named() {
    let house = house(false).await;
    let numbers: Vec<_> = (0..3).map(|_| citizen_id()).collect();
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &persons).await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    let mut all = Vec::new();
    for (n, number) in numbers.iter().enumerate() {
        all.push(si.person(&n.to_string(), number.as_str(), "李娜").await);
    }
    all.push(si.person("9", "", "李娜").await);
    tax.person("1", numbers[0].as_str(), "王五").await;
    si.matches().await;
    tax.matches().await;
    let (mut one, ..) = at_console(&house, Role::Decider).await;
    let queue = one.open("/console/cases?source=si").await;
    assert_eq!(queue.texts(".queue > li").len(), 4);
    assert_eq!(one.open("/console/cases").await.texts(".queue > li").len(), 5);
    assert_eq!(one.open("/console/cases?source=si&reason=EMPTY").await.texts(".queue > li").len(), 1);
    assert!(one.open("/console/cases?source=si&state=decided").await.has("#no-cases"));
    assert!(one.open("/console/cases?due=overdue").await.has("#no-cases"));
    assert!(one.open("/console/cases?kind=legacy-differs").await.has("#no-cases"));
    assert_eq!(one.open("/console/cases?source=nobody").await.status.as_u16(), 404);
    one.open("/console/cases?source=si").await;
    refused_with(
        &one.submit("#cases", &[("decision", "reject"), ("reason", "no")]).await,
        "case-none-chosen",
    );
    let cases = si.cases().await;
    let boxes: Vec<String> = cases.iter().map(|case| format!("case-{}", case.id)).collect();
    let mut fields: Vec<(&str, &str)> = boxes.iter().map(|name| (name.as_str(), "on")).collect();
    fields.extend([("decision", "merge"), ("reason", "核对无误")]);
    let done = one.submit("#cases", &fields).await;
    assert_eq!((done.texts("#outcomes > li").len(), done.texts("#outcomes > li.late").len()), (4, 1));
    done.sees("已提请").sees("不知道是谁的");
    // Where nobody is known, one is named by the number, which stands in no address.
    let person = house.person().await;
    let unknown = cases.iter().find(|case| case.reason == "EMPTY").unwrap().id;
    one.open(&format!("/console/cases/{unknown}")).await;
    let named = |number: &str| {
        [("decision", "merge"), ("reason", "到窗口核对"), ("number", number)].map(|(k, v)| (k, v.to_owned()))
    };
    for (number, code) in [("12345", "number-mistyped"), (citizen_id().as_str(), "case-no-account")] {
        let fields = named(number);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        refused_with(&one.submit("#case-decide", &fields).await, code);
    }
    let fields = named(&person.number);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    one.submit("#case-decide", &fields).await.sees("审核人员指定");
    let (mut two, ..) = at_console(&house, Role::Decider).await;
    two.open(&format!("/console/cases/{unknown}")).await;
    two.submit("#case-decide", &[("decision", "merge"), ("reason", "无误")]).await;
    assert_eq!(si.state(all[3]).await.2, Some(person.id));
    // What has waited too long stands out.
    house.pass(cases::OPEN_DAYS + HOUR);
    let (mut late, ..) = at_console(&house, Role::Decider).await;
    assert!(late.open("/console").await.has("#overdue"));
    assert_eq!(late.open("/console/cases?due=overdue").await.texts("li.overdue").len(), 4);
}

#[tokio::test]
async fn a_batch_is_taken_back_by_two_where_the_policy_says_so() {
    let house = house(true).await;
    let numbers = [citizen_id(), citizen_id()];
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &persons).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", numbers[0].as_str(), "张伟").await;
    let touched = si.person("2", numbers[1].as_str(), "张伟").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id;
    // By another hand than ours.
    let mut tx = house.app.db.begin().await.unwrap();
    let sql = "update legacy_account set state = 'unmerged', account = null where id = $1";
    tx.execute(sql, values![touched]).await.unwrap();
    tx.commit().await.unwrap();

    let (mut one, ..) = at_console(&house, Role::Decider).await;
    let (mut two, ..) = at_console(&house, Role::Decider).await;
    one.open("/console/sources/si/batches").await.sees("已完成");
    let page = one.open_link_to("/console/batches/").await;
    page.sees("这些将不能撤销").sees(&touched.to_string());
    refused_with(&one.submit("#batch-undo", &[("reason", "")]).await, "reason-missing");
    let proposed = one.submit("#batch-undo", &[("reason", "登记库有误")]).await;
    assert!(proposed.has("#waits") && !proposed.has("#batch-undo"));
    assert_eq!(
        (state_of(&house, batch).await.as_str(), si.state(sure).await.0.as_str()),
        ("undo_proposed", "merged")
    );
    // It may be left as it is.
    let kept = one.submit("#batch-keep", &[]).await;
    assert!(kept.has("#batch-undo") && !kept.has("#proposal"));
    one.submit("#batch-undo", &[("reason", "登记库有误")]).await;
    two.open(page.url.path()).await.sees("登记库有误");
    let done = two.submit("#batch-undo", &[("reason", "同意")]).await;
    assert_eq!(done.attribute("#state", "data-state").as_deref(), Some("undone"));
    done.sees("这些没有撤销").sees(&touched.to_string());
    assert_eq!(si.state(sure).await.0, "matched");
    assert!(!done.has("#batch-undo"));
}

#[tokio::test]
async fn who_may_look_sees_counts_and_no_evidence_and_others_nothing() {
    let house = house(false).await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", number.as_str(), "张炜").await;
    si.person("2", number.as_str(), "张伟").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id;
    let case = si.cases().await[0].id;
    for role in [Role::Viewer, Role::Keeper, Role::Auditor] {
        let (mut looks, ..) = at_console(&house, role).await;
        looks.open("/console/sources").await.sees("1 件疑难事项待处理");
        let report = looks.open("/console/sources/si").await;
        report.sees("自动合并").sees("须人工判断").sees("50.0%");
        assert!(report.has("#classes svg.bar rect") && report.has("#reasons"));
        assert!(!report.html.contains(number.as_str()));
        let page = looks.open(&format!("/console/batches/{batch}")).await;
        assert!(page.has("#expected") && !page.has("#batch-undo"));
        for closed in ["/console/cases".to_owned(), format!("/console/cases/{case}")] {
            let page = looks.open(&closed).await;
            assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("no_right")), "{closed}");
        }
    }
    let (mut clerk, ..) = at_console(&house, Role::Clerk).await;
    for closed in ["/console/sources", "/console/sources/si", "/console/cases"] {
        assert_eq!(clerk.open(closed).await.status.as_u16(), 403, "{closed}");
    }
    let mut nobody = Browser::new(&house);
    for closed in ["/console/sources", "/console/cases"] {
        nobody.open(closed).await.is_at("/console/sign-in");
    }
    let (mut looks, ..) = at_console(&house, Role::Viewer).await;
    for missing in ["/console/sources/none", "/console/batches/0199c0de-7000-7000-8000-000000000007"] {
        assert_eq!(looks.open(missing).await.status.as_u16(), 404, "{missing}");
    }
}

#[tokio::test]
async fn a_duty_goes_on_with_what_was_begun_and_tells_of_what_nobody_decided() {
    let house = house(false).await;
    let (number, other) = (citizen_id(), citizen_id());
    population(&house, &[(number.as_str(), "张伟", "", "0"), (other.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", number.as_str(), "张伟").await;
    si.person("2", other.as_str(), "李娜").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id;
    let staff = house.staff(&[Role::Decider]).await;
    // As it stands when the node that began it has ended.
    let visit = Visit { actor: Actor::Operator(staff.id), ..house.visit() };
    let deciding = Deciding { reason: "a test", two_operators: false, go_on: true };
    let mut tx = house.app.db.begin().await.unwrap();
    let asked = undo::ask_batch(&mut tx, &house.app.keys.data(), &visit, batch, deciding).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(asked, Asked::Begun(_)));
    assert_eq!(
        (state_of(&house, batch).await.as_str(), si.state(sure).await.0.as_str()),
        ("undoing", "merged")
    );
    assert_eq!(duties::go_on_undoing(&house.app).await.unwrap(), 1);
    assert_eq!(
        (state_of(&house, batch).await.as_str(), si.state(sure).await.0.as_str()),
        ("undone", "matched")
    );
    assert_eq!(duties::go_on_undoing(&house.app).await.unwrap(), 0);

    assert_eq!(duties::raise_cases(&house.app).await.unwrap(), 0);
    house.pass(cases::OPEN_DAYS + HOUR);
    assert_eq!(duties::raise_cases(&house.app).await.unwrap(), 1);
    assert_eq!(duties::raise_cases(&house.app).await.unwrap(), 0, "each is told of once");
    assert_eq!(count(&house, "case.overdue").await, 1);
}
