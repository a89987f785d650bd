//! A person without a phone: a counter opens the account, a kiosk takes card and PIN, and a relying system serves
//! them there.

use serde_json::json;

use super::counter::{begins_shift, enrols, second_looks};
use super::demo::Demo;
use super::kiosk::{SCREEN, nothing_is_left, part, reader, types};
use super::masked;
use crate::support::webdriver::{Chromium, Settings};

const PIN: &str = "739164";
/// The place of the first newcomer's card in the desk's drawer.
const CARD: usize = 50;

#[tokio::test]
async fn a_person_without_a_phone() {
    let demo = Demo::start().await;
    let who = demo.newcomer(0);
    let window = Chromium::open(Settings::default()).await;
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;
    let second = enrols(&demo, &window, "clerk-2", false).await;
    let first = enrols(&demo, &window, "clerk-1", false).await;

    // The counter: card and look.
    window.go(&demo.counter()).await;
    let device = begins_shift(&window, &first).await;
    window.click("input[value='account.open']").await;
    window.picture("without-phone-1-matter").await;
    window.click("#open-matter button").await;
    window.click(&format!("#card option[value='{CARD}']")).await;
    window.click("#looked").await;
    window.picture("without-phone-2-card").await;
    window.click("#read-card button").await;
    window.see("#person").await;
    assert_eq!(window.text("#account").await, "没有账号");
    assert_eq!(window.text("#number").await, masked(&who.number));
    window.picture("without-phone-3-no-account").await;
    window.click("#deed button").await;

    // The PIN: on a page of Yihao's, which the desk does not see.
    window.see("#choose-pin").await;
    window.picture("without-phone-4-deed").await;
    window.click("#choose-pin").await;
    window.see("form#choose-pin").await;
    assert!(window.url().await.starts_with(&format!("{}/pin", demo.issuer())));
    window.picture("without-phone-5-pin").await;
    chooses(&window, "123456", "123456").await;
    window.see("[data-error='pin-common']").await;
    window.picture("without-phone-6-pin-fault").await;
    chooses(&window, PIN, PIN).await;
    window.arrive(&demo.counter()).await;

    // A second clerk looks; the sheet is printed and handed over.
    window.see("#second").await;
    window.picture("without-phone-7-second").await;
    second_looks(&window, device, &second).await;
    window.picture("without-phone-8-done").await;
    window.click("#sheet").await;
    window.see("#codes").await;
    window.picture("without-phone-9-sheet-on-screen").await;
    assert!(!window.text("#codes").await.contains('-') || window.text("#codes").await.contains('●'));
    window.picture_on_paper("without-phone-9-sheet").await;
    window.click("#sheet-done").await;
    window.click("#end-matter").await;
    window.see("#open-matter").await;

    // The kiosk: the same card, and the PIN.
    kiosk.go(&demo.kiosk()).await;
    kiosk.see(&part("free")).await;
    let card = json!({ "number": who.number, "name": who.name });
    let http = reqwest::Client::new();
    let put = http.post(reader(&demo)).header("x-kiosk", "1").json(&card).send().await;
    assert_eq!(put.expect("an answer").status(), 204);
    kiosk.click("#by-card").await;
    kiosk.see(&part("pin")).await;
    kiosk.picture("without-phone-10-kiosk-pin").await;
    types(&kiosk, PIN).await;
    kiosk.see(&part("signed_in")).await;
    assert_eq!(kiosk.text("#name").await, who.name);
    // The library has answered to a token of the kiosk's, for the account that was opened just now.
    kiosk.see("#licences li").await;
    assert!(kiosk.text("#channel").await.contains("自助终端"));
    kiosk.picture("without-phone-11-kiosk").await;
    let taken = http.delete(reader(&demo)).header("x-kiosk", "1").send().await;
    assert_eq!(taken.expect("an answer").status(), 204);
    kiosk.click(&format!("{} .end", part("signed_in"))).await;
    nothing_is_left(&kiosk, &demo, &who).await;
    kiosk.picture("without-phone-12-after").await;
}

async fn chooses(window: &Chromium, pin: &str, again: &str) {
    window.type_into("#pin", pin).await;
    window.type_into("#again", again).await;
    window.click("#choose-pin .actions button").await;
}
