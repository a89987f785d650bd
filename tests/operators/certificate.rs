//! An operator's certificate: bound by command, and a factor beside the password, at the console and at a window.

use rcgen::ExtendedKeyUsagePurpose;
use serde_json::json;
use yihao::operator::Role;

use crate::proofs::certificate::{Authority, Said, Stage, of_enterprise, said};
use crate::support::operator::citizen_id;
use crate::support::program::yihao;
use crate::support::staff::Staff;
use crate::support::{Browser, House, Page};

const ANOTHER: u64 = 8;

/// A certificate of the operator's own, bound to them by command.
fn bound(stage: &Stage, staff: &Staff, serial: u64) -> String {
    let certificate = stage.gives(&Said { serial, ..said(&staff.number) });
    let file = stage.file(&certificate);
    let add = ["operator", "certificate", "add", &staff.name, "--file", &file];
    let added = yihao(&stage.house, &add, "").expect("bound");
    assert_eq!(added["operator_id"], json!(staff.id));
    certificate
}

async fn password(browser: &mut Browser, staff: &Staff) -> Page {
    browser.open("/console/sign-in").await;
    let fields = [("identifier", staff.name.as_str()), ("password", staff.password.as_str())];
    browser.submit("#console-sign-in", &fields).await
}

async fn shows(browser: &mut Browser, certificate: &str) -> Page {
    browser.header("client-cert", certificate);
    browser.submit("#console-certificate", &[]).await
}

/// What the audit log has of such events, one after the other.
async fn noted(house: &House, event: &str) -> String {
    use yihao::db::{Read, values};
    let sql = "select detail from audit where event = $1 order by id limit 100";
    let found = (&house.app.db).all(sql, values![event], |row| row.get::<String>(0)).await;
    found.expect("a look").join("\n")
}

#[tokio::test]
async fn a_certificate_is_the_second_factor_of_the_console() {
    for hardware in [true, false] {
        let stage = Stage::open(|config| config.certificate.hardware = hardware).await;
        let staff = stage.house.staff(&[Role::Decider]).await;
        let mut browser = Browser::new(&stage.house);
        // Before one is bound there is no such way; the first sign-in adds an app.
        password(&mut browser, &staff).await.is_at("/console/app");
        let certificate = bound(&stage, &staff, 7);
        let page = password(&mut browser, &staff).await;
        page.is_at("/console/second-factor").sees("用数字证书确认");
        assert!(!page.has("#second-factor"), "no app");
        shows(&mut browser, &certificate).await.is_at("/console").sees(&staff.name);
        let detail = noted(&stage.house, "operator.signed_in").await;
        assert!(detail.contains(if hardware { "pwd hwk pin mfa" } else { "pwd pop mfa" }), "{detail}");
        // Alone it opens nothing.
        let mut nobody = Browser::new(&stage.house);
        nobody.header("client-cert", &certificate);
        nobody.open("/console").await.is_at("/console/sign-in");
        assert_eq!(nobody.post("/console/certificate", &[]).await.status, 403);
        // Nor is it a citizen's way into the console, or the operator's into an account that is not there.
        nobody.open("/sign-in/certificate").await;
        nobody.submit("#certificate", &[]).await;
        nobody.open("/console").await.is_at("/console/sign-in");
    }
}

