//! The electronic business licence: who shows it is the first to act for an enterprise whose representative
//! cannot sign in.

use serde_json::json;
use yihao::base::number::CreditCode;
use yihao::identity;

use super::{SCOPE, id_claims, invite, proven, sign_in_for};
use crate::proofs::certificate::{Said, Stage, of_enterprise};
use crate::support::registers::Fault;
use crate::support::{Browser, House, MINUTE, Page, Person};

const PAGE: &str = "/account/organizations/licence";

async fn shows(browser: &mut Browser, certificate: &str) -> Page {
    browser.header("client-cert", certificate);
    browser.open(PAGE).await.is_at(PAGE);
    browser.submit("#licence", &[]).await
}

/// An enterprise whose representative has no account here.
async fn enterprise(house: &House, name: &str) -> (String, Person) {
    let foreigner = Person {
        name: "Jean-Luc O'Neill".to_owned(),
        number: "CAN:AB123456".to_owned(),
        ..house.person().await
    };
    (house.know_organization(name, &foreigner), foreigner)
}

async fn organization(house: &House, code: &str) -> Option<uuid::Uuid> {
    let number = CreditCode::parse(code).unwrap().into();
    identity::find_by_number(&mut &house.app.db, &house.app.keys.data(), &number).await.unwrap()
}

#[tokio::test]
async fn the_first_who_acts_for_an_enterprise_comes_by_its_licence_and_lets_others_act() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "广州枫叶国际贸易有限公司").await;
    let licence = stage.gives(&of_enterprise(&code));
    let (manager, handler) = (house.person().await, house.person().await);
    let mut browser = proven(house, &manager).await;
    browser.open("/account/organizations/add").await;
    let page = browser.submit("#organization", &[("credit_code", &code)]).await;
    assert_eq!(page.code().as_deref(), Some("not-representative"));
    let page = shows(&mut browser, &licence).await;
    let id = organization(house, &code).await.expect("an account");
    page.is_at(&format!("/account/organizations/{id}")).sees("广州枫叶国际贸易有限公司").sees("管理员");

    let hall = house.relying_party(json!({})).await;
    let claims = id_claims(&sign_in_for(&mut browser, &hall, SCOPE).await);
    assert_eq!(claims["mandate"]["role"], "administrator");
    // Handlers are theirs to add.
    let until = [("role", "handler"), ("until", "2089-12-31")];
    invite(&mut browser, id, &handler, &until).await.sees("等待对方确认");
    let mut clerk = proven(house, &handler).await;
    super::accept(&mut clerk).await;
    let clerks = id_claims(&sign_in_for(&mut clerk, &hall, SCOPE).await);
    assert_eq!(clerks["sub"], claims["sub"]);
    // The licence is for the first; now there is somebody to ask.
    let page = shows(&mut clerk, &licence).await;
    assert_eq!(page.code().as_deref(), Some("licence-governed"));
    // Shown again it renews, and makes no second mandate.
    let longer = stage.gives(&Said { until: 2098, ..of_enterprise(&code) });
    shows(&mut browser, &longer).await.is_at(&format!("/account/organizations/{id}")).sees("2098年");
    let page = browser.open("/account/organizations").await;
    assert_eq!(page.ids("form[id^=mandate-end-]").len(), 1);
}

#[tokio::test]
async fn a_mandate_by_licence_ends_with_the_certificate_and_by_either_side() {
    let stage = Stage::open(|config| config.session.longest_hours = 24 * 365 * 10).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "佛山枫叶家具有限公司").await;
    let year = house.clock.now().day().year();
    let licence = stage.gives(&Said { until: i32::from(year) + 1, ..of_enterprise(&code) });
    let manager = house.person().await;
    let mut browser = proven(house, &manager).await;
    shows(&mut browser, &licence).await;
    let id = organization(house, &code).await.expect("an account");
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 200);
    house.pass(std::time::Duration::from_secs(366 * 24 * 3600));
    let mut later = proven(house, &manager).await;
    assert_eq!(later.open(&format!("/account/organizations/{id}")).await.status, 404);
    // Then another may be the first.
    let renewed = stage.gives(&of_enterprise(&code));
    let mut next = proven(house, &house.person().await).await;
    shows(&mut next, &renewed).await.is_at(&format!("/account/organizations/{id}"));
    // Who gives it back acts no more, and the place is free again.
    let page = next.open("/account/organizations").await;
    let form = page.first_id("form[id^=mandate-end-]").expect("a way to give it back");
    next.submit(&format!("#{form}"), &[]).await;
    shows(&mut later, &renewed).await.is_at(&format!("/account/organizations/{id}"));
}

#[tokio::test]
async fn what_is_no_licence_of_a_living_enterprise_makes_nobody_its_administrator() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "中山枫叶灯饰有限公司").await;
    let licence = stage.gives(&of_enterprise(&code));
    let person = house.person().await;
    let mut browser = proven(house, &person).await;
    let unknown = crate::support::operator::credit_code().as_str().to_owned();
    for (what, certificate, wrong) in [
        ("a person's", stage.of(&person.number), "licence-personal"),
        ("no credit code", stage.gives(&of_enterprise("91440101000000000X")), "licence-personal"),
        ("over", stage.gives(&Said { until: 2021, ..of_enterprise(&code) }), "certificate-expired"),
        ("nobody's", ":AAAA:".to_owned(), "certificate-refused"),
        ("nothing", "AAAA".to_owned(), "certificate-missing"),
        ("in no register", stage.gives(&of_enterprise(&unknown)), "licence-inactive"),
    ] {
        assert_eq!(shows(&mut browser, &certificate).await.code().as_deref(), Some(wrong), "{what}");
    }
    house.registers.fail(Some(Fault::Down));
    assert_eq!(shows(&mut browser, &licence).await.code().as_deref(), Some("licence-silent"));
    house.registers.fail(None);
    house.registers.change_organization(&code, json!({ "status": "吊销" }));
    assert_eq!(shows(&mut browser, &licence).await.code().as_deref(), Some("licence-inactive"));
    assert!(organization(house, &code).await.is_none(), "nothing was made");
    // Nor is an enterprise's key anybody's proof of who they are.
    let mut nobody = Browser::new(house);
    nobody.header("client-cert", &licence);
    nobody.open("/sign-in/certificate").await;
    let page = nobody.submit("#certificate", &[]).await;
    assert_eq!(page.code().as_deref(), Some("certificate-refused"));
    // Where no certificates are believed there is no such page.
    let without = House::open().await;
    let mut browser = proven(&without, &without.person().await).await;
    assert_eq!(browser.open(PAGE).await.status, 404);
    assert!(!browser.open("/account/organizations/add").await.has("#by-licence"));
}

