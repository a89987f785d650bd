//! The native app: its loopback address, its refresh, and that no token is ever printed.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::issuer::{Issuer, Lie};
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

/// Opens the phone until it says this.
async fn says(browser: &mut Browser, phone: &Program, words: &str) -> String {
    let mut text = String::new();
    for _ in 0..400 {
        text = browser.get(&phone.url).await.text;
        if text.contains(words) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never `{words}`: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phone_shows_what_waits_by_stream_or_by_asking_until_the_sign_in_is_over() {
    let issuer = Issuer::start().await;
    let request = |service: &str, address: &str| {
        json!({
            "id": "1", "kind": "device", "service": service, "channel": "kiosk", "place": "天河区1号机",
            "matter": "办理居住证", "asked_at": 1_795_651_020, "expires_at": 1_795_651_140, "address": address,
        })
    };
    let flags = ["--issuer", &issuer.url, "--client-id", "app", "--scope", "profile offline_access"];
    let phone =
        Program::start(env!("CARGO_BIN_EXE_app"), &[&flags[..], &["--listen", "127.0.0.1:0"]].concat());
    let mut browser = Browser::new();
    browser.post(&format!("{}/sign-in", phone.url)).await;
    says(&mut browser, &phone, "现在没有等待您确认的请求").await;

    // Only what is answered at the provider is shown.
    let own = format!("{}/account/approvals/1", issuer.url);
    let both = [request("自助终端", &own), request("陷阱", "https://elsewhere.example/account/approvals/1")];
    *issuer.waiting.lock().unwrap() = json!({ "requests": both });
    let page = says(&mut browser, &phone, &own).await;
    assert!(page.contains("天河区1号机") && page.contains("办理居住证") && page.contains("07:59"), "{page}");
    assert!(!page.contains("陷阱") && !page.contains("elsewhere.example"), "{page}");

    // No stream is to be had: the phone asks.
    *issuer.stream.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    *issuer.waiting.lock().unwrap() = json!({ "requests": [request("综合窗口", &own)] });
    says(&mut browser, &phone, "综合窗口").await;
    // The page's own stream tells it at once how things stand.
    let mut stream = reqwest::get(format!("{}/inbox", phone.url)).await.expect("an answer");
    let first = stream.chunk().await.expect("an event").expect("an event");
    assert!(String::from_utf8_lossy(&first).contains("综合窗口"));

    // An access token that is good no more is renewed, a sign-in that is over is not.
    *issuer.stream.lock().unwrap() = StatusCode::UNAUTHORIZED;
    *issuer.lie.lock().unwrap() = Lie::Over;
    let page = says(&mut browser, &phone, "本机的登录已在别处结束").await;
    assert!(!page.contains("综合窗口"), "{page}");
}
