//! Four channels, one person: a phone, a hall's web page, a kiosk and a counter, each with a browser of its own.

use super::counter::{begins_shift, enrols};
use super::demo::{Demo, Someone};
use super::kiosk::{SCREEN, part, state};
use super::{NEW_PASSWORD, PHONE, SUBMIT, is_told, register, sign_in};
use crate::support::webdriver::{Chromium, Settings};

const ENTERPRISE: &str = "东莞晨光电子有限公司";

#[tokio::test]
async fn one_person_in_four_channels() {
    // A story takes longer than people stand still at a kiosk.
    let patient = [("YIHAO__CHANNEL__KIOSK__IDLE_SECONDS", "900"), ("KIOSK_IDLE", "900")];
    let demo = Demo::start_with(&patient).await;
    let who = demo.newcomer(1);
    let phone = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    let hall = Chromium::open(Settings::default()).await;
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;
    let window = Chromium::open(Settings::default()).await;
    let clerk = enrols(&demo, &window, "clerk-1", false).await;

    registers_on_the_phone(&demo, &phone, &who).await;

    // The hall: number and password, as oneself.
    hall.go(&demo.hall()).await;
    in_the_hall(&demo, &hall, &who, "form#capacity label[for='capacity-self']").await;
    assert_eq!(hall.text("#name").await, who.name);
    assert_eq!(hall.text("#channel").await, "hall");
    hall.picture("four-5-hall").await;
    hall.go(&format!("{}/licence", demo.hall())).await;
    let licences = hall.text("#licence").await;
    assert!(licences.contains(&who.name) && licences.contains("渠道 hall"), "{licences}");
    hall.picture("four-6-hall-licences").await;

    // The kiosk: the phone reads its code, and says which number stands there.
    kiosk.go(&demo.kiosk()).await;
    kiosk.see(&part("free")).await;
    kiosk.click("#by-phone").await;
    kiosk.see("#qr svg").await;
    kiosk.picture("four-7-kiosk-code").await;
    let shown = state(&demo).await;
    phone.go(shown["address"].as_str().expect("what the QR code holds")).await;
    phone.see("form#device-confirm").await;
    assert_eq!(phone.text(".place").await, "天河区政务服务中心1号自助终端");
    phone.picture("four-8-phone-kiosk").await;
    allows(&phone, &shown["number"].to_string(), "main:not(:has(form))").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    phone.picture("four-9-phone-allowed").await;
    kiosk.see("#licences li").await;
    assert_eq!(kiosk.text("#name").await, who.name);
    assert!(kiosk.text("#channel").await.contains("自助终端"));
    kiosk.picture("four-10-kiosk").await;

    // The counter: the clerk names the person, and the phone says yes.
    window.go(&demo.counter()).await;
    begins_shift(&window, &clerk).await;
    window.click("#open-matter button").await;
    asks(&window, &who.number).await;
    window.picture("four-11-counter-asks").await;
    let message = window.text("#binding-message").await;
    phone.go(&demo.phone()).await;
    phone.click("#approvals").await;
    phone.see(".approvals a").await;
    phone.picture("four-12-phone-inbox").await;
    phone.click(".approvals a").await;
    phone.see("form#device-confirm").await;
    assert_eq!(phone.text(".place").await, "天河区政务服务中心3号窗口");
    assert!(phone.text("main").await.contains(&message), "{message}");
    phone.picture("four-13-phone-counter").await;
    assert!(!window.text("main").await.contains(&who.name), "nothing before the person has approved");
    allows(&phone, &window.text("#match-number").await, "form#consent").await;
    // What the window will learn is told first.
    phone.see("form#consent").await;
    phone.picture("four-13-phone-notice").await;
    phone.click("#allow").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    window.see("#person").await;
    assert_eq!(window.text("#name").await, who.name);
    assert_eq!(
        (&*window.text("#channel").await, &*window.text("#how").await),
        ("counter", "本人在手机上确认")
    );
    assert!(!window.text("main").await.contains(&who.number));
    window.picture("four-14-counter").await;
    window.click("#end-matter").await;

    // For the enterprise, at the same window: as whom, the person says on the phone.
    window.click("input[value='licence.enterprise']").await;
    window.click("#open-matter button").await;
    asks(&window, &who.phone).await;
    phone.go(&format!("{}/account/approvals", demo.issuer())).await;
    phone.click(".approvals a").await;
    phone.see("form#device-confirm").await;
    allows(&phone, &window.text("#match-number").await, "form#capacity").await;
    phone.see("form#capacity").await;
    phone.picture("four-15-phone-capacity").await;
    phone.click("form#capacity .card:last-of-type label").await;
    phone.click(SUBMIT).await;
    phone.see("form#consent").await;
    assert!(phone.text("dl").await.contains(ENTERPRISE));
    phone.click("#allow").await;
    phone.arrive(&format!("{}/device/done", demo.issuer())).await;
    window.see("#person").await;
    assert_eq!(window.text("#name").await, ENTERPRISE);
    assert!(window.text("#licences").await.contains("营业执照"));
    assert_eq!(window.text("#channel").await, "counter");
    window.picture("four-16-counter-enterprise").await;

    // And in the hall: signed in anew, as the enterprise.
    hall.go(&demo.hall()).await;
    hall.click("#sign-out").await;
    hall.arrive(&format!("{}/signed-out", demo.hall())).await;
    hall.go(&demo.hall()).await;
    in_the_hall(&demo, &hall, &who, "form#capacity .card:last-of-type label").await;
    assert_eq!(hall.text("#name").await, ENTERPRISE);
    assert_eq!(hall.text("#acting-as").await, "法定代表人");
    hall.picture("four-17-hall-enterprise").await;
    hall.go(&format!("{}/licence", demo.hall())).await;
    let licences = hall.text("#licence").await;
    assert!(licences.contains("营业执照") && licences.contains("渠道 hall"), "{licences}");

    all_are_out(&demo, &who, (&phone, &hall, &kiosk, &window)).await;
}