#[tokio::test]
async fn what_is_not_the_operators_or_not_good_any_more_is_refused() {
    let stage = Stage::open(|config| config.certificate.hardware = true).await;
    let (staff, other) = (stage.house.staff(&[Role::Viewer]).await, stage.house.staff(&[Role::Viewer]).await);
    let (own, others) = (bound(&stage, &staff, 7), bound(&stage, &other, ANOTHER));
    let twin = stage.gives(&said(&staff.number));
    let expired = stage.gives(&Said { until: 2021, ..said(&staff.number) });
    let foreign = Authority::new("Guangdong CA").gives(&said(&staff.number));
    let mut browser = Browser::new(&stage.house);
    password(&mut browser, &staff).await.is_at("/console/second-factor");
    for (what, certificate, code) in [
        ("another operator's", others.as_str(), "certificate-refused"),
        ("not bound, though in the operator's name", &twin, "certificate-refused"),
        ("over", &expired, "certificate-expired"),
        ("of an unknown authority", &foreign, "certificate-refused"),
        ("none", "", "certificate-missing"),
    ] {
        let page = shows(&mut browser, certificate).await;
        page.is_at("/console/certificate");
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)), "{what}");
        browser.open("/console").await.is_at("/console/second-factor");
    }
    // Taken back by whoever gave it.
    stage.takes_back(&[7], 2100);
    assert_eq!(shows(&mut browser, &own).await.code().as_deref(), Some("certificate-refused"));
    assert!(noted(&stage.house, "operator.refused").await.contains("certificate"));
    stage.takes_back(&[], 2100);
    browser.open("/console").await.is_at("/console/second-factor");
    shows(&mut browser, &own).await.is_at("/console");

    // Taken away by command: what is open ends.
    let listed = yihao(&stage.house, &["operator", "certificate", "list", &staff.name], "").expect("a list");
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["issuer"]), (Some(1), &json!("Guangdong CA")));
    assert!(listed[0]["used_at"].is_string(), "{listed}");
    let print = listed[0]["fingerprint"].as_str().expect("a fingerprint");
    let remove = |who: &str| {
        yihao(&stage.house, &["operator", "certificate", "remove", who, "--fingerprint", print], "")
    };
    assert_eq!(remove(&other.name).expect_err("not theirs").0, Some(1));
    remove(&staff.name).expect("removed");
    browser.open("/console").await.is_at("/console/sign-in");
    password(&mut browser, &staff).await.is_at("/console/app");
}

#[tokio::test]
async fn a_command_binds_a_good_certificate_of_the_operator_and_no_other() {
    let stage = Stage::open(|_| {}).await;
    let house = &stage.house;
    let (staff, other) = (house.staff(&[Role::Clerk]).await, house.staff(&[Role::Clerk]).await);
    bound(&stage, &staff, 7);
    stage.takes_back(&[9], 2100);
    let server = ExtendedKeyUsagePurpose::ServerAuth;
    let stranger = citizen_id();
    let code = crate::support::operator::credit_code();
    for (what, certificate, why) in [
        ("another citizen's", stage.gives(&said(stranger.as_str())), "names somebody else"),
        ("an enterprise's", stage.gives(&of_enterprise(code.as_str())), "names somebody else"),
        ("over", stage.gives(&Said { until: 2021, ..said(&other.number) }), "not valid"),
        ("revoked", stage.gives(&Said { serial: 9, ..said(&other.number) }), "revoked"),
        ("a server's", stage.gives(&Said { purpose: server, ..said(&other.number) }), "not for clients"),
        ("foreign", Authority::new("Guangdong CA").gives(&said(&other.number)), "not known here"),
    ] {
        let file = stage.file(&certificate);
        let add = ["operator", "certificate", "add", &other.name, "--file", &file];
        let (status, words) = yihao(house, &add, "").expect_err(what);
        assert!(status == Some(1) && words.contains(why), "{what}: {words}");
        assert!(!words.contains(stranger.as_str()), "{words}");
    }
    // One certificate, one operator. Of whom no number is known, a number of the office's is as good.
    let of_office = stage.gives(&Said { serial: ANOTHER, ..said("GZ-2210") });
    let file = stage.file(&of_office);
    let add = |who: &str| yihao(house, &["operator", "certificate", "add", who, "--file", &file], "");
    add(&other.name).expect("bound");
    assert!(add(&staff.name).expect_err("taken").1.contains("an operator's already"));
    // A fresh start takes it away.
    let line = "秋水-长天-一色\n";
    yihao(house, &["operator", "reset", &other.name, "--password-stdin"], line).expect("reset");
    let listed = yihao(house, &["operator", "certificate", "list", &other.name], "").expect("a list");
    assert_eq!(listed, json!([]));
    // Where no authority is believed there is nothing to bind.
    let without = House::open().await;
    let nobody = without.staff(&[Role::Clerk]).await;
    let add = ["operator", "certificate", "add", &nobody.name, "--file", &file];
    assert!(yihao(&without, &add, "").expect_err("none").1.contains("certificate.ca_file"));
}

