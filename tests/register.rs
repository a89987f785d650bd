//! Registration: the phone first, then name, number and phone together; one answer to all who cannot.

use serde_json::json;
use yihao::base::{Phone, TrustLevel};
use yihao::credential::password;
use yihao::http::urls;
use yihao::identity::{self, Arrival};

use crate::support::operator::{citizen_id, new_person};
use crate::support::registers::Fault;
use crate::support::{Browser, House, Page, claims_of};

pub const PASSWORD: &str = "燕子 lantern 7 河";

/// The code of the newest message to a phone.
pub fn code_sent_to(house: &House, phone: &str) -> String {
    let phone = Phone::parse(phone).expect("a phone");
    let newest = house.app.sms.outbox(Some(&phone)).into_iter().next().expect("a message");
    newest.text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).expect("a code").to_owned()
}

/// Proves the phone; the browser then stands at the question for name and number.
pub async fn proves(house: &House, browser: &mut Browser, phone: &str) -> Page {
    browser.submit("#register-phone", &[("phone", phone)]).await.is_at(urls::REGISTER_CODE);
    let code = code_sent_to(house, phone);
    let page = browser.submit("#register-code", &[("code", &code)]).await;
    page.is_at(urls::REGISTER_NAME);
    page
}

pub async fn names(browser: &mut Browser, name: &str, number: &str) -> Page {
    browser.submit("#register-name", &[("name", name), ("number", number)]).await
}

#[tokio::test]
async fn from_the_relying_system_through_registration_and_back() {
    let house = House::open().await;
    let number = citizen_id();
    house.registers.know(number.as_str(), "买买提·艾力", "13900000001");
    let party = house.relying_party(json!({ "first_party": true })).await;
    let attempt = party.attempt("openid profile official_number phone");
    let mut browser = Browser::new(&house);
    browser.open(&attempt.url()).await.is_at(urls::SIGN_IN);
    let ask = browser.open_link_to(urls::REGISTER).await;
    assert!(ask.has("#register-phone"));
    proves(&house, &mut browser, "139 0000 0001").await;
    names(&mut browser, "买买提•艾力", number.as_str()).await.is_at(urls::REGISTER_PASSWORD);
    let weak = browser.submit("#register-password", &[("password", number.as_str())]).await;
    assert_eq!(weak.code().as_deref(), Some("password-personal"));
    let offer = browser.submit("#register-password", &[("password", PASSWORD), ("again", PASSWORD)]).await;
    offer.is_at(urls::REGISTER_PASSKEY);
    // Not now: on to where the person wanted to go.
    let back = browser.open_link_to("/authorize/").await;
    let tokens = party.redeem(&back.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["acr"]), (&json!(3), &json!("urn:yihao:aal:2")));
    let userinfo = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(userinfo.text("official_number"), number.as_str());
    assert_eq!(userinfo.text("phone_number"), "+8613900000001");
    // And the password opens the account from another browser.
    let mut other = Browser::new(&house);
    other.open(urls::SIGN_IN).await;
    let page = other.submit("#sign-in", &[("identifier", "13900000001"), ("password", PASSWORD)]).await;
    page.is_at(urls::ACCOUNT);
}

#[tokio::test]
async fn whoever_cannot_register_gets_one_page_and_the_phone_learns_why() {
    let house = House::open().await;
    let registered = house.person_at(TrustLevel::Matched).await;
    let (own, other, absent) = (citizen_id(), citizen_id(), citizen_id());
    house.registers.know(&registered.number, &registered.name, registered.phone.trim_start_matches("+86"));
    house.registers.know(own.as_str(), "王小明", "13900000002");
    house.registers.know_as(other.as_str(), "李四", "13900000003", "DECEASED");
    let cases = [
        (registered.phone.as_str(), registered.name.as_str(), registered.number.as_str(), "您已有账号"),
        ("13900000002", "王大明", own.as_str(), "不一致"),
        ("13900000002", "王小明", absent.as_str(), "不一致"),
        ("13900000009", "王小明", own.as_str(), "不一致"),
        ("13900000003", "李四", other.as_str(), "不一致"),
    ];
    for (phone, name, number, told) in cases {
        let mut browser = Browser::new(&house);
        browser.open(urls::REGISTER).await;
        proves(&house, &mut browser, phone).await;
        let page = names(&mut browser, name, number).await;
        assert_eq!(page.status, 200);
        page.is_at(urls::REGISTER_NAME).sees_not(number);
        assert!(!browser.cookies.contains_key("yihao_session"));
        let phone = Phone::parse(phone).unwrap();
        crate::support::soon("the SMS that says why", || {
            house.app.sms.outbox(Some(&phone)).first().is_some_and(|sms| sms.text.contains(told))
        })
        .await;
    }
}

