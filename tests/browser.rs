//! The first promise, kept in front of a real browser: `yihao demo`, the example systems and Chromium, on
//! both homes. Every step leaves a picture in `target/pictures`.
//!
//! The example programs stand beside `yihao`: `cargo build --workspace --bins` makes them.

mod counter;
pub mod demo;
mod four;
mod hygiene;
mod inbox;
mod kiosk;
mod phone;
mod rooms;
mod ukey;
mod without_phone;

use crate::support::webdriver::{Chromium, Settings};
use demo::{Demo, PASSWORD, Someone};

const NEW_PASSWORD: &str = "kai-men-jian-shan";
const PHONE: (u32, u32) = (360, 780);
const SUBMIT: &str = "main form .actions button";

#[tokio::test]
async fn a_newcomer_registers_and_is_known_everywhere() {
    let demo = Demo::start().await;
    let (hall, certificates) = (demo.hall(), demo.certificates());
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    let authenticator = browser.add_authenticator().await;
    let newcomer = demo.newcomer(0);

    // The hall sends to the sign-in page; somebody new goes on to register.
    browser.go(&hall).await;
    browser.picture("hall").await;
    browser.click("#sign-in").await;
    browser.see("form#sign-in").await;
    assert!(browser.text(".why").await.contains("粤易办·网上办事大厅"));
    browser.picture("sign-in").await;
    browser.click("a[href^='/register']").await;
    register(&demo, &browser, &newcomer).await;
    browser.see("#add-passkey").await;
    browser.picture("passkey-offer").await;
    browser.click("#passkey").await;

    // What the hall will know is told first, masked; then the person arrives, signed in.
    browser.see("form#consent").await;
    let told = browser.text("dl").await;
    assert!(told.contains(&masked(&newcomer.number)) && !told.contains(&newcomer.number), "{told}");
    browser.picture("notice").await;
    browser.click("#allow").await;
    browser.arrive(&format!("{hall}/")).await;
    assert_eq!(browser.text("#name").await, newcomer.name);
    assert_eq!(browser.text("#trust-level").await, "3");
    assert_eq!(browser.text("#acr").await, "urn:yihao:aal:2");
    browser.picture("hall-signed-in").await;

    // The second system needs no page: one click, and it knows the person too.
    browser.click("#neighbour").await;
    browser.arrive(&certificates).await;
    browser.click("#sign-in").await;
    assert_eq!(browser.text("#name").await, newcomer.name);
    assert!(browser.url().await.starts_with(&certificates));
    browser.picture("certificates-signed-in").await;
    for system in [&certificates, &hall] {
        browser.go(&format!("{system}/licence")).await;
        let licences = browser.text("#licence").await;
        assert!(licences.contains(&newcomer.name) && licences.contains("可信等级 3"), "{licences}");
    }
    browser.picture("licences").await;

    // The account knows the passkey.
    browser.go(&format!("{}/account", demo.issuer())).await;
    browser.see(".rows li").await;
    browser.picture("account").await;

    // Signing out at the hall ends the session: the second system's sign-in shows the page again.
    browser.go(&hall).await;
    browser.click("#sign-out").await;
    browser.arrive(&format!("{hall}/signed-out")).await;
    browser.picture("hall-signed-out").await;
    // It has been told, too, and has forgotten the person by itself.
    is_told(&browser, &certificates, &newcomer.name).await;
    browser.let_recognise(&authenticator, false).await;
    browser.go(&format!("{certificates}/sign-in")).await;
    browser.see("form#sign-in").await;

    // And the passkey opens it, without anything typed.
    browser.let_recognise(&authenticator, true).await;
    browser.click_unless_gone("#passkey").await;
    browser.arrive(&format!("{certificates}/")).await;
    assert_eq!(browser.text("#name").await, newcomer.name);
    assert_eq!(browser.text("#acr").await, "urn:yihao:aal:3");
    browser.picture("certificates-by-passkey").await;
}

