//! The pages in front of a real browser, at a phone's and a desktop's width: without script, as anybody may
//! have it. Every step leaves a picture.

use yihao::http::urls;

use crate::support::House;
use crate::support::device::Device;
use crate::support::webdriver::{Chromium, Settings};

#[tokio::test]
async fn from_the_code_to_the_answer() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let device = Device::in_a_hall(&house).await;
    for (name, window) in [("phone", (360, 780)), ("desktop", (1280, 900))] {
        let browser = Chromium::open(Settings { script: false, window }).await;
        let shown = device.asks("openid profile official_number").await;
        browser.go(&house.at(urls::DEVICE)).await;
        browser.see("form#device").await;
        browser.picture(&format!("device-{name}")).await;
        browser.type_into("#user_code", &shown.user_code).await;
        browser.click("form#device button").await;
        browser.type_into("#identifier", &person.number).await;
        browser.type_into("#password", &person.password).await;
        browser.click("form#sign-in button.act, form#sign-in .actions button").await;
        browser.see("form#device-confirm").await;
        browser.picture(&format!("device-confirm-{name}")).await;
        let right = shown.match_number.expect("a number");
        browser.click(&format!("input[name=match][value='{right}'] + label")).await;
        browser.click("#allow").await;
        browser.arrive(&house.at(urls::DEVICE_DONE)).await;
        browser.picture(&format!("device-done-{name}")).await;
        house.pass(std::time::Duration::from_secs(5));
        device.polls(&shown).await.good();
    }
}
