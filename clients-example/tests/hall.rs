//! The hall: signing in and out, and what it does when the provider's answer is not good.

use serde_json::json;

use crate::browser::Browser;
use crate::issuer::{Issuer, Lie};
use crate::program::Program;

fn hall(issuer: &Issuer, more: &[&str]) -> Program {
    let mut flags = vec!["--issuer", &issuer.url, "--listen", "127.0.0.1:0", "--client-secret", "s"];
    flags.extend(more);
    Program::start(env!("CARGO_BIN_EXE_hall"), &flags)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_sees_who_they_are_and_signs_out() {
    let issuer = Issuer::start().await;
    let hall = hall(&issuer, &["--client-id", "hall"]);
    let mut browser = Browser::new();
    let page = browser.get(&hall.url).await;
    assert!(page.text.contains("id=\"sign-in\"") && page.element("name").is_none());

    let leave = format!("{}/sign-in", hall.url);
    let page = browser.get(&leave).await;
    assert_eq!(page.url.as_str(), format!("{}/", hall.url));
    assert_eq!(page.element("name"), Some("薛志"));
    assert_eq!(page.element("trust-level"), Some("3"));
    assert_eq!(page.element("acr"), Some("urn:yihao:aal:2"));
    assert_eq!(page.element("channel"), Some("hall"));
    assert_eq!(page.element("sub"), Some("person-1"));
    assert_eq!(page.element("official-number"), Some("4412**********8545"));
    assert!(!page.text.contains(crate::issuer::NUMBER) && !page.text.contains("13077888593"));

    let page = browser.post(&format!("{}/sign-out", hall.url)).await;
    assert!(page.url.path() == "/signed-out" && page.text.contains("您已安全退出"));
    let sent = issuer.last_logout.lock().unwrap().clone();
    assert_eq!(sent["post_logout_redirect_uri"], format!("{}/signed-out", hall.url));
    assert!(sent["id_token_hint"].split('.').count() == 3 && !sent["state"].is_empty());
    assert!(browser.get(&hall.url).await.element("name").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_not_good_signs_nobody_in() {
    let issuer = Issuer::start().await;
    let hall = hall(&issuer, &["--client-id", "hall"]);
    let lies = [
        (Lie::Nonce, "not_verified"),
        (Lie::Audience, "not_verified"),
        (Lie::Signature, "not_verified"),
        (Lie::AccessTokenHash, "not_verified"),
        (Lie::Iss, "not_verified"),
        (Lie::NoIss, "not_verified"),
        (Lie::Refusal, "access_denied"),
    ];
    for (lie, code) in lies {
        *issuer.lie.lock().unwrap() = lie;
        let mut browser = Browser::new();
        let page = browser.get(&format!("{}/sign-in", hall.url)).await;
        assert!(page.text.contains(&format!("data-error=\"{code}\"")), "{lie:?}: {}", page.text);
        assert!(browser.get(&hall.url).await.element("name").is_none(), "{lie:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_belongs_to_the_browser_that_asked_and_is_taken_once() {
    let issuer = Issuer::start().await;
    let hall = hall(&issuer, &["--client-id", "hall"]);
    let (mut owner, mut other) = (Browser::new(), Browser::new());
    let to_provider = owner.redirect(&format!("{}/sign-in", hall.url)).await;
    let back = owner.redirect(to_provider.as_str()).await;

    let page = other.get(back.as_str()).await;
    assert!(page.status == 400 && page.text.contains("data-error=\"unknown_state\""));
    let before = owner.cookies.clone();
    assert_eq!(owner.get(back.as_str()).await.element("name"), Some("薛志"));
    assert_ne!(owner.cookies, before, "a sign-in makes a new session");
    assert_eq!(owner.get(back.as_str()).await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_systems_on_one_host_do_not_share_a_session() {
    let issuer = Issuer::start().await;
    let first = hall(&issuer, &["--client-id", "hall"]);
    let second = hall(&issuer, &["--client-id", "second", "--title", "电子证照"]);
    let mut browser = Browser::new();
    browser.get(&format!("{}/sign-in", first.url)).await;
    assert!(browser.get(&second.url).await.element("name").is_none());
    browser.get(&format!("{}/sign-in", second.url)).await;
    assert_eq!(browser.get(&first.url).await.element("name"), Some("薛志"));
    assert_eq!(browser.cookies.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_turned_are_fetched_again() {
    let issuer = Issuer::start().await;
    let hall = hall(&issuer, &["--client-id", "hall"]);
    issuer.turn_key();
    let page = Browser::new().get(&format!("{}/sign-in", hall.url)).await;
    assert_eq!(page.element("name"), Some("薛志"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn licences_come_from_the_library_or_with_a_way_to_a_higher_level() {
    let issuer = Issuer::start().await;
    let library = crate::licences::library(&issuer);
    let hall = hall(&issuer, &["--client-id", "hall", "--licences", &library.url]);
    let mut browser = Browser::new();
    let licence = format!("{}/licence", hall.url);
    assert_eq!(browser.get(&licence).await.url.path(), "/", "not signed in");

    *issuer.trust_level.lock().unwrap() = 2;
    browser.get(&format!("{}/sign-in", hall.url)).await;
    let page = browser.get(&licence).await;
    assert!(page.text.contains("data-error=\"insufficient_user_authentication\""));

    let raise = format!("{}/sign-in?min_trust=3", hall.url);
    assert!(page.text.contains("href=\"/sign-in?min_trust=3\""));
    assert_eq!(browser.get(&raise).await.element("trust-level"), Some("3"));
    let page = browser.get(&licence).await;
    assert!(page.text.contains("社会保障卡") && page.text.contains("4412**********8545"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_ends_one_sign_in_or_all_of_a_person() {
    let issuer = Issuer::start().await;
    let hall = hall(&issuer, &["--client-id", "hall"]);
    let signed_in = async |sid: &str| {
        *issuer.sid.lock().unwrap() = sid.to_owned();
        let mut browser = Browser::new();
        browser.get(&format!("{}/sign-in", hall.url)).await;
        browser
    };
    let mut browsers = [signed_in("one").await, signed_in("two").await, signed_in("three").await];
    let tell = async |token: String| {
        let told = reqwest::Client::new().post(format!("{}/backchannel-logout", hall.url));
        told.form(&[("logout_token", token)]).send().await.expect("an answer").status().as_u16()
    };
    let none = json!({});
    // What is not good ends nothing.
    for (name, token) in [
        ("another's", issuer.logout_token("certificates", "one", "logout+jwt", none.clone())),
        ("an ID token", issuer.logout_token("hall", "one", "JWT", none.clone())),
        ("a nonce", issuer.logout_token("hall", "one", "logout+jwt", json!({"nonce": "n"}))),
        ("another event", issuer.logout_token("hall", "one", "logout+jwt", json!({"events": {"x": {}}}))),
        ("no event", issuer.logout_token("hall", "one", "logout+jwt", json!({"events": null}))),
        ("expired", issuer.logout_token("hall", "one", "logout+jwt", json!({"exp": 1_700_000_000}))),
        ("another issuer", issuer.logout_token("hall", "one", "logout+jwt", json!({"iss": "https://x"}))),
        ("nobody", issuer.logout_token("hall", "one", "logout+jwt", json!({"sub": null, "sid": null}))),
        ("no token", "x.y.z".to_owned()),
    ] {
        assert_eq!(tell(token).await, 400, "{name}");
    }
    *issuer.lie.lock().unwrap() = Lie::Signature;
    assert_eq!(tell(issuer.logout_token("hall", "one", "logout+jwt", none.clone())).await, 400);
    *issuer.lie.lock().unwrap() = Lie::None;
    let mut known = async || {
        let mut known = Vec::new();
        for browser in &mut browsers {
            known.push(browser.get(&hall.url).await.element("name").is_some());
        }
        known
    };
    assert_eq!(known().await, [true, true, true]);
    assert_eq!(tell(issuer.logout_token("hall", "one", "logout+jwt", none.clone())).await, 200);
    assert_eq!(known().await, [false, true, true], "only that one, though the person is the same");
    assert_eq!(tell(issuer.logout_token("hall", "one", "logout+jwt", none.clone())).await, 200, "again");
    // By a key that is new since, and without `sub`, as for somebody represented.
    issuer.turn_key();
    assert_eq!(tell(issuer.logout_token("hall", "two", "logout+jwt", json!({"sub": null}))).await, 200);
    assert_eq!(known().await, [false, false, true]);
    assert_eq!(tell(issuer.logout_token("hall", "", "logout+jwt", json!({"sid": null}))).await, 200);
    assert_eq!(known().await, [false, false, false]);
}
