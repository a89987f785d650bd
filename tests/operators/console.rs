//! An operator signs in: the first time with an app that is added on the way, later with its code or a passkey.

use serde_json::json;
use yihao::base::{Moment, Secret};
use yihao::credential::totp::Seed;
use yihao::operator::Role;

use crate::authenticator::Authenticator;
use crate::support::staff::Staff;
use crate::support::{Browser, House, MINUTE, Page};

/// The seed that the page of the first sign-in shows, as an app takes it over.
pub fn seed_of(page: &Page) -> Seed {
    seed_from(&page.text("code.secret"))
}

/// The seed as it is written for people to type.
pub fn seed_from(written: &str) -> Seed {
    let typed: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let bits = typed.chars().fold((Vec::new(), 0_u32, 0_u32), |(mut bytes, held, count), c| {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base32") as u32;
        let (held, count) = (held << 5 | value, count + 5);
        if count >= 8 {
            bytes.push((held >> (count - 8) & 255) as u8);
            return (bytes, held & ((1 << (count - 8)) - 1), count - 8);
        }
        (bytes, held, count)
    });
    Seed::read(&yihao::crypto::base64url(&bits.0)).expect("20 bytes")
}

async fn password(browser: &mut Browser, staff: &Staff) -> Page {
    browser.open("/console/sign-in").await.is_at("/console/sign-in");
    let fields = [("identifier", staff.name.as_str()), ("password", staff.password.as_str())];
    browser.submit("#console-sign-in", &fields).await
}

/// Signs in for the first time; what the app on the operator's phone keeps.
pub async fn first_sign_in(house: &House, browser: &mut Browser, staff: &Staff) -> Seed {
    let page = password(browser, staff).await;
    page.is_at("/console/app");
    let seed = seed_of(&page);
    let code = seed.code_at(house.clock.now());
    browser.submit("#add-app", &[("code", code.reveal())]).await.is_at("/console");
    seed
}

fn code(seed: &Seed, at: Moment) -> Secret {
    seed.code_at(at)
}

#[tokio::test]
async fn the_first_sign_in_adds_an_app_and_the_next_wants_its_code() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Clerk, Role::Decider]).await;
    let mut browser = Browser::new(&house);
    browser.open("/console").await.is_at("/console/sign-in");
    let page = password(&mut browser, &staff).await;
    page.is_at("/console/app");
    let seed = seed_of(&page);
    // Nothing else is open before.
    browser.open("/console").await.is_at("/console/app");
    browser.open("/console/passkey").await.is_at("/console/app");
    browser.submit("#add-app", &[("code", "000000")]).await.is_at("/console/app");
    assert_eq!(browser.open("/console/app").await.text("code.secret"), page.text("code.secret"));
    let now = code(&seed, house.clock.now());
    let home = browser.submit("#add-app", &[("code", now.reveal())]).await;
    home.is_at("/console").sees(&staff.name).sees("窗口人员");
    // One role at a time.
    browser.submit("#role", &[("role", "decider")]).await.is_at("/console").sees("审核人员");
    let page = browser.submit("#role", &[("role", "keeper")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("no_right")));
    browser.open("/console").await;
    browser.submit("#console-sign-out", &[]).await.is_at("/console/sign-in");
    browser.open("/console").await.is_at("/console/sign-in");

    // The next time.
    password(&mut browser, &staff).await.is_at("/console/second-factor");
    browser.open("/console/app").await.is_at("/console/second-factor");
    let page = browser.submit("#second-factor", &[("code", now.reveal())]).await;
    assert_eq!(page.code().as_deref(), Some("app-code-wrong"), "each code counts once");
    house.pass(MINUTE);
    let next = code(&seed, house.clock.now());
    browser.submit("#second-factor", &[("code", next.reveal())]).await.is_at("/console");
    // After half an hour without use it is over.
    house.pass(29 * MINUTE);
    browser.open("/console").await.is_at("/console");
    house.pass(31 * MINUTE);
    browser.open("/console").await.is_at("/console/sign-in");
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in_by_itself() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Clerk]).await;
    let mut browser = Browser::new(&house);
    first_sign_in(&house, &mut browser, &staff).await;
    let mut device = Authenticator::new(b"an operator's key");
    device.origin = house.base.clone();
    browser.open("/console/passkey").await;
    let started = browser.script("/console/passkey/add/start", json!({})).await;
    let answer: serde_json::Value = serde_json::from_str(&device.create(&started)).expect("JSON");
    let body = json!({ "handle": started["handle"], "credential": answer, "name": "安全密钥" });
    let done = browser.script("/console/passkey/add/finish", body).await;
    assert_eq!(done["next"], "/console/passkey");
    browser.open("/console/passkey").await.sees("安全密钥");

    let mut other = Browser::new(&house);
    other.open("/console/sign-in").await;
    let started = other.script("/console/passkey/sign-in/start", json!({})).await;
    let answer: serde_json::Value = serde_json::from_str(&device.get(&started)).expect("JSON");
    let body = json!({ "handle": started["handle"], "credential": answer });
    let done = other.script("/console/passkey/sign-in/finish", body.clone()).await;
    assert_eq!(done["next"], "/console", "{done}");
    // It was used up, and opens no account.
    let again = other.script("/console/passkey/sign-in/finish", body).await;
    assert_eq!(again["error"], "passkey_refused");
    other.open("/console").await.is_at("/console").sees(&staff.name);
    let mut citizen = Browser::new(&house);
    citizen.open("/sign-in").await;
    let started = citizen.script("/passkey/sign-in/start", json!({})).await;
    let answer: serde_json::Value = serde_json::from_str(&device.get(&started)).expect("JSON");
    let body = json!({ "handle": started["handle"], "credential": answer });
    let done = citizen.script("/passkey/sign-in/finish", body).await;
    assert_eq!(done["error"], "passkey_refused");

    // Somebody who finds the desk empty adds none.
    house.pass(6 * MINUTE);
    assert!(other.open("/console/passkey").await.has("#too-old"));
}

