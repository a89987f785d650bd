//! The operators' rooms in front of a real browser, over the demo's earlier system: one decides, another confirms, a batch
//! goes and comes; and a citizen comes in by the password they had there.

use serde_json::json;
use yihao::base::Clock;
use yihao::credential::totp::Seed;
use yihao::operator::Role;

use super::demo::{Demo, PASSWORD};
use crate::operators::account_cases::displaces;
use crate::operators::console::seed_from;
use crate::support::House;
use crate::support::webdriver::{Chromium, Settings};

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 780);

/// Signs in at the console for the first time.
async fn at_console(demo: &Demo, browser: &Chromium, name: &str) -> Seed {
    browser.go(&format!("{}/console", demo.issuer())).await;
    browser.see("#console-sign-in").await;
    browser.type_into("#identifier", name).await;
    browser.type_into("#password", PASSWORD).await;
    browser.click("#console-sign-in .actions button").await;
    browser.see("#add-app").await;
    let seed = seed_from(&browser.text("code.secret").await);
    browser.type_into("#code", seed.code_at(Clock::Machine.now()).reveal()).await;
    browser.click("#add-app .actions button").await;
    browser.see("#rooms").await;
    seed
}

#[tokio::test]
async fn two_operators_decide_and_undo_what_came_of_an_earlier_system() {
    let demo = Demo::start_with(&[("YIHAO__LEGACY__TWO_OPERATORS_TO_UNDO", "true")]).await;
    let issuer = demo.issuer();
    let one = Chromium::open(Settings { window: DESK, ..Settings::default() }).await;
    let two = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    at_console(&demo, &one, "decider-1").await;
    one.picture("console-home").await;
    at_console(&demo, &two, "decider-2").await;
    two.picture("console-home-phone").await;

    // The report, with its charts.
    one.click("a[href='/console/sources']").await;
    one.see("#sources").await;
    one.picture("console-sources").await;
    one.click("#sources h2 a").await;
    one.see("#classes svg.bar").await;
    one.picture("console-report").await;
    two.go(&format!("{issuer}/console/sources/gjj-demo")).await;
    two.see("#classes svg.bar").await;
    two.picture("console-report-phone").await;

    // A case, looked at, proposed by one and confirmed by the other.
    one.go(&format!("{issuer}/console/cases?reason=NAME_MISMATCH")).await;
    one.see("#cases").await;
    one.picture("console-queue").await;
    // One whose number nobody has an account with yet: where somebody only says that it is theirs, nothing is merged.
    let cases = one.run("return [...document.querySelectorAll('#cases h2 a')].map(a => a.href)").await;
    for case in cases.as_array().expect("the queue") {
        one.go(case.as_str().expect("an address")).await;
        one.see("#sides tr.differs").await;
        if one.run("return document.body.innerText.includes('这里还没有对应的账号')").await == true
        {
            break;
        }
    }
    one.picture("console-case").await;
    let case = one.url().await;
    one.click("#reveal summary").await;
    one.type_into("#why", "对照户口簿").await;
    one.click("#case-reveal button").await;
    one.see("#whole").await;
    one.picture("console-case-whole").await;
    one.go(&case).await;
    one.type_into("#reason", "户口簿第 17 页，更名").await;
    one.click("#merge").await;
    one.see("#waits").await;
    one.picture("console-case-waits").await;
    two.go(&case).await;
    two.see("#proposal").await;
    assert!(two.text("#proposal").await.contains("decider-1"));
    two.picture("console-case-confirm-phone").await;
    two.type_into("#reason", "核对无误").await;
    two.click("#merge").await;
    two.see("#settled").await;
    two.picture("console-case-done-phone").await;

    // The batch of the whole run goes, by two.
    one.go(&format!("{issuer}/console/sources/gjj-demo/batches")).await;
    one.see("#batches").await;
    one.picture("console-batches").await;
    // The newest is of the case; the run is the other.
    one.click("#batches li:last-child h2 a").await;
    one.see("#expected").await;
    one.type_into("#reason", "演示").await;
    one.picture("console-batch").await;
    one.click("#undo").await;
    one.see("#waits").await;
    let batch = one.url().await;
    two.go(&batch).await;
    two.see("#proposal").await;
    two.picture("console-batch-confirm-phone").await;
    two.type_into("#reason", "同意").await;
    two.click("#undo").await;
    two.see("#undone").await;
    assert_eq!(two.attribute("#state", "data-state").await.as_deref(), Some("undone"));
    two.picture("console-batch-undone-phone").await;

    // And it is merged again, behind the page: a duty does it, and the page looks by itself how far it is.
    let source = format!("{issuer}/console/sources/gjj-demo");
    one.go(&source).await;
    one.see("#run-merge").await;
    one.picture("console-runs").await;
    one.click("#run-merge").await;
    one.see("#run, #past-runs").await;
    one.picture("console-run-begun").await;
    two.go(&source).await;
    two.see("#run, #past-runs").await;
    two.picture("console-run-begun-phone").await;
    one.see("#past-runs li[data-state=done]").await;
    one.picture("console-run-done").await;
    two.go(&source).await;
    two.see("#past-runs").await;
    two.picture("console-run-done-phone").await;
}

