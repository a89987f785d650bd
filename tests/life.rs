//! Everyone has a path, and the account follows a life: a child, a resident of Hong Kong, a foreigner; another
//! number, another name, a death that was none.

use std::time::Duration;

use serde_json::json;
use yihao::base::number::{CitizenId, NumberKind, OfficialNumber};
use yihao::base::{AuthenticationLevel, Phone};
use yihao::duties;
use yihao::identity::{self, Because, Renumbered};

use crate::register::proves;
use crate::support::operator::citizen_id;
use crate::support::program::yihao;
use crate::support::{Browser, HOUR, House, Page, Person, claims_of, soon};

const DAY: Duration = Duration::from_secs(24 * 3600);
const PASSWORD: &str = "燕子-4711-lantern";

/// Registers on the pages as far as the name, with this document.
async fn register(house: &House, browser: &mut Browser, phone: &str, fields: &[(&str, &str)]) -> Page {
    browser.open("/register").await;
    proves(house, browser, phone).await;
    browser.submit("#register-name", fields).await
}

/// The same to the end, and a token at a relying system: who it says that is.
async fn registered(house: &House, phone: &str, fields: &[(&str, &str)]) -> serde_json::Value {
    let mut browser = Browser::new(house);
    register(house, &mut browser, phone, fields).await.is_at("/register/password");
    browser.submit("#register-password", &[("password", PASSWORD)]).await;
    let party = house.relying_party(json!({})).await;
    let tokens = party.tokens(&mut browser, "openid profile official_number").await;
    party.userinfo(tokens.text("access_token")).await.good().json
}

#[tokio::test]
async fn a_hong_kong_resident_and_a_foreigner_each_get_an_account_and_use_it() {
    let house = House::open().await;
    for (document, country, number, name, phone, shown) in [
        ("hm-permit", "", "H12345678", "陳大文", "13800010001", "H12345678"),
        ("citizen-id", "", "810000199408230021", "李嘉欣", "13800010002", "810000199408230021"),
        ("passport", "can", "ab123456", "Jean-Luc O'Neill", "13800010003", "CAN:AB123456"),
        ("foreign-pr", "", "CAN110081080310", "Anne Marie Tremblay", "13800010004", "CAN110081080310"),
        ("foreign-pr", "", "911124198108030024", "Zoë Müller", "13800010005", "911124198108030024"),
        ("tw-permit", "", "12345678", "林志玲", "13800010006", "12345678"),
    ] {
        house.registers.know(shown, name, phone);
        let fields = [("name", name), ("document", document), ("country", country), ("number", number)];
        let info = registered(&house, phone, &fields).await;
        assert_eq!((info["official_number"].as_str(), info["name"].as_str()), (Some(shown), Some(name)));
        assert_eq!(info["trust_level"], 3);
        // And by it they sign in again.
        let mut again = Browser::new(&house);
        again.open("/sign-in").await;
        let fields = [("identifier", shown), ("password", PASSWORD)];
        again.submit("#sign-in", &fields).await.is_at("/account");
    }
    let mut browser = Browser::new(&house);
    let fields = [("name", "Jean"), ("document", "passport"), ("number", "AB123456")];
    let page = register(&house, &mut browser, "13800010009", &fields).await;
    assert_eq!(page.code().as_deref(), Some("country-missing"));
}

/// A child born on this day.
fn child(born: jiff::civil::Date) -> CitizenId {
    let body = format!("440106{:04}{:02}{:02}011", born.year(), born.month(), born.day());
    let mut candidates = "0123456789X".chars().map(|check| format!("{body}{check}"));
    candidates.find_map(|number| CitizenId::parse(&number, jiff::civil::Date::MAX).ok()).unwrap()
}

