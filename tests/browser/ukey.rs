//! The U-key station: certificates and electronic business licences in a plain browser.

use super::PHONE;
use super::demo::{Demo, Someone};
use crate::support::webdriver::{Chromium, Settings};

/// Its place in the drawer: the people first, then the enterprises.
const ENTERPRISE: usize = 18;

async fn insert(demo: &Demo, browser: &Chromium, card: usize) {
    browser.go(&demo.ukey()).await;
    browser.click(&format!("#card option[value='{card}']")).await;
    browser.click("#insert button").await;
    browser.see("#take-out").await;
}

#[tokio::test]
async fn a_certificate_signs_in_a_licence_makes_an_administrator_and_both_can_be_taken_back() {
    let demo = Demo::start().await;
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    // Nothing is in; and past the station nothing is shown either.
    for at in [demo.ukey().replace("/station", ""), demo.issuer()] {
        browser.go(&format!("{at}/sign-in/certificate")).await;
        browser.click("form#certificate button").await;
        browser.see("[data-error='certificate-missing']").await;
    }
    browser.go(&demo.ukey()).await;
    browser.see("#insert").await;
    browser.picture("ukey-station").await;

    let Someone { name, number, .. } = demo.person(5);
    insert(&demo, &browser, 5).await;
    assert_eq!((browser.text("#name").await, browser.text("#number").await), (name.clone(), number));
    browser.picture("ukey-inserted").await;
    browser.click("#sign-in").await;
    browser.picture("ukey-sign-in").await;
    browser.click("form#certificate button").await;
    browser.arrive(&demo.ukey().replace("/station", "/account")).await;
    // Known everywhere: a service wants two factors, and nothing more is asked.
    browser.go(&demo.hall()).await;
    browser.click("#sign-in").await;
    browser.see("form#consent").await;
    browser.click("#allow").await;
    assert_eq!(browser.text("#name").await, name);
    assert_eq!(browser.text("#acr").await, "urn:yihao:aal:3");

    browser.go(&demo.ukey()).await;
    browser.click("#take-out").await;
    insert(&demo, &browser, ENTERPRISE).await;
    browser.click("#licence").await;
    browser.click("form#licence button").await;
    browser.see("a[href$='/grant']").await;
    assert!(browser.text("main").await.contains("东莞晨光电子有限公司"));
    browser.picture("ukey-organization").await;

    browser.go(&demo.ukey()).await;
    browser.click("#revoke").await;
    browser.see("#revoked").await;
    browser.picture("ukey-revoked").await;
    browser.click("#licence").await;
    browser.click("form#licence button").await;
    browser.see("[data-error='certificate-refused']").await;
}
