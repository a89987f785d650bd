//! The native app: its loopback address, its refresh, and that no token is ever printed.

use serde_json::Value;

use crate::browser::Browser;
use crate::issuer::Issuer;
use crate::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_signs_in_refreshes_and_shows_claims_but_no_token() {
    let issuer = Issuer::start().await;
    let flags =
        ["--issuer", &issuer.url, "--client-id", "app", "--refresh", "--scope", "profile official_number"];
    let mut app = Program::start(env!("CARGO_BIN_EXE_app"), &flags);
    let url = app.line("open ");
    assert!(url.contains("code_challenge_method=S256") && url.contains("offline_access"));

    let mut browser = Browser::new();
    let strange = browser.get(&format!("{}?state=another&code=stolen", app.url)).await;
    assert_eq!(strange.status, 400);
    let page = browser.get(&url).await;
    assert!(page.text.contains("请回到应用") && page.url.as_str().starts_with(&app.url));

    let text = app.rest();
    let shown: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(shown["id_token"]["sub"], "person-1");
    assert_eq!(shown["id_token"]["trust_level"], 3);
    assert_eq!(shown["userinfo"]["official_number"], "4412**********8545");
    assert_eq!(shown["refreshed"]["refresh_token_rotated"], true);
    assert_eq!(shown["refreshed"]["access_token_works"], true);
    assert!(!text.contains("access-") && !text.contains("refresh-"), "{text}");
}

/// The issuer of these tests knows no device secrets and binds nothing: what the phone makes of the real one is
/// seen by the provider's own tests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_signs_in_and_opens_only_the_providers_codes() {
    let issuer = Issuer::start().await;
    let flags = ["--issuer", &issuer.url, "--client-id", "app", "--listen", "127.0.0.1:0"];
    let phone = Program::start(env!("CARGO_BIN_EXE_app"), &flags);
    let mut browser = Browser::new();
    let page = browser.post(&format!("{}/sign-in", phone.url)).await;
    assert!(page.text.contains("已登录") && page.text.contains("person-1"), "{}", page.text);
    let scanned = [("address", "https://elsewhere.example/device?user_code=ABCD")];
    let page = browser.fill(&format!("{}/scan", phone.url), &scanned).await;
    assert!(page.text.contains("这不是统一身份认证的二维码") && page.url.as_str().starts_with(&phone.url));
    let strange = browser.get(&format!("{}/callback?state=another&code=stolen", phone.url)).await;
    assert!(strange.text.contains("这不是本机发起的登录"));
}
