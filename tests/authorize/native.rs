//! Apps on a person's own device (RFC 8252): where a code may go, and who is asked first.

use serde_json::json;

use crate::support::{Auth, Browser, House, RelyingParty};

async fn app(house: &House, redirect_uri: &str) -> RelyingParty {
    let metadata = json!({
        "channel": "mobile", "application_type": "native", "redirect_uris": [redirect_uri], "first_party": true,
    });
    house.relying_party_by(Auth::Nothing, metadata).await
}

#[tokio::test]
async fn an_address_that_the_system_gives_to_the_app_alone_is_like_any_other() {
    let house = House::open().await;
    let app = app(&house, "https://app.example/callback").await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = app.tokens(&mut browser, "openid profile").await;
    assert_eq!(crate::support::claims_of(tokens.text("id_token"))["channel"], "mobile");
}

#[tokio::test]
async fn on_loopback_any_port_will_do_but_nothing_else_may_differ() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for (registered, used) in [
        ("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback"),
        ("http://127.0.0.1:9/callback", "http://127.0.0.1/callback"),
        ("http://[::1]/callback", "http://[::1]:51004/callback"),
    ] {
        let mut app = app(&house, registered).await;
        app.redirect_uri = used.to_owned();
        app.tokens(&mut browser, "openid").await;
        for other in [
            "http://127.0.0.1:51004/other",
            "http://127.0.0.2:51004/callback",
            "http://localhost:51004/callback",
            "https://127.0.0.1:51004/callback",
            "http://127.0.0.1.nip.example:51004/callback",
        ] {
            let attempt = app.attempt("openid").with("redirect_uri", other);
            let page = browser.open(&attempt.url()).await;
            assert_eq!(page.stays().code().as_deref(), Some("invalid_redirect_uri"), "{other}");
        }
    }
}

/// Another app can claim the scheme as well: each code is let go by the person, also for a first party that
/// has been agreed to before (section 8.6).
#[tokio::test]
async fn a_scheme_of_the_apps_own_is_asked_for_every_time() {
    let house = House::open().await;
    let app = app(&house, "gov.example.app:/callback").await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for _ in 0..2 {
        let attempt = app.attempt("openid profile");
        browser.open(&attempt.url()).await.is_at("/consent");
        let page = browser.submit("#consent", &[("decision", "allow")]).await;
        assert!(page.left_for().as_str().starts_with("gov.example.app:/callback?code="));
        app.redeem(&page.authorization_code(), &attempt).await.good();
    }
    let silent = browser.open(&app.attempt("openid profile").with("prompt", "none").url()).await;
    assert_eq!(silent.error(), "consent_required");
}

#[tokio::test]
async fn without_the_verifier_a_code_is_worth_nothing() {
    let house = House::open().await;
    let app = app(&house, "https://app.example/callback").await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for verifier in [None, Some("x".repeat(43))] {
        let attempt = app.attempt("openid");
        let code = browser.open(&attempt.url()).await.authorization_code();
        let mut params = app.redemption(&code, &attempt);
        params.retain(|(name, _)| *name != "code_verifier");
        params.extend(verifier.as_deref().map(|verifier| ("code_verifier", verifier)));
        let given = app.post("/token", &params).await;
        let refusal = if verifier.is_some() { "invalid_grant" } else { "invalid_request" };
        assert_eq!(given.refusal(), (400, refusal));
    }
}