/// The four steps, each with the mistake that people make.
async fn register(demo: &Demo, browser: &Chromium, who: &Someone) {
    browser.see("#register-phone").await;
    browser.type_into("#phone", "1990001").await;
    browser.click(SUBMIT).await;
    fault(browser, "phone-malformed").await;
    browser.picture("register-phone-fault").await;
    browser.type_into("#phone", &who.phone).await;
    browser.click(SUBMIT).await;

    browser.see("#register-code").await;
    browser.picture("register-code").await;
    let code = demo.code_on(&who.phone).await;
    browser.type_into("#code", if code == "000000" { "000001" } else { "000000" }).await;
    browser.click("#register-code .actions button").await;
    fault(browser, "code-wrong").await;
    browser.type_into("#code", &code).await;
    browser.click("#register-code .actions button").await;

    browser.see("#register-name").await;
    browser.type_into("#name", &who.name).await;
    browser.type_into("#number", &who.number[..17]).await;
    browser.click(SUBMIT).await;
    fault(browser, "number-length").await;
    browser.picture("register-name-fault").await;
    browser.type_into("#number", &who.number).await;
    browser.click(SUBMIT).await;

    browser.see("#register-password").await;
    browser.type_into("#password", &who.phone).await;
    browser.click(SUBMIT).await;
    fault(browser, "password-personal").await;
    browser.type_into("#password", NEW_PASSWORD).await;
    browser.picture("register-password").await;
    browser.click(SUBMIT).await;
}