#[tokio::test]
async fn a_child_has_an_account_by_its_guardian_and_takes_it_over_at_fourteen() {
    use jiff::ToSpan;
    let house = House::open().await;
    let guardian = house.person().await;
    let today = house.clock.now().day();
    let number = child(today.checked_sub(14.years()).unwrap().checked_add(10.days()).unwrap());
    house.registers.know_child(number.as_str(), "小明", &guardian.number);

    // Not by itself…
    let mut browser = Browser::new(&house);
    let fields = [("name", "小明"), ("number", number.as_str())];
    let page = register(&house, &mut browser, "13800020001", &fields).await;
    assert_eq!(page.code().as_deref(), Some("guardian-needed"));
    // …nor by somebody else…
    let mut stranger = Browser::signed_in(&house, &house.person().await).await;
    stranger.open("/account/wards/add").await;
    let page = stranger.submit("#ward", &fields).await;
    assert_eq!(page.code().as_deref(), Some("not-guardian"));
    // …but by the guardian, who acts for it.
    let mut browser = Browser::signed_in(&house, &guardian).await;
    browser.open("/account/wards/add").await;
    browser.submit("#ward", &fields).await.is_at("/account/organizations").sees("监护人");
    let party = house.relying_party(json!({})).await;
    let attempt = party.attempt("openid official_number represented");
    let page = browser.open(&attempt.url()).await;
    let choice = page.attribute("#capacity input[type=radio]:not([value=self])", "value").unwrap();
    let page = browser.submit("#capacity", &[("capacity", &choice)]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!(
        (&claims["mandate"]["role"], &claims["mandate"]["scope"]),
        (&json!("guardian"), &json!(["*"]))
    );
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["official_number"], number.as_str());

    // At fourteen the guardian may do less, and the child has the same account to itself.
    house.pass(11 * DAY);
    assert_eq!(duties::narrow_guardians(&house.app).await.unwrap(), 1);
    assert_eq!(duties::narrow_guardians(&house.app).await.unwrap(), 0);
    house.registers.know(number.as_str(), "小明", "13800020001");
    let mut guardians = Browser::signed_in(&house, &guardian).await;
    let page = guardians.open(&attempt.url()).await;
    let page = guardians
        .submit(
            "#capacity",
            &[(
                "capacity",
                page.attribute("#capacity input[type=radio]:not([value=self])", "value").as_deref().unwrap(),
            )],
        )
        .await;
    let narrowed = party.redeem(&page.authorization_code(), &attempt).await.good();
    assert_eq!(claims_of(narrowed.text("id_token"))["mandate"]["scope"], json!(["matter:guardian"]));
    let mut browser = Browser::new(&house);
    register(&house, &mut browser, "13800020001", &fields).await.is_at("/register/password");
    browser.submit("#register-password", &[("password", PASSWORD)]).await;
    let own = party.tokens(&mut browser, "openid").await;
    assert_eq!(claims_of(own.text("id_token"))["sub"], claims["sub"], "it is the account it always had");

    // At eighteen it is over.
    house.pass(4 * 366 * DAY);
    let mut browser = Browser::signed_in(&house, &guardian).await;
    assert!(
        claims_of(party.tokens(&mut browser, "openid represented").await.text("id_token"))["act"].is_null()
    );
}

async fn renumbered(house: &House, person: &Person, number: &OfficialNumber) -> Renumbered {
    let (keys, visit) = (house.app.keys.data(), house.visit());
    let mut tx = house.app.db.begin().await.unwrap();
    let before = identity::load(&mut tx, &keys, person.id).await.unwrap().unwrap();
    let because = Because { reason: "corrected", reference: "notice 1" };
    let done = identity::renumber(&mut tx, &house.app.keys, &visit, &before, number, because).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn signs_in(house: &House, identifier: &str, password: &str) -> Page {
    let mut browser = Browser::new(house);
    browser.open("/sign-in").await;
    browser.submit("#sign-in", &[("identifier", identifier), ("password", password)]).await
}

#[tokio::test]
async fn a_corrected_number_keeps_the_account_and_the_old_one_opens_nothing() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let before = party.tokens(&mut browser, "openid official_number").await;
    let new = OfficialNumber::from(citizen_id());
    assert_eq!(renumbered(&house, &person, &new).await, Renumbered::Done);
    assert_eq!(renumbered(&house, &person, &new).await, Renumbered::Same);
    let info = party.userinfo(before.text("access_token")).await.good();
    assert_eq!(info["official_number"], new.as_str());
    assert_eq!(info["sub"], claims_of(before.text("id_token"))["sub"]);
    assert_eq!(
        signs_in(&house, &person.number, &person.password).await.code().as_deref(),
        Some("sign-in-refused")
    );
    signs_in(&house, new.as_str(), &person.password).await.is_at("/account");
    let keys = house.app.keys.data();
    let old = OfficialNumber::parse(NumberKind::CitizenId, &person.number, house.clock.now().day()).unwrap();
    let found = identity::find_by_former_number(&mut &house.app.db, &keys, &old).await.unwrap();
    assert_eq!(found, Some(person.id));
    // A number that somebody else has is nobody's to take: somebody must decide.
    let other = house.person().await;
    let theirs =
        OfficialNumber::parse(NumberKind::CitizenId, &other.number, house.clock.now().day()).unwrap();
    assert_eq!(renumbered(&house, &person, &theirs).await, Renumbered::Held(other.id));
    assert_eq!(identity::open_cases(&mut &house.app.db).await.unwrap().len(), 1);
    signs_in(&house, &other.number, &other.password).await.is_at("/account");
}

