//! A kiosk in a hall, in front of a real browser: by phone, by card, and what is left for the next person.

use serde_json::{Value, json};

use super::demo::{Demo, PASSWORD, Someone};
use crate::support::webdriver::{Chromium, Settings};

const PHONE: (u32, u32) = (360, 780);
pub const SCREEN: (u32, u32) = (1280, 1024);
/// `CARD_HOLDER` and `PIN` of the demo.
pub const CARD_HOLDER: usize = 3;
pub const PIN: &str = "702946";

/// The part of the page that is shown.
pub fn part(name: &str) -> String {
    format!("body[data-view={name}] section[data-of={name}]:not([hidden])")
}

pub(super) async fn state(demo: &Demo) -> Value {
    let answer = reqwest::get(format!("{}/state", demo.kiosk())).await.expect("the kiosk answers");
    answer.json().await.expect("JSON")
}

/// Nothing of the person is on the screen, in the page, in the browser's stores or behind its back button.
pub(super) async fn nothing_is_left(kiosk: &Chromium, demo: &Demo, who: &Someone) {
    for _ in 0..2 {
        kiosk.see(&part("free")).await;
        let page = kiosk.run("return document.documentElement.outerHTML").await.to_string();
        assert!(!page.contains(&who.name) && !page.contains(&who.number), "{page}");
        let stores = "return [document.cookie.length, localStorage.length, sessionStorage.length, \
                      document.querySelectorAll('#licences li').length, location.search.length, \
                      performance.getEntriesByType('resource').filter(e => /name|token|licence/.test(e.name)).length]";
        assert_eq!(kiosk.run(stores).await, json!([0, 0, 0, 0, 0, 0]));
        kiosk.back().await;
        let page = kiosk.run("return document.documentElement.outerHTML").await.to_string();
        assert!(!page.contains(&who.name) && !page.contains(&who.number), "{page}");
        kiosk.go(&demo.kiosk()).await;
    }
    assert!(!state(demo).await.to_string().contains(&who.name));
}

/// Where a card is put in and taken out.
pub(super) fn reader(demo: &Demo) -> String {
    format!("{}/simulator/card", demo.kiosk())
}

#[tokio::test]
async fn by_phone_and_nothing_is_left_for_the_next() {
    let demo = Demo::start().await;
    let who = demo.person(0);
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;
    let phone = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    kiosk.go(&demo.kiosk()).await;
    kiosk.see(&part("free")).await;
    kiosk.picture("kiosk-free").await;
    kiosk.click("#by-phone").await;
    kiosk.see("#qr svg").await;
    kiosk.picture("kiosk-code").await;
    let shown = state(&demo).await;
    let number = shown["number"].as_u64().expect("a number");

    phone.go(shown["address"].as_str().expect("what the QR code holds")).await;
    phone.see("form#sign-in").await;
    phone.type_into("#identifier", &who.number).await;
    phone.type_into("#password", PASSWORD).await;
    phone.click("#sign-in .actions button").await;
    phone.see("form#device-confirm").await;
    assert_eq!(phone.text(".place").await, "天河区政务服务中心1号自助终端");
    phone.picture("kiosk-phone-confirm").await;
    phone.click(&format!("input[name=match][value='{number}'] + label")).await;
    phone.click("#allow").await;
    phone.see("form#second-factor").await;
    phone.type_into("#code", &demo.code_on(&who.phone).await).await;
    phone.click("#second-factor .actions button").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    phone.picture("kiosk-phone-allowed").await;

    kiosk.see("#licences li").await;
    assert_eq!(kiosk.text("#name").await, who.name);
    assert!(kiosk.text("#channel").await.contains("自助终端"));
    kiosk.picture("kiosk-signed-in").await;
    phone.go(&format!("{}/account/sessions", demo.issuer())).await;
    assert!(phone.text("main").await.contains("自助终端"));
    kiosk.click(&format!("{} .end", part("signed_in"))).await;
    nothing_is_left(&kiosk, &demo, &who).await;
    kiosk.picture("kiosk-after").await;
    phone.go(&format!("{}/account/sessions", demo.issuer())).await;
    assert!(!phone.text("#sessions").await.contains("自助终端"), "the session at the machine is over too");
}

#[tokio::test]
async fn by_card_and_a_card_that_was_forgotten() {
    let demo = Demo::start().await;
    let who = demo.person(CARD_HOLDER);
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;
    kiosk.go(&demo.kiosk()).await;
    let http = reqwest::Client::new();
    let reader = reader(&demo);
    // Another site's page cannot put one in.
    let card = json!({ "number": who.number, "name": who.name });
    assert_eq!(http.post(&reader).json(&card).send().await.expect("an answer").status(), 403);
    let put = http.post(&reader).header("x-kiosk", "1").json(&card).send().await;
    assert_eq!(put.expect("an answer").status(), 204);
    kiosk.click("#by-card").await;
    kiosk.see(&part("pin")).await;
    types(&kiosk, "111111").await;
    kiosk.see("#pin-notice:not([hidden])").await;
    kiosk.picture("kiosk-pin-wrong").await;
    types(&kiosk, PIN).await;
    kiosk.see(&part("signed_in")).await;
    assert_eq!(kiosk.text("#name").await, who.name);
    kiosk.picture("kiosk-by-card").await;
    kiosk.click(&format!("{} .end", part("signed_in"))).await;
    // The card still lies there: the page says so, in the largest letters, until it is taken.
    kiosk.see("#card:not([hidden])").await;
    kiosk.picture("kiosk-card-forgotten").await;
    let taken = http.delete(&reader).header("x-kiosk", "1").send().await;
    assert_eq!(taken.expect("an answer").status(), 204);
    kiosk.see("#card[hidden]").await;
    nothing_is_left(&kiosk, &demo, &who).await;

    // The page is gone, as when the browser has crashed: the machine ends it by itself.
    http.post(&reader).header("x-kiosk", "1").json(&card).send().await.expect("an answer");
    kiosk.click("#by-card").await;
    kiosk.see(&part("pin")).await;
    types(&kiosk, PIN).await;
    kiosk.see(&part("signed_in")).await;
    kiosk.go("about:blank").await;
    for _ in 0..6 {
        // To ask would be a sign of life of the page: it is asked seldom enough not to be one.
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        if state(&demo).await["view"] == "free" {
            return;
        }
    }
    panic!("the machine never ended it");
}

pub async fn types(kiosk: &Chromium, pin: &str) {
    for digit in pin.chars() {
        kiosk.click(&format!("button[data-key='{digit}']")).await;
    }
}