/// From a password to a passkey in one session: what is missing is added on the way, and only that is asked.
#[tokio::test]
async fn a_demanding_service_leads_to_a_passkey() {
    let demo = Demo::start().await;
    let (issuer, back) = (demo.issuer(), format!("{}/callback", demo.hall()));
    let client = demo.add_client(&[
        "--name=不动产登记",
        "--channel=hall",
        "--auth-method=client_secret_basic",
        "--redirect-uri",
        &back,
        "--first-party",
        "--min-aal=3",
        "--scope=openid",
    ]);
    let authorize = format!(
        "{issuer}/authorize?response_type=code&client_id={client}&state=s&scope=openid\
         &redirect_uri={back}&code_challenge_method=S256\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    browser.add_authenticator().await;
    let person = demo.person(1);
    browser.go(&authorize).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.see("form#second-factor-leave").await;
    browser.picture("second-factor-add").await;
    browser.click("a[href^='/account/passkey']").await;
    browser.see("form#second-factor").await;
    browser.picture("second-factor-sms").await;
    browser.type_into("#code", &demo.code_on(&person.phone).await).await;
    browser.click("#second-factor .actions button").await;
    browser.see("#add-passkey").await;
    browser.click("#passkey").await;
    browser.see("[data-passkey='sign-in']").await;
    browser.picture("second-factor-passkey").await;
    browser.click("#passkey").await;
    browser.arrive(&format!("{back}?code=")).await;

    // At the account a change asks for the passkey again once it is old, and comes back to where it began.
    browser.go(&format!("{issuer}/account/factors")).await;
    browser.click("a[href^='/account/factors/passkey']").await;
    browser.see("#rename-passkey").await;
    browser.type_into("#name", "我的手机").await;
    browser.click("#rename-passkey button").await;
    browser.see("form#always").await;
    browser.picture("factors").await;
    browser.go(&format!("{issuer}/account/factors/app")).await;
    browser.see("#add-app svg, .qr svg").await;
    browser.picture("factor-app").await;
    let other = Chromium::open(Settings::default()).await;
    other.go(&format!("{issuer}/sign-in")).await;
    sign_in(&other, &person, PASSWORD).await;
    other.arrive(&format!("{issuer}/account")).await;
    other.go(&format!("{issuer}/account/factors/recovery-codes")).await;
    other.see("[data-next='/account/factors/recovery-codes'] [data-passkey='sign-in']").await;
    other.picture("second-factor-passkey-wide").await;
}

#[tokio::test]
async fn without_script_a_password_does_everything() {
    let demo = Demo::start().await;
    let (hall, certificates) = (demo.hall(), demo.certificates());
    let browser = Chromium::open(Settings { script: false, ..Settings::default() }).await;
    let person = demo.person(4);
    browser.go(&hall).await;
    browser.click("#sign-in").await;
    browser.see("form#sign-in").await;
    assert_eq!(browser.text("#passkey").await, "", "a button that needs script is not shown");
    browser.picture("no-script-sign-in").await;

    // Wrong twice, the same page twice: nothing is told, and what was typed is still there.
    let mut pages = Vec::new();
    for wrong in ["wrong", "wrong again"] {
        sign_in(&browser, &person, wrong).await;
        fault(&browser, "sign-in-refused").await;
        assert_eq!(browser.attribute("#identifier", "value").await.as_deref(), Some(&*person.number));
        pages.push(browser.text("main").await);
    }
    assert_eq!(pages[0], pages[1]);
    browser.picture("no-script-refused").await;

    sign_in(&browser, &person, PASSWORD).await;
    browser.click("#allow").await;
    browser.arrive(&format!("{hall}/")).await;
    assert_eq!(browser.text("#name").await, person.name);
    browser.click("#neighbour").await;
    browser.click("#sign-in").await;
    browser.arrive(&format!("{certificates}/")).await;
    assert_eq!(browser.text("#name").await, person.name);

    browser.go(&format!("{}/sign-out", demo.issuer())).await;
    browser.click("#sign-out button").await;
    browser.arrive(&format!("{}/signed-out", demo.issuer())).await;
    browser.picture("signed-out").await;
    browser.go(&format!("{hall}/sign-in")).await;
    browser.see("form#sign-in").await;
}

#[tokio::test]
async fn tabs_the_way_back_languages_and_print() {
    let demo = Demo::start().await;
    let (issuer, hall) = (demo.issuer(), demo.hall());
    let browser = Chromium::open(Settings::default()).await;
    let person = demo.person(3);

    // Two tabs begin, both end at the hall.
    browser.go(&format!("{hall}/sign-in")).await;
    let first = browser.tab().await;
    let second = browser.open_tab().await;
    browser.go(&format!("{hall}/sign-in")).await;
    browser.look_at(&first).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.click("#allow").await;
    browser.arrive(&format!("{hall}/")).await;
    browser.look_at(&second).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.arrive(&format!("{hall}/")).await;
    assert_eq!(browser.text("#name").await, person.name);

    // Back shows no form and sends nothing again: it says that this is done.
    browser.back().await;
    fault(&browser, "ask_expired").await;
    browser.picture("back-after-sign-in").await;
    browser.go(&hall).await;
    assert_eq!(browser.text("#name").await, person.name);

    // A language and a print are chosen once.
    browser.go(&format!("{issuer}/account?lang=en")).await;
    browser.go(&format!("{issuer}/account?print=large")).await;
    browser.go(&format!("{issuer}/help")).await;
    assert_eq!(browser.attribute("html", "lang").await.as_deref(), Some("en"));
    assert_eq!(browser.attribute("html", "class").await.as_deref(), Some("large"));
    assert_eq!(browser.text("h1").await, "Help");
    browser.picture("help-en-large").await;

    // An address that the hall never registered gets a page, never the browser.
    let astray = format!(
        "{issuer}/authorize?response_type=code&client_id=demo-hall&scope=openid&state=s&lang=zh-Hans\
         &redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcallback"
    );
    browser.go(&astray).await;
    fault(&browser, "invalid_redirect_uri").await;
    assert_eq!(browser.url().await, astray);
    browser.picture("unregistered-redirect").await;
}

#[tokio::test]
async fn consent_is_asked_with_the_sensitive_apart() {
    let demo = Demo::start().await;
    let (issuer, back) = (demo.issuer(), format!("{}/callback", demo.hall()));
    let client = demo.add_client(&[
        "--name=社保待遇查询",
        "--department=省人力资源和社会保障厅",
        "--purpose=查询养老保险待遇",
        "--channel=hall",
        "--auth-method=client_secret_basic",
        "--redirect-uri",
        &back,
        "--legal-basis=consent",
        "--scope=openid",
        "--scope=profile",
        "--scope=phone",
        "--scope=official_number",
    ]);
    let authorize = format!(
        "{issuer}/authorize?response_type=code&client_id={client}&state=s&scope=openid+profile+official_number\
         &redirect_uri={back}&code_challenge_method=S256\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    let browser = Chromium::open(Settings::default()).await;
    let person = demo.person(0);
    browser.go(&authorize).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.see("form#consent").await;
    let asked = browser.text("fieldset").await;
    assert!(asked.contains(&masked(&person.number)), "{asked}");
    assert!(!browser.text("body").await.contains(&person.number));
    browser.picture("consent").await;

    // No is an answer that the system gets to hear; yes is remembered.
    browser.click("#deny").await;
    browser.arrive(&format!("{back}?error=access_denied")).await;
    browser.go(&authorize).await;
    browser.click("#agreed-official_number").await;
    browser.click("#allow").await;
    browser.arrive(&format!("{back}?code=")).await;
    browser.go(&authorize).await;
    browser.arrive(&format!("{back}?code=")).await;
}

#[tokio::test]
async fn an_enterprise_is_acted_for_and_the_account_tells_of_it() {
    let demo = Demo::start().await;
    let hall = demo.hall();
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    let representative = demo.person(11);
    browser.go(&hall).await;
    browser.click("#sign-in").await;
    sign_in(&browser, &representative, PASSWORD).await;
    browser.see("form#capacity").await;
    browser.picture("capacity").await;
    browser.click("form#capacity .card:last-of-type label").await;
    browser.click(SUBMIT).await;
    browser.see("form#consent").await;
    assert!(browser.text("dl").await.contains("广州云山软件有限公司"));
    browser.click("#allow").await;
    browser.arrive(&format!("{hall}/")).await;
    assert_eq!(browser.text("#name").await, "广州云山软件有限公司");
    assert_eq!(browser.text("#acting-as").await, "法定代表人");
    browser.picture("hall-enterprise").await;

    // The account, from page to page as a person would.
    let account = format!("{}/account", demo.issuer());
    for (link, sees, picture) in [
        ("/account/organizations", "广州云山软件有限公司", "account-organizations"),
        ("/account/factors", "密码", "account-factors"),
        ("/account/sessions", "您正在使用本设备", "account-sessions"),
        ("/account/consents", "依法取得", "account-consents"),
        ("/account/history", "粤易办·网上办事大厅", "account-history"),
    ] {
        browser.go(&account).await;
        browser.click(&format!("main a[href='{link}']")).await;
        browser.arrive(&format!("{}{link}", demo.issuer())).await;
        let shown = browser.text("main").await;
        assert!(shown.contains(sees) && !shown.contains(&representative.number), "{link}: {shown}");
        browser.picture(picture).await;
    }
    // The organization's own page tells what was done in its name.
    browser.go(&format!("{}/account/organizations", demo.issuer())).await;
    browser.click("main .row-actions a").await;
    browser.arrive(&format!("{}/account/organizations/", demo.issuer())).await;
    let deeds = browser.text("main").await;
    assert!(deeds.contains("经办人") && deeds.contains("粤易办·网上办事大厅"), "{deeds}");
    browser.picture("account-organization").await;
}

/// Looks at a system until it does not know the person any more.
async fn is_told(browser: &Chromium, system: &str, name: &str) {
    for _ in 0..100 {
        browser.go(system).await;
        if !browser.text("main").await.contains(name) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{system} was not told");
}

pub async fn sign_in(browser: &Chromium, who: &Someone, password: &str) {
    browser.type_into("#identifier", &who.number).await;
    browser.type_into("#password", password).await;
    browser.click("form#sign-in .actions button").await;
}

/// Waits for the page that says this.
async fn fault(browser: &Chromium, code: &str) {
    browser.see(&format!("[data-error='{code}']")).await;
}

/// A number as pages show it.
fn masked(number: &str) -> String {
    format!("{}**********{}", &number[..4], &number[14..])
}
