//! A phone with two apps, played by a page: it signs in, opens the second app without a page, and signs the web
//! in by reading its code.

use super::demo::{Demo, PASSWORD, Someone};
use super::{PHONE, sign_in};
use crate::support::webdriver::{Chromium, Settings};

/// The person's phone, signed in to the first app.
pub async fn phone(demo: &Demo, person: &Someone) -> Chromium {
    let phone = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    phone.go(&demo.phone()).await;
    phone.picture("phone").await;
    phone.click("#sign-in").await;
    sign_in(&phone, person, PASSWORD).await;
    phone.see("form#consent").await;
    phone.click("#allow").await;
    phone.arrive(&format!("{}/", demo.phone())).await;
    phone
}

#[tokio::test]
async fn two_apps_of_one_vendor_and_one_sign_in() {
    let demo = Demo::start().await;
    let phone = phone(&demo, &demo.person(0)).await;
    assert_eq!(phone.text("#acr").await, "urn:yihao:aal:1");
    phone.picture("phone-signed-in").await;
    phone.click("#join").await;
    let said = phone.text("#said").await;
    assert!(said.contains("第二个应用已登录"), "{said}");
    assert!(!phone.text("#second-sub").await.is_empty());
    phone.click("button#licences").await;
    let said = phone.text("#said").await;
    assert!(said.contains("渠道 mobile") && said.contains("令牌已绑定本机密钥"), "{said}");
    phone.picture("phone-second-app").await;
    // Signed out at the provider, the second app is signed out as well.
    phone.go(&format!("{}/sign-out", demo.issuer())).await;
    phone.click("#sign-out button").await;
    phone.go(&demo.phone()).await;
    phone.click("button#licences").await;
    let said = phone.text("#said").await;
    assert!(said.contains("invalid_token"), "{said}");
}

#[tokio::test]
async fn the_web_is_signed_in_by_its_code() {
    let demo = Demo::start().await;
    let (hall, person) = (demo.hall(), demo.person(2));
    let phone = phone(&demo, &person).await;
    // Without script: the page asks by itself all the same.
    let web = Chromium::open(Settings { script: false, ..Settings::default() }).await;
    web.go(&hall).await;
    web.click("#sign-in").await;
    web.see("form#sign-in").await;
    web.picture("sign-in-with-code").await;
    web.click("#by-phone").await;
    web.see("svg#scan").await;
    web.picture("scan-code").await;
    let (code, number) = (web.attribute("#scan-here", "href").await, web.text("#number").await);

    phone.type_into("#address", &code.expect("an address")).await;
    phone.click("form#scan button").await;
    phone.see("form#scan-confirm").await;
    let asked = phone.text("main").await;
    assert!(asked.contains("Chrome · Linux") && asked.contains("粤易办·网上办事大厅"), "{asked}");
    phone.picture("scan-confirm").await;
    choose(&phone, &number).await;
    // A password alone lends nothing.
    phone.see("form#second-factor").await;
    phone.type_into("#code", &demo.code_on(&person.phone).await).await;
    phone.click("#second-factor .actions button").await;
    phone.see("form#scan-confirm").await;
    web.see("h1").await;
    phone.click("#allow").await;
    phone.arrive(&format!("{}/scan/done", demo.issuer())).await;
    phone.picture("scan-allowed").await;

    // The web goes on by itself.
    web.see("form#consent").await;
    web.click("#allow").await;
    web.arrive(&format!("{hall}/")).await;
    assert_eq!(web.text("#name").await, person.name);
    assert_eq!(web.text("#acr").await, "urn:yihao:aal:2");
    web.picture("hall-by-phone").await;
    web.go(&format!("{}/account/factors/app", demo.issuer())).await;
    web.see("[data-error='not_in_this_session']").await;
    web.picture("not-in-this-session").await;

    // And is ended from the phone.
    phone.go(&demo.phone()).await;
    phone.click("#sessions").await;
    phone.see("#end-others").await;
    phone.picture("sessions-of-the-phone").await;
    phone.click("#end-others").await;
    phone.see("[role=status]").await;
    web.go(&format!("{}/account", demo.issuer())).await;
    web.see("form#sign-in").await;
    web.picture("sign-in-remembered").await;
}

async fn choose(phone: &Chromium, number: &str) {
    phone.click(&format!("[name=match][value='{number}'] + label")).await;
    phone.click("#allow").await;
}
