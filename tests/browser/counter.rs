//! A counter in front of a real browser: two clerks at one window, a person with their card.

use base64::Engine;
use serde_json::Value;
use yihao::base::Clock;
use yihao::credential::totp::Seed;

use super::demo::{Demo, PASSWORD};
use crate::support::webdriver::{Authenticator, Chromium, Settings};

const SUBMIT: &str = "main form .actions button";

/// The first sign-in of a clerk at the console: an app, then a passkey; what their device holds then.
pub(super) async fn enrols(demo: &Demo, browser: &Chromium, name: &str, pictures: bool) -> Vec<Value> {
    let console = format!("{}/console", demo.issuer());
    browser.go(&console).await;
    browser.see("form#console-sign-in").await;
    let picture = async |what: &str| {
        if pictures {
            browser.picture(what).await;
        }
    };
    picture("console-sign-in").await;
    browser.type_into("#identifier", name).await;
    browser.type_into("#password", PASSWORD).await;
    browser.click(SUBMIT).await;
    browser.see("form#add-app").await;
    picture("console-app").await;
    let typed = browser.text("code.secret").await;
    let code = seed(&typed).code_at(Clock::Machine.now());
    browser.type_into("#code", code.reveal()).await;
    browser.click("#add-app .actions button").await;
    browser.see("#console-sign-out").await;
    picture("console").await;
    let device = browser.add_authenticator().await;
    browser.go(&format!("{console}/passkey")).await;
    picture("console-passkey").await;
    browser.type_into("#passkey-name", "安全密钥").await;
    browser.click("#passkey").await;
    browser.see("#passkeys").await;
    // Before the sign-out: the page after it offers the passkey by itself, and this device answers at once.
    let held = browser.take_away(device).await;
    browser.go(&console).await;
    browser.click("#console-sign-out button").await;
    browser.see("form#console-sign-in").await;
    held
}

/// Base32 as it is shown, in groups.
fn seed(shown: &str) -> Seed {
    let mut bits = String::new();
    for sign in shown.chars().filter(|c| !c.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(sign).expect("base32");
        bits += &format!("{value:05b}");
    }
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("bits"), 2).expect("a byte"))
        .collect();
    Seed::read(&base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)).expect("20 bytes")
}

/// A clerk begins a shift at the desk that the window shows; their device, which lies there then.
pub(super) async fn begins_shift(window: &Chromium, held: &[Value]) -> Authenticator {
    let device = window.lend(held).await;
    window.click("#begin-shift").await;
    window.see("#place").await;
    window.picture("window-shift").await;
    window.click("#passkey").await;
    window.see("#open-matter").await;
    device
}

/// Another clerk comes over, looks, and shows their own passkey.
pub(super) async fn second_looks(window: &Chromium, device: Authenticator, held: &[Value]) {
    window.click("#second").await;
    window.see("#deed").await;
    window.picture("window-deed").await;
    window.take_away(device).await;
    window.lend(held).await;
    window.click("#passkey").await;
    window.see("#done").await;
}

/// A phone's width: a clerk may stand beside the person.
#[tokio::test]
async fn the_desk_on_a_small_screen() {
    let demo = Demo::start().await;
    let window = Chromium::open(Settings { window: super::PHONE, ..Settings::default() }).await;
    let first = enrols(&demo, &window, "clerk-1", false).await;
    window.go(&demo.counter()).await;
    window.picture("desk-narrow-closed").await;
    begins_shift(&window, &first).await;
    window.picture("desk-narrow-matters").await;
    window.click("#open-matter button").await;
    window.see("#read-card").await;
    window.picture("desk-narrow-card").await;
    window.click("#looked").await;
    window.click("#read-card button").await;
    window.see("#person").await;
    window.picture("desk-narrow-person").await;
    window.click("#deed input[value=pin]").await;
    window.click("#deed button").await;
    window.see("#choose-pin").await;
    window.picture("desk-narrow-deed").await;
    window.click("#choose-pin").await;
    window.see("form#choose-pin").await;
    window.picture("choose-pin-narrow").await;
}

#[tokio::test]
async fn two_clerks_a_window_and_a_person_with_their_card() {
    let demo = Demo::start().await;
    let window = Chromium::open(Settings::default()).await;
    let second = enrols(&demo, &window, "clerk-2", true).await;
    let first = enrols(&demo, &window, "clerk-1", false).await;

    // The shift begins with the clerk's passkey.
    window.go(&demo.counter()).await;
    window.picture("desk-closed").await;
    let device = begins_shift(&window, &first).await;
    assert_eq!(window.text("#clerk").await, "clerk-1");
    assert_eq!(window.text("#place").await, "天河区政务服务中心3号窗口");
    window.picture("desk-matters").await;
    window.click("#open-matter button").await;

    // Nothing of a person before the card was read.
    window.see("#read-card").await;
    window.picture("desk-card").await;
    let person = demo.person(0);
    window.click("#looked").await;
    window.click("#read-card button").await;
    window.see("#person").await;
    window.picture("desk-person").await;
    assert!(!window.text("main").await.contains(&person.number));
    window.see("#licences li").await;

    // Level 5 wants a second clerk, whose passkey is another.
    window.click("#deed button").await;
    second_looks(&window, device, &second).await;
    window.picture("desk-done").await;
    window.click("#end-matter").await;
    window.see("#open-matter").await;
    window.click("#end-shift").await;
    window.see("#begin-shift").await;
}