#[tokio::test]
async fn a_death_in_the_register_is_a_hold_that_a_counter_lifts_the_same_day() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    house.registers.know_as(&person.number, &person.name, "", "DECEASED");
    // The register is asked again when the last answer is old, and somebody signs in.
    house.pass(31 * DAY);
    let mut browser = Browser::new(&house);
    browser.open(&party.attempt("openid").url()).await.is_at("/sign-in");
    let fields = [("identifier", person.number.as_str()), ("password", &person.password)];
    browser.submit("#sign-in", &fields).await;
    let held = async || {
        let state = identity::state_of(&mut &house.app.db, person.id).await.unwrap();
        state == Some(identity::PersonState::Held)
    };
    for _ in 0..1000 {
        if held().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(held().await, "the register's word is heard");
    browser.open("/account").await.is_at("/sign-in");
    // Only who proves to be the owner learns of it; everybody else gets the usual answer.
    let page = signs_in(&house, &person.number, &person.password).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("account_held")));
    let page = signs_in(&house, &person.number, "not-the-password").await;
    assert_eq!(page.code().as_deref(), Some("sign-in-refused"));

    let (keys, visit) = (house.app.keys.data(), house.visit());
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(identity::release(&mut tx, &keys, &visit, person.id).await.unwrap());
    identity::note_person_check(&mut tx, &visit, person.id).await.unwrap();
    tx.commit().await.unwrap();
    house.pass(HOUR / 60);
    signs_in(&house, &person.number, &person.password).await.is_at("/account");
}

/// A phone of Hong Kong and a name in Latin letters, on each form that takes one.
#[tokio::test]
async fn latin_names_and_foreign_phones_work_on_every_form() {
    const NAME: &str = "Seán Óg O'Brien-Łukasiewicz";
    const PHONE: &str = "+85291234567";
    let house = House::open().await;
    house.registers.know("IRL:PX1234567", NAME, PHONE);
    let fields = [("name", NAME), ("document", "passport"), ("country", "IRL"), ("number", "PX1234567")];
    let info = registered(&house, "+852 9123 4567", &fields).await;
    assert_eq!((&info["name"], &info["official_number"]), (&json!(NAME), &json!("IRL:PX1234567")));
    for identifier in [PHONE, "00852 9123-4567", "irl:px1234567"] {
        signs_in(&house, identifier, PASSWORD).await.is_at("/account");
    }
    // A forgotten password: the code goes abroad.
    let mut browser = Browser::new(&house);
    browser.open("/recover").await;
    let phone = Phone::parse(PHONE).unwrap();
    let sent = || house.app.sms.outbox(Some(&phone)).len();
    let before = sent();
    browser.submit("#recover", &[("identifier", "+852 91234567")]).await.is_at("/recover/code");
    soon("the code", || sent() > before).await;
    // Others name them: an enterprise, and somebody who wants help.
    let owner = house.person().await;
    let (_, organization) = house.organization("Zhuhai Łódź Yachts (珠海) Co., Ltd.", &owner).await;
    for (page, form) in [
        (format!("/account/organizations/{organization}/grant"), "#mandate"),
        ("/account/helpers/add".to_owned(), "#mandate"),
    ] {
        let mut browser = Browser::signed_in_at(&house, &owner, AuthenticationLevel::TwoFactors).await;
        browser.open(&page).await;
        // Case and spaces are as they were typed; the name is found all the same.
        let fields =
            [("name", "seán óg o'brien-łukasiewicz"), ("number", "IRL:PX1234567"), ("until", "2099-12-31")];
        browser.submit(form, &fields).await.sees("等待对方确认");
    }
    let mut theirs = Browser::new(&house);
    theirs.open("/sign-in").await;
    theirs.submit("#sign-in", &[("identifier", PHONE), ("password", PASSWORD)]).await;
    let page = theirs.open("/account/organizations").await;
    assert_eq!(page.ids("form[id^=invitation-]").len(), 2);
}