#[tokio::test]
async fn a_representative_who_signs_in_is_asked_and_one_whose_account_is_closed_is_not() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let owner = house.person().await;
    let (code, id) = house.organization("肇庆砚台有限公司", &owner).await;
    let licence = stage.gives(&of_enterprise(&code));
    let mut browser = proven(house, &house.person().await).await;
    let page = shows(&mut browser, &licence).await;
    assert_eq!(page.code().as_deref(), Some("licence-governed"));
    let mut tx = house.app.db.begin().await.unwrap();
    let (keys, visit) = (house.app.keys.data(), house.visit());
    identity::close_account(&mut tx, &keys, &visit, owner.id).await.unwrap();
    tx.commit().await.unwrap();
    shows(&mut browser, &licence).await.is_at(&format!("/account/organizations/{id}"));
}

#[tokio::test]
async fn a_licence_that_is_taken_back_ends_the_mandate_and_the_tokens_that_rest_on_it() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "惠州枫叶电子有限公司").await;
    let (manager, handler) = (house.person().await, house.person().await);
    let mut browser = proven(house, &manager).await;
    shows(&mut browser, &stage.gives(&of_enterprise(&code))).await;
    let id = organization(house, &code).await.expect("an account");
    let hall = house.relying_party(json!({})).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let own = hall.tokens(&mut browser, "openid").await;
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), &tokens["refresh_token"]);
    // Somebody of the enterprise whom the manager has let act.
    invite(&mut browser, id, &handler, &[("role", "handler"), ("until", "2089-12-31")]).await;
    let mut clerk = proven(house, &handler).await;
    super::accept(&mut clerk).await;
    let theirs = sign_in_for(&mut clerk, &hall, SCOPE).await;

    let look = async || {
        house.pass(MINUTE);
        yihao::duties::check_licences(&house.app).await.expect("looked at")
    };
    assert_eq!(look().await, 0, "it is good");
    // Another one was taken back; and a list that is over says nothing.
    stage.takes_back(&[8], 2100);
    assert_eq!(look().await, 0);
    stage.takes_back(&[7], 2022);
    assert_eq!(look().await, 0);
    hall.userinfo(access).await.good();

    stage.takes_back(&[7, 8, 9], 2100);
    assert_eq!(look().await, 1);
    assert_eq!(hall.userinfo(access).await.status, 401);
    let params = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str().unwrap())];
    assert_eq!(hall.post("/token", &params).await.refusal(), (400, "invalid_grant"));
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 404);
    assert_eq!(look().await, 0, "once");
    // As oneself one goes on; and so do those who act by mandates of the enterprise.
    hall.userinfo(own.text("access_token")).await.good();
    hall.userinfo(theirs["access_token"].as_str().unwrap()).await.good();
    // It makes nobody an administrator any more.
    let page = shows(&mut browser, &stage.gives(&of_enterprise(&code))).await;
    assert_eq!(page.code().as_deref(), Some("certificate-refused"));
}

#[tokio::test]
async fn a_licence_that_was_renewed_may_be_taken_back_and_a_mandate_of_another_kind_rests_on_none() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "东莞枫叶玩具有限公司").await;
    let manager = house.person().await;
    let mut browser = proven(house, &manager).await;
    shows(&mut browser, &stage.gives(&of_enterprise(&code))).await;
    let id = organization(house, &code).await.expect("an account");
    // The enterprise gets a new one, and the authority takes back the old, as is usual.
    shows(&mut browser, &stage.gives(&Said { serial: 8, ..of_enterprise(&code) })).await;
    stage.takes_back(&[7], 2100);
    house.pass(MINUTE);
    assert_eq!(yihao::duties::check_licences(&house.app).await.expect("looked at"), 0);
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 200);

    // Whom the register names shows a licence as well, and it is taken back: they are still whom the register names.
    let owner = house.person().await;
    let (code, id) = house.organization("茂名荔枝有限公司", &owner).await;
    let mut browser = proven(house, &owner).await;
    shows(&mut browser, &stage.gives(&Said { serial: 9, ..of_enterprise(&code) })).await;
    stage.takes_back(&[7, 9], 2100);
    house.pass(MINUTE);
    assert_eq!(yihao::duties::check_licences(&house.app).await.expect("looked at"), 0);
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 200);
}

#[tokio::test]
async fn a_mandate_by_licence_whose_licence_is_gone_from_the_store_ends() {
    use yihao::db::values;
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (code, _) = enterprise(house, "清远枫叶陶瓷有限公司").await;
    let mut browser = proven(house, &house.person().await).await;
    shows(&mut browser, &stage.gives(&of_enterprise(&code))).await;
    let id = organization(house, &code).await.expect("an account");
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("delete from mandate_licence", values![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(yihao::duties::check_licences(&house.app).await.expect("looked at"), 1);
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 404);
}
