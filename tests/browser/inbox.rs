//! The inbox of the phone's app: what other screens ask comes by itself, and is answered with a passkey.

use serde_json::Value;

use super::PHONE;
use super::demo::{Demo, Someone};
use super::phone::phone;
use crate::support::counter::GRANT;
use crate::support::webdriver::{Chromium, Settings};

/// The person adds a passkey to the account, on this phone.
async fn adds_passkey(demo: &Demo, phone: &Chromium, person: &Someone) {
    phone.add_authenticator().await;
    phone.go(&format!("{}/account/passkey", demo.issuer())).await;
    phone.see("form#second-factor").await;
    phone.type_into("#code", &demo.code_on(&person.phone).await).await;
    phone.click("#second-factor .actions button").await;
    phone.see("#add-passkey").await;
    phone.click("#passkey").await;
    phone.see(".rows li").await;
}

/// A service that asks the phone of somebody who has called it.
struct Hotline {
    token: String,
    asks: String,
    id: String,
    secret: String,
}

impl Hotline {
    fn open(demo: &Demo) -> Self {
        let client = demo.register(&[
            "--name=12345 政务服务热线",
            "--department=省政务服务和数据管理局",
            "--channel=system",
            "--auth-method=client_secret_basic",
            "--grant",
            GRANT,
            "--first-party",
            "--scope=openid",
            "--scope=profile",
        ]);
        let text = |name: &str| client[name].as_str().expect("text").to_owned();
        let at = |path: &str| format!("{}/{path}", demo.issuer());
        Self {
            token: at("token"),
            asks: at("backchannel-authentication"),
            id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Value {
        let request = reqwest::Client::new().post(url).basic_auth(&self.id, Some(&self.secret)).form(form);
        request.send().await.expect("an answer").json().await.expect("JSON")
    }
}

#[tokio::test]
async fn what_other_screens_ask_comes_to_the_phone_and_is_answered_with_a_passkey() {
    let demo = Demo::start().await;
    let person = demo.person(2);
    let phone = phone(&demo, &person).await;
    phone.see("#nothing").await;
    phone.picture("phone-inbox-empty").await;
    adds_passkey(&demo, &phone, &person).await;
    phone.go(&demo.phone()).await;
    phone.see("#nothing").await;

    // A service asks while the page is open: nobody loads it anew.
    let hotline = Hotline::open(&demo);
    let hint = [
        ("scope", "openid profile"),
        ("login_hint", &*person.number),
        ("binding_message", "4711"),
        ("matter", "查询养老保险待遇"),
    ];
    let asked = hotline.post(&hotline.asks, &hint).await;
    phone.see("#inbox li").await;
    let shown = phone.text("#inbox").await;
    assert!(shown.contains("12345 政务服务热线") && shown.contains("查询养老保险待遇"), "{shown}");
    assert!(shown.contains("4711"), "{shown}");
    phone.picture("phone-inbox").await;
    phone.click("#inbox li a").await;
    phone.see("form#device-confirm").await;
    phone.picture("inbox-confirm").await;
    let number = asked["match_number"].as_u64().expect("a number");
    phone.click(&format!("input[name=match][value='{number}'] + label")).await;
    phone.click("#allow").await;
    phone.see("[data-passkey='sign-in']").await;
    phone.picture("inbox-passkey").await;
    phone.click("#passkey").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    let request = asked["auth_req_id"].as_str().expect("an id");
    let tokens = hotline.post(&hotline.token, &[("grant_type", GRANT), ("auth_req_id", request)]).await;
    assert!(tokens["access_token"].is_string(), "{tokens}");

    // A kiosk's code was read, and the person looked away: it waits here.
    let kiosk = Chromium::open(Settings::default()).await;
    kiosk.go(&demo.kiosk()).await;
    kiosk.click("#by-phone").await;
    kiosk.see("#qr svg").await;
    let shown: Value = reqwest::get(format!("{}/state", demo.kiosk())).await.unwrap().json().await.unwrap();
    phone.go(&demo.phone()).await;
    phone.see("#nothing").await;
    phone.type_into("#address", shown["address"].as_str().expect("what the QR code holds")).await;
    phone.click("form#scan button").await;
    phone.see("form#device-confirm").await;
    phone.go(&demo.phone()).await;
    phone.see("#inbox li").await;
    assert!(phone.text("#inbox").await.contains("天河区政务服务中心1号自助终端"));
    phone.picture("phone-inbox-kiosk").await;
    phone.click("#inbox li a").await;
    phone.see("form#device-confirm").await;
    phone.click(&format!("input[name=match][value='{}'] + label", shown["number"])).await;
    phone.click("#allow").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    kiosk.see("#licences li").await;

    // Both stand in the account, and the machine that still goes on is ended from here.
    phone.go(&demo.phone()).await;
    phone.click("#answered").await;
    phone.see("form#answered").await;
    let answers = phone.text("#answered").await;
    assert!(answers.contains("12345 政务服务热线") && answers.contains("1号自助终端"), "{answers}");
    phone.picture("answered").await;
    phone.click("#answered li:first-child button[name=end]").await;
    phone.see("[role=status]").await;
    // The machine looks every few seconds whether it goes on.
    kiosk.see("body[data-view=free]").await;
    assert!(!kiosk.text("main").await.contains(&person.name));

    // In a browser without script the phone shows what waited when it was opened.
    let plain = Chromium::open(Settings { script: false, window: PHONE }).await;
    plain.go(&demo.phone()).await;
    plain.see("#nothing").await;
}