#[tokio::test]
async fn wrong_names_and_passwords_get_one_answer_and_a_cookie_alone_opens_nothing() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Viewer]).await;
    let mut browser = Browser::new(&house);
    for (name, password) in [(staff.name.as_str(), "wrong"), ("nobody", staff.password.as_str())] {
        browser.open("/console/sign-in").await;
        let page = browser.submit("#console-sign-in", &[("identifier", name), ("password", password)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("operator-refused")));
    }
    let page = browser.submit("#console-sign-in", &[("identifier", ""), ("password", "")]).await;
    assert_eq!(page.code().as_deref(), Some("operator-missing"));
    // A form from elsewhere.
    let forged =
        [("identifier".to_owned(), staff.name.clone()), ("password".to_owned(), staff.password.clone())];
    assert_eq!(browser.post("/console/sign-in", &forged).await.code().as_deref(), Some("form_expired"));
    first_sign_in(&house, &mut browser, &staff).await;
    let mut thief = Browser::new(&house);
    thief.open("/console/sign-in").await;
    thief.cookies.insert("yihao_operator".to_owned(), browser.cookies["yihao_operator"].clone());
    thief.open("/console").await.is_at("/console/sign-in");
    // The cookie is none of a person's.
    browser.open("/account").await.is_at("/sign-in");
}

#[tokio::test]
async fn who_is_suspended_or_reset_is_out_at_once() {
    use crate::support::program::yihao;
    let house = House::open().await;
    let staff = house.staff(&[Role::Viewer]).await;
    let mut browser = Browser::new(&house);
    let seed = first_sign_in(&house, &mut browser, &staff).await;
    yihao(&house, &["operator", "suspend", &staff.name], "").expect("suspended");
    browser.open("/console").await.is_at("/console/sign-in");
    yihao(&house, &["operator", "resume", &staff.name], "").expect("resumed");
    browser.open("/console").await.is_at("/console/sign-in");
    let new = Staff { password: "秋水-长天-一色".to_owned(), ..staff.clone() };
    let line = format!("{}\n", new.password);
    yihao(&house, &["operator", "reset", &staff.name, "--password-stdin"], &line).expect("reset");
    let page = password(&mut browser, &staff).await;
    assert_eq!(page.code().as_deref(), Some("operator-refused"));
    // The app is another, and the old one's codes are worth nothing.
    let page = password(&mut browser, &new).await;
    page.is_at("/console/app");
    let old = code(&seed, house.clock.now());
    browser.submit("#add-app", &[("code", old.reveal())]).await.is_at("/console/app");
}