/// In the app, with a passkey; then the enterprise that they represent is added.
async fn registers_on_the_phone(demo: &Demo, phone: &Chromium, who: &Someone) {
    phone.add_authenticator().await;
    phone.go(&demo.phone()).await;
    phone.picture("four-1-phone").await;
    phone.click("#sign-in").await;
    phone.see("form#sign-in").await;
    phone.click("a[href^='/register']").await;
    register(demo, phone, who).await;
    phone.see("#add-passkey").await;
    phone.picture("four-2-passkey").await;
    phone.click("#passkey").await;
    phone.see("form#consent").await;
    phone.click("#allow").await;
    phone.arrive(&format!("{}/", demo.phone())).await;
    phone.picture("four-3-registered").await;
    phone.click("#join").await;
    phone.click("button#licences").await;
    let said = phone.text("#said").await;
    assert!(said.contains("渠道 mobile"), "{said}");
    phone.go(&format!("{}/account/organizations/add", demo.issuer())).await;
    shows_passkey_if_asked(phone, "#credit_code").await;
    phone.type_into("#credit_code", &demo.enterprise_of(who)).await;
    phone.click("#organization .actions button").await;
    phone.arrive(&format!("{}/account/organizations", demo.issuer())).await;
    assert!(phone.text("main").await.contains(ENTERPRISE));
    phone.picture("four-4-enterprise").await;
}

/// By number and password, as whom `choice` says; what the hall learns is told first.
async fn in_the_hall(demo: &Demo, hall: &Chromium, who: &Someone, choice: &str) {
    hall.click("#sign-in").await;
    hall.see("form#sign-in").await;
    sign_in(hall, who, NEW_PASSWORD).await;
    hall.see("form#capacity").await;
    hall.click(choice).await;
    hall.click(SUBMIT).await;
    hall.see("form#consent").await;
    hall.click("#allow").await;
    hall.arrive(&format!("{}/", demo.hall())).await;
}

async fn asks(window: &Chromium, hint: &str) {
    window.type_into("#hint", hint).await;
    window.click("#ask-phone button").await;
    window.see("#match-number").await;
}

/// Says yes to this number, and shows the passkey if it was not shown just now.
async fn allows(phone: &Chromium, number: &str, expected: &str) {
    phone.click(&format!("input[name=match][value='{number}'] + label")).await;
    phone.click("#allow").await;
    shows_passkey_if_asked(phone, expected).await;
}

/// Before what is expected there may be the page that asks for the passkey: what was proven is a while ago by then.
async fn shows_passkey_if_asked(phone: &Chromium, expected: &str) {
    phone.see(&format!("[data-passkey='sign-in'], {expected}")).await;
    if phone.url().await.contains("/second-factor") {
        phone.click_unless_gone("#passkey").await;
    }
}

/// What was opened elsewhere is seen on the phone, and ended there; nobody is left in.
async fn all_are_out(
    demo: &Demo,
    who: &Someone,
    (phone, hall, kiosk, window): (&Chromium, &Chromium, &Chromium, &Chromium),
) {
    phone.go(&format!("{}/account/sessions", demo.issuer())).await;
    phone.see("#end-others").await;
    let sessions = phone.text("#sessions").await;
    for channel in ["网上大厅", "自助终端", "服务窗口"] {
        assert!(sessions.contains(channel), "{channel}: {sessions}");
    }
    phone.picture("four-18-phone-sessions").await;
    phone.click("#end-others").await;
    phone.see("[role=status]").await;
    phone.picture("four-19-phone-ended").await;
    is_told(hall, &demo.hall(), ENTERPRISE).await;
    hall.picture("four-20-hall-out").await;
    hall.go(&format!("{}/account", demo.issuer())).await;
    hall.see("form#sign-in").await;
    kiosk.see(&part("free")).await;
    assert!(!kiosk.text("body").await.contains(&who.name));
    kiosk.picture("four-21-kiosk-out").await;
    window.click("#again").await;
    window.see("#open-matter").await;
    assert!(window.text("#said").await.contains("本人已经结束这次登录"));
    assert!(!window.text("main").await.contains(ENTERPRISE));
    window.picture("four-22-counter-out").await;
    // The phone itself goes on.
    phone.go(&format!("{}/account", demo.issuer())).await;
    phone.see("a[href='/account/sessions']").await;
}