#[tokio::test]
async fn a_case_about_accounts_is_decided_in_front_of_a_browser() {
    let house = House::open().await;
    let holder = house.person().await;
    displaces(&house, &holder).await;
    let staff = house.staff(&[Role::Decider]).await;
    let browser = Chromium::open(Settings { window: DESK, ..Settings::default() }).await;
    browser.go(&house.at("/console")).await;
    browser.type_into("#identifier", &staff.name).await;
    browser.type_into("#password", &staff.password).await;
    browser.click("#console-sign-in .actions button").await;
    browser.see("#add-app").await;
    let seed = seed_from(&browser.text("code.secret").await);
    browser.type_into("#code", seed.code_at(house.clock.now()).reveal()).await;
    browser.click("#add-app .actions button").await;
    browser.see("#rooms").await;
    browser.go(&house.at("/console/cases?kind=displaced")).await;
    browser.see("#cases").await;
    browser.picture("console-queue-accounts").await;
    browser.click("#cases h2 a").await;
    browser.see("#case-decide").await;
    browser.picture("console-account-case").await;
    let (width, height) = PHONE;
    let phone = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", phone).await;
    browser.picture("console-account-case-phone").await;
    browser.type_into("#reason", "本人到窗口核对").await;
    browser.click("#stands").await;
    browser.see("#settled").await;
    browser.picture("console-account-case-done-phone").await;
}

#[tokio::test]
async fn an_old_password_of_the_demos_earlier_system_opens_a_new_one() {
    let demo = Demo::start().await;
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    browser.go(&format!("{}/sign-in", demo.issuer())).await;
    browser.click("#earlier summary").await;
    browser.picture("sign-in-earlier").await;
    browser.type_into("#identifier", "gjj0057@gjj-demo").await;
    browser.type_into("#password", "gong-ji-jin-2008").await;
    browser.click("#sign-in .actions button").await;
    browser.see("#new-password").await;
    browser.picture("earlier-new-password").await;
    browser.type_into("#password", "kai-men-jian-shan").await;
    browser.click("#new-password .actions button").await;
    browser.arrive(&format!("{}/account", demo.issuer())).await;
    browser.go(&format!("{}/account/earlier-accounts", demo.issuer())).await;
    assert!(browser.text("main .rows").await.contains("住房公积金"));
    browser.picture("earlier-accounts").await;
    browser.go(&format!("{}/account/earlier-accounts/decisions", demo.issuer())).await;
    browser.see("#no-decisions").await;
    browser.picture("decisions-none").await;
}
