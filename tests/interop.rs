//! Relying systems that are not Rust, with the libraries that people use there: the programs of
//! `clients-example/{java,python,node}` before `yihao demo`, in Chromium. They need runtimes and builds that
//! only `make interop` makes, so `make test` reports these stories as ignored.

mod program;

use std::time::{Duration, Instant};

use crate::browser::demo::{Demo, PASSWORD};
use crate::browser::sign_in;
use crate::support::webdriver::{Chromium, Settings};
use program::{Example, Program};

const PHONE: (u32, u32) = (390, 844);
/// Asks for this page six times at once; how many of the answers know the person.
const LOOK_SIX_TIMES: &str = r#"
    const look = () => fetch(location.href).then((answer) => answer.text());
    return Promise.all(Array.from({ length: 6 }, look))
        .then((pages) => pages.filter((page) => page.includes('id="name"')).length);
"#;

#[tokio::test]
#[ignore = "`make interop` runs it: needs Java and Maven"]
async fn java_with_spring_security() {
    tell(Example {
        folder: "java",
        command: &["java", "-jar", "target/relying-system.jar"],
        callback: "/login/oauth2/code/yihao",
        // Spring Security takes RS256 unless told, and for logout tokens cannot be told.
        registered: &["--legal-basis", "statutory", "--id-token-alg", "RS256"],
    })
    .await;
}

#[tokio::test]
#[ignore = "`make interop` runs it: needs Python"]
async fn python_with_authlib() {
    tell(Example {
        folder: "python",
        command: &[".venv/bin/python", "app.py"],
        callback: "/callback",
        registered: &["--legal-basis", "consent"],
    })
    .await;
}

#[tokio::test]
#[ignore = "`make interop` runs it: needs Node"]
async fn node_with_openid_client() {
    tell(Example {
        folder: "node",
        command: &["node", "--experimental-global-webcrypto", "server.mjs"],
        callback: "/callback",
        registered: &["--legal-basis", "consent"],
    })
    .await;
}

/// The story of one relying system.
async fn tell(example: Example) {
    // All three renew a token that is good for less than a minute: here that is every one, at every look.
    let demo = Demo::start_with(&[("YIHAO__TOKEN__ACCESS_MINUTES", "1")]).await;
    let system = Program::start(&example, &demo).await;
    let home = format!("{}/", system.url);
    let browser = Chromium::open(Settings { window: PHONE, ..Settings::default() }).await;
    let person = demo.person(2);

    // The first time, the person is told or asked.
    browser.go(&home).await;
    browser.picture(&format!("interop-{}", example.folder)).await;
    browser.click("#sign-in").await;
    browser.arrive(&demo.issuer()).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.see("form#consent").await;
    browser.click("#allow").await;
    browser.arrive(&home).await;
    assert_eq!(browser.text("#name").await, person.name);
    for (claim, value) in
        [("trust-level", "3"), ("acr", "urn:yihao:aal:1"), ("amr", "pwd"), ("channel", "hall")]
    {
        assert_eq!(browser.text(&format!("#{claim}")).await, value, "{claim}");
    }
    let sub = browser.text("#sub").await;
    assert!(!sub.is_empty() && !sub.contains(&person.number));
    browser.picture(&format!("interop-{}-signed-in", example.folder)).await;

    // The refresh token does its work.
    let (until, begun) = (browser.text("#access-until").await, Instant::now());
    while browser.text("#access-until").await == until {
        assert!(begun.elapsed() < Duration::from_secs(20), "never refreshed");
        browser.go(&home).await;
    }
    assert_eq!(browser.text("#name").await, person.name);

    // It is good once, and a page that asks for much at the same time needs it once.
    let seen = browser.run(LOOK_SIX_TIMES).await;
    assert_eq!(seen, 6, "some of the requests that came together were signed out");

    // Another relying system needs no page.
    browser.go(&demo.certificates()).await;
    browser.click("#sign-in").await;
    browser.arrive(&format!("{}/", demo.certificates())).await;
    assert_eq!(browser.text("#name").await, person.name);

    // Signing out ends the session at the provider: the next sign-in shows the page, and asks nothing again.
    browser.go(&home).await;
    browser.click("#sign-out").await;
    browser.arrive(&home).await;
    browser.click("#sign-in").await;
    browser.arrive(&demo.issuer()).await;
    sign_in(&browser, &person, PASSWORD).await;
    browser.arrive(&home).await;
    assert_eq!(browser.text("#sub").await, sub);

    // Ended elsewhere, it ends here as soon as a token has to be renewed. The other system was told of the
    // sign-out before, so it signs the person in again first.
    browser.go(&format!("{}/sign-in", demo.certificates())).await;
    browser.arrive(&format!("{}/", demo.certificates())).await;
    browser.click("#sign-out").await;
    browser.arrive(&format!("{}/signed-out", demo.certificates())).await;
    browser.go(&home).await;
    browser.see("#sign-in").await;
}