/// Who came by the national platform has no password; whoever knows number, name and phone does not give them one.
#[tokio::test]
async fn an_account_of_level_four_without_a_password_is_not_registered_again() {
    let house = House::open().await;
    let number = citizen_id();
    let (name, phone) = ("欧阳靖宇", "13912345678");
    house.registers.know(number.as_str(), name, phone);
    let new = new_person(number.clone(), name, phone, TrustLevel::Proven);
    let mut tx = house.app.db.begin().await.unwrap();
    let visit = house.visit();
    let arrival = identity::arrive(&mut tx, &house.app.keys, &visit, &new, &house.app.config.trust).await;
    tx.commit().await.unwrap();
    let Ok(Arrival::New(owner)) = arrival else { panic!("{arrival:?}") };

    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    proves(&house, &mut browser, phone).await;
    names(&mut browser, name, number.as_str()).await.is_at(urls::REGISTER_NAME);
    assert!(!browser.cookies.contains_key("yihao_session"));
    let sent = Phone::parse(phone).unwrap();
    crate::support::soon("the SMS that says why", || {
        house.app.sms.outbox(Some(&sent)).first().is_some_and(|sms| sms.text.contains("您已有账号"))
    })
    .await;
    let number = number.into();
    let holder = identity::find_by_number(&mut &house.app.db, &house.app.keys.data(), &number).await.unwrap();
    assert_eq!(holder, Some(owner));
    let secret = password::of(&mut &house.app.db, owner).await.unwrap();
    assert!(secret.is_none());
}

#[tokio::test]
async fn a_register_that_does_not_answer_raises_nobody() {
    let house = House::open().await;
    let number = citizen_id();
    house.registers.know(number.as_str(), "王小明", "13900000004");
    for fault in Fault::ALL {
        house.registers.fail(Some(fault));
        let mut browser = Browser::new(&house);
        browser.open(urls::REGISTER).await;
        proves(&house, &mut browser, "13900000004").await;
        let page = names(&mut browser, "王小明", number.as_str()).await;
        assert_eq!(page.status, 200, "{fault:?}");
        page.is_at(urls::REGISTER_NAME);
        // The step beyond is not open either.
        assert!(!page.has("#register-password"));
        house.pass(crate::support::HOUR);
    }
    house.registers.fail(None);
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    proves(&house, &mut browser, "13900000004").await;
    names(&mut browser, "王小明", number.as_str()).await.is_at(urls::REGISTER_PASSWORD);
}

#[tokio::test]
async fn each_question_says_what_to_put_right() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    for (typed, code) in [("", "phone-missing"), ("12345", "phone-malformed")] {
        let page = browser.submit("#register-phone", &[("phone", typed)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)));
    }
    browser.submit("#register-phone", &[("phone", "13900000005")]).await;
    for (typed, code) in [("", "code-missing"), ("12ab", "code-malformed"), ("000000", "code-wrong")] {
        let page = browser.submit("#register-code", &[("code", typed)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)));
    }
    let code = code_sent_to(&house, "13900000005");
    browser.submit("#register-code", &[("code", &code)]).await.is_at(urls::REGISTER_NAME);
    for (number, code) in [
        ("", "number-missing"),
        ("44010619900307", "number-length"),
        ("44010619900307012O", "number-characters"),
        ("440106199002300124", "number-date"),
        ("440106199003070125", "number-mistyped"),
    ] {
        let page = names(&mut browser, "王小明", number).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)), "{number}");
    }
}

#[tokio::test]
async fn a_registration_belongs_to_its_browser_and_is_done_once() {
    let house = House::open().await;
    let number = citizen_id();
    house.registers.know(number.as_str(), "王小明", "13900000006");
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    proves(&house, &mut browser, "13900000006").await;
    let page = names(&mut browser, "王小明", number.as_str()).await;
    let address = page.url.to_string();
    let mut thief = Browser::new(&house);
    assert_eq!(thief.open(&address).await.status, 410);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    browser.submit("#register-password", &fields).await.is_at(urls::REGISTER_PASSKEY);
    assert_eq!(browser.open(&address).await.status, 410);
}

#[tokio::test]
async fn a_code_is_tried_five_times_and_no_step_is_skipped() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    let page = browser.submit("#register-phone", &[("phone", "13900000007")]).await;
    let registration =
        page.url.query_pairs().find(|(name, _)| name == "registration").unwrap().1.into_owned();
    // The pages behind are not reached by their addresses.
    for behind in [urls::REGISTER_NAME, urls::REGISTER_PASSWORD] {
        browser.open(&format!("{behind}?registration={registration}")).await.is_at(urls::REGISTER_CODE);
    }
    let code = code_sent_to(&house, "13900000007");
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    for _ in 0..5 {
        let page = browser.submit("#register-code", &[("code", &wrong)]).await;
        assert_eq!(page.code().as_deref(), Some("code-wrong"));
    }
    let page = browser.submit("#register-code", &[("code", &code)]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("code-expired")), "too late");
}
