//! What stands beside a password: how it is added, asked for, guessed at, lost and removed.

mod app;
mod changes;
mod passkeys;
mod recovery;
mod sms;

use serde_json::{Value, json};
use yihao::base::{AuthenticationLevel, Phone};
use yihao::http::urls;

use crate::authenticator::Authenticator;
use crate::support::{Answer, Attempt, Browser, House, MINUTE, Page, Person, PhoneApp, RelyingParty};

/// Signs in by password, as an Ask or the account wants it.
pub async fn signs_in(browser: &mut Browser, person: &Person) -> Page {
    browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]).await
}

/// The newest code sent to a person's phone; news may have come after it.
pub fn sms_code(house: &House, person: &Person) -> String {
    let phone = Phone::parse(&person.phone).expect("a phone");
    let code = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).map(str::to_owned)
    };
    house.app.sms.outbox(Some(&phone)).iter().find_map(|sms| code(&sms.text)).expect("a code was sent")
}

/// Waits for the SMS that tells of a change.
pub async fn is_told(house: &House, person: &Person, words: &str) {
    let phone = Phone::parse(&person.phone).expect("a phone");
    crate::support::soon(words, || {
        house.app.sms.outbox(Some(&phone)).iter().any(|sms| sms.text.contains(words))
    })
    .await;
}

/// At the second-factor page: by the code that was sent there.
pub async fn confirms_by_sms(house: &House, browser: &mut Browser, person: &Person) -> Page {
    browser.submit("#second-factor", &[("code", &sms_code(house, person))]).await
}

/// Adds an authenticator app, in a session that proved two factors a moment ago.
async fn add_app(house: &House, browser: &mut Browser) -> PhoneApp {
    let page = browser.open(urls::FACTORS_APP).await;
    let app = PhoneApp::reads(page.is_at(urls::FACTORS_APP));
    browser.submit("#add-app", &[("code", &app.code(house))]).await.is_at(urls::FACTORS);
    // That code is used up: the next one comes.
    house.pass(MINUTE);
    app
}

/// A person with an app, and nobody signed in.
pub async fn person_with_app(house: &House) -> (Person, PhoneApp) {
    let person = house.person().await;
    let mut browser = Browser::signed_in_at(house, &person, AuthenticationLevel::TwoFactors).await;
    let app = add_app(house, &mut browser).await;
    (person, app)
}

pub async fn recovery_codes(browser: &mut Browser) -> Vec<String> {
    browser.open(urls::FACTORS_RECOVERY).await.is_at(urls::FACTORS_RECOVERY);
    browser.submit("#recovery-codes", &[]).await.texts(".codes code")
}

/// Adds a passkey, in a session that may.
pub async fn add_passkey(house: &House, browser: &mut Browser, name: &str) -> Authenticator {
    let mut device = Authenticator::new(name.as_bytes());
    device.origin = house.base.clone();
    browser.open(urls::ACCOUNT_PASSKEY).await.is_at(urls::ACCOUNT_PASSKEY);
    let started = browser.script(urls::PASSKEY_ADD_START, json!({})).await;
    let credential: Value = serde_json::from_str(&device.create(&started)).expect("JSON");
    let finish = json!({ "handle": started["handle"], "credential": credential, "name": name });
    assert_eq!(browser.script(urls::PASSKEY_ADD_FINISH, finish).await["next"], urls::ACCOUNT);
    device
}

/// At a page that offers it: by passkey. Where the script would go on.
pub async fn by_passkey(browser: &mut Browser, device: &mut Authenticator, ask: Option<&str>) -> String {
    let started = browser.script(urls::PASSKEY_SIGN_IN_START, json!({ "ask": ask })).await;
    let credential: Value = serde_json::from_str(&device.get(&started)).expect("JSON");
    let finish = json!({ "handle": started["handle"], "credential": credential, "ask": ask });
    let answer = browser.script(urls::PASSKEY_SIGN_IN_FINISH, finish).await;
    answer["next"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// The id of the Ask that a page stands on the way of.
fn ask_of(page: &Page) -> String {
    page.url.query_pairs().find(|(name, _)| name == "ask").expect("an Ask").1.into_owned()
}

/// A request that demands a level.
fn demands(party: &RelyingParty, aal: u8) -> Attempt {
    let acr = json!({ "essential": true, "values": [format!("urn:yihao:aal:{aal}")] });
    party.attempt("openid").with("claims", json!({ "id_token": { "acr": acr } }).to_string())
}

/// What the ID token says of the sign-in: level and methods.
async fn told(party: &RelyingParty, attempt: &Attempt, page: &Page) -> (String, Vec<String>) {
    let tokens: Answer = party.redeem(&page.authorization_code(), attempt).await.good();
    let claims = crate::support::claims_of(tokens.text("id_token"));
    let amr = claims["amr"].as_array().expect("amr").iter();
    let amr = amr.map(|method| method.as_str().expect("text").to_owned()).collect();
    (claims["acr"].as_str().expect("acr").trim_start_matches("urn:yihao:aal:").to_owned(), amr)
}