/// 重号: the register knows two persons of one number.
#[tokio::test]
async fn the_second_person_of_a_number_has_a_provisional_account_until_it_is_decided() {
    let house = House::open().await;
    let first = house.person().await;
    let party = house.relying_party(json!({})).await;
    let add = ["person", "add", "--citizen-id", "-", "--name", "-", "--phone", "-", "--password-stdin"];
    let provisional = [&add[..], &["--trust", "3", "--provisional", "--evidence", "counter 7"]].concat();
    let lines = |number: &str| format!("{PASSWORD}\n{number}\n司马光\n+8613800030001\n");
    let refused = yihao(&house, &provisional, &lines(citizen_id().as_str())).unwrap_err().1;
    assert!(refused.contains("without --provisional"), "{refused}");
    let added = yihao(&house, &provisional, &lines(&first.number)).unwrap();
    let second: uuid::Uuid = added["person_id"].as_str().unwrap().parse().unwrap();
    let cases = identity::open_cases(&mut &house.app.db).await.unwrap();
    assert_eq!((cases[0].account, cases[0].other), (second, Some(first.id)));
    // The number is the first one's; the second signs in by phone, and no relying system gets the number of them.
    signs_in(&house, &first.number, &first.password).await.is_at("/account");
    assert_eq!(signs_in(&house, &first.number, PASSWORD).await.code().as_deref(), Some("sign-in-refused"));
    let mut browser = Browser::new(&house);
    browser.open("/sign-in").await;
    browser
        .submit("#sign-in", &[("identifier", "13800030001"), ("password", PASSWORD)])
        .await
        .is_at("/account");
    let tokens = party.tokens(&mut browser, "openid profile official_number").await;
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert!(info["official_number"].is_null() && info["name"] == "司马光");
    // The police give them another number: now it is theirs alone.
    let new = OfficialNumber::from(citizen_id());
    let person = Person { id: second, ..first.clone() };
    assert_eq!(renumbered(&house, &person, &new).await, Renumbered::Done);
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["official_number"], new.as_str());
    signs_in(&house, new.as_str(), PASSWORD).await.is_at("/account");
    signs_in(&house, &first.number, &first.password).await.is_at("/account");
}

/// A resident's travel permit becomes a residence permit, an old foreign card a new one, a passport the next.
#[tokio::test]
async fn another_document_of_the_same_person_keeps_the_account() {
    let house = House::open().await;
    for (old, new, phone) in [
        (("hm-permit", "", "H12345679"), ("citizen-id", "810000199408230021"), "13800040001"),
        (("foreign-pr", "", "CAN110081080310"), ("citizen-id", "911124198108030024"), "13800040002"),
        (("passport", "CAN", "AB123457"), ("passport", "CAN:CD765432"), "13800040003"),
    ] {
        let shown = if old.1.is_empty() { old.2.to_owned() } else { format!("{}:{}", old.1, old.2) };
        house.registers.know(&shown, "Ann Chan", phone);
        let fields = [("name", "Ann Chan"), ("document", old.0), ("country", old.1), ("number", old.2)];
        let before = registered(&house, phone, &fields).await;
        let keys = house.app.keys.data();
        let number = |kind: &str, text: &str| {
            OfficialNumber::parse(kind.parse().unwrap(), text, house.clock.now().day()).unwrap()
        };
        let found =
            identity::find_by_number(&mut &house.app.db, &keys, &number(old.0, &shown)).await.unwrap();
        let id = found.unwrap().to_string();
        let document: &[&str] = match new.0 {
            "passport" => &["--document", "passport:CAN", "--number", "-"],
            _ => &["--citizen-id", "-"],
        };
        let change =
            [&["person", "change", "--person", &id, "--evidence", "counter 7"][..], document].concat();
        let typed = new.1.trim_start_matches("CAN:");
        yihao(&house, &change, &format!("{typed}\n")).unwrap();
        signs_in(&house, new.1, PASSWORD).await.is_at("/account");
        assert_eq!(signs_in(&house, &shown, PASSWORD).await.code().as_deref(), Some("sign-in-refused"));
        let found = identity::find_by_number(&mut &house.app.db, &keys, &number(new.0, new.1)).await.unwrap();
        assert_eq!(found.unwrap().to_string(), id);
        assert!(!before["sub"].is_null());
    }
}