#[tokio::test]
async fn a_clerk_works_at_a_window_by_certificate_and_password() {
    for hardware in [true, false] {
        let stage = Stage::open(|config| config.certificate.hardware = hardware).await;
        let house = &stage.house;
        let (clerk, second) = (house.staff(&[Role::Clerk]).await, house.staff(&[Role::Clerk]).await);
        let (own, seconds) = (bound(&stage, &clerk, 7), bound(&stage, &second, ANOTHER));
        let mut window = house.window().await;
        let page = window.tries_shift_by_certificate(&own, &clerk.password).await;
        let shift = window.takes_up(&page).await;
        let person = house.person().await;
        let matter = window.matter(&shift).await;
        window.identify(&shift, &matter, &person).await.good();
        // A second clerk vouches for what is done to an account in the same way; the first one does not.
        let deed = window.deed(&shift, &matter, "raise", None).await.good().text("deed").to_owned();
        let page = window.second_by_certificate(&shift, &deed, &own, &clerk.password).await;
        assert_eq!(page.code().as_deref(), Some("window-refused"));
        let page = window.second_by_certificate(&shift, &deed, &seconds, &clerk.password).await;
        assert_eq!(page.code().as_deref(), Some("clerk-refused"));
        let page = window.second_by_certificate(&shift, &deed, &seconds, &second.password).await;
        assert_eq!(page.left_for().as_str(), "https://desk.example/back");
        let done = window.finish(&shift, &deed).await.good();
        assert_eq!(done["state"], "done");
    }
}

#[tokio::test]
async fn a_certificate_without_its_operators_password_begins_no_shift() {
    let stage = Stage::open(|config| config.certificate.hardware = true).await;
    let house = &stage.house;
    let (clerk, decider) = (house.staff(&[Role::Clerk]).await, house.staff(&[Role::Decider]).await);
    let unknown = house.staff_unknown(&[Role::Clerk]).await;
    let (own, no_clerks) = (bound(&stage, &clerk, 7), bound(&stage, &decider, ANOTHER));
    let unknowns = bound(&stage, &unknown, 9);
    let mut window = house.window().await;
    for (what, certificate, password, status, code) in [
        ("no password", &own, "", 422, "sign-in-password-missing"),
        ("another's password", &own, decider.password.as_str(), 422, "clerk-refused"),
        ("no certificate", &String::new(), &clerk.password, 422, "certificate-missing"),
        ("not bound", &stage.gives(&said(&clerk.number)), &clerk.password, 422, "certificate-refused"),
        ("no clerk", &no_clerks, &decider.password, 403, "no_right"),
        ("of whom no number is known", &unknowns, &unknown.password, 403, "no_right"),
    ] {
        let page = window.tries_shift_by_certificate(certificate, password).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (status, Some(code)), "{what}");
    }
    stage.takes_back(&[7], 2100);
    let page = window.tries_shift_by_certificate(&own, &clerk.password).await;
    assert_eq!(page.code().as_deref(), Some("certificate-refused"), "revoked");
    stage.takes_back(&[], 2100);
    yihao(house, &["operator", "suspend", &clerk.name], "").expect("suspended");
    let page = window.tries_shift_by_certificate(&own, &clerk.password).await;
    assert_eq!(page.code().as_deref(), Some("certificate-refused"), "suspended");
}
