//! Every check of a request has its refusal here.

use serde_json::json;

use crate::support::{Attempt, Browser, House, MINUTE};

/// What becomes of the good request, and the code that answers it.
type Case = (&'static str, fn(Attempt) -> Attempt, &'static str);

const REFUSED: &[Case] = &[
    ("size: a long parameter", |a| a.with("ui_locales", "x".repeat(2049)), "invalid_request"),
    ("size: a long state", |a| a.with("state", "x".repeat(2049)), "invalid_request"),
    ("size: a long hint", |a| a.with("id_token_hint", "x".repeat(6145)), "invalid_request"),
    ("request_object: by value", |a| a.with("request", "e30."), "request_not_supported"),
    (
        "request_object: by reference",
        |a| a.with("request_uri", "https://a.example/"),
        "request_uri_not_supported",
    ),
    ("response_type: missing", |a| a.without("response_type"), "invalid_request"),
    ("response_type: implicit", |a| a.with("response_type", "token"), "unsupported_response_type"),
    ("response_type: hybrid", |a| a.with("response_type", "code id_token"), "unsupported_response_type"),
    ("response_mode: fragment", |a| a.with("response_mode", "fragment"), "invalid_request"),
    ("scope: missing", |a| a.without("scope"), "invalid_scope"),
    ("scope: without openid", |a| a.with("scope", "profile"), "invalid_scope"),
    ("pkce: no challenge", |a| a.without("code_challenge"), "invalid_request"),
    ("pkce: plain", |a| a.with("code_challenge_method", "plain"), "invalid_request"),
    ("pkce: plain by default", |a| a.without("code_challenge_method"), "invalid_request"),
    ("pkce: too short", |a| a.with("code_challenge", "abc"), "invalid_request"),
    ("dpop_jkt: no thumbprint", |a| a.with("dpop_jkt", "abc"), "invalid_request"),
    ("prompt: unknown", |a| a.with("prompt", "please"), "invalid_request"),
    ("prompt: none is not alone", |a| a.with("prompt", "none login"), "invalid_request"),
    ("max_age: words", |a| a.with("max_age", "soon"), "invalid_request"),
    ("max_age: negative", |a| a.with("max_age", "-1"), "invalid_request"),
    ("claims: not JSON", |a| a.with("claims", "{"), "invalid_request"),
    ("claims: a list", |a| a.with("claims", "[]"), "invalid_request"),
    ("claims: a part that is no object", |a| a.with("claims", r#"{"id_token":1}"#), "invalid_request"),
    (
        "claims: a level that is none of ours",
        |a| a.with("claims", r#"{"id_token":{"trust_level":{"essential":true,"value":9}}}"#),
        "unmet_authentication_requirements",
    ),
    ("acr: too many", |a| a.with("acr_values", "x ".repeat(21)), "invalid_request"),
    ("id_token_hint: not a token", |a| a.with("id_token_hint", "x.y.z"), "invalid_request"),
];

#[tokio::test]
async fn each_check_refuses_by_redirect_with_its_code() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    browser.open(&party.attempt("openid").url()).await.authorization_code();
    for (name, change, code) in REFUSED {
        let attempt = change(party.attempt("openid"));
        let page = browser.open(&attempt.url()).await;
        assert!(page.left_for().as_str().starts_with(&party.redirect_uri), "{name}");
        assert_eq!(page.error(), *code, "{name}");
        assert_eq!(page.answer("iss").as_deref(), Some(house.app.config.issuer()), "{name}");
        assert_eq!(page.answer("state").as_deref(), Some(attempt.get("state")), "{name}");
        assert!(page.answer("error_description").is_some_and(|words| words.is_ascii()), "{name}");
        assert_eq!(page.answer("code"), None, "{name}");
    }
}

/// A check of this door without a refusal above, other than those that only take notes, is a gap in this file.
/// Those of the back channel alone have theirs in `backchannel/refusals.rs`.
#[test]
fn the_table_of_checks_is_covered() {
    let table = include_str!("../../src/oidc/checks/mod.rs");
    let rules = table.lines().filter(|line| !line.contains("BACK)"));
    let rules = rules.filter_map(|line| line.trim().strip_prefix("rule(")?.split("::").next());
    let only_notes = ["nonce", "login_hint", "matter"];
    for rule in rules.filter(|rule| !only_notes.contains(rule)) {
        assert!(REFUSED.iter().any(|(name, ..)| name.split(':').next() == Some(rule)), "{rule}");
    }
}

#[tokio::test]
async fn until_the_redirect_uri_is_known_nobody_is_sent_anywhere() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let other = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let uri = party.redirect_uri.as_str();
    let good = || party.attempt("openid");
    let cases = [
        ("no client", good().without("client_id"), "invalid_request"),
        ("an unknown client", good().with("client_id", "nobody"), "unknown_client"),
        ("a client with markup", good().with("client_id", "<script>"), "unknown_client"),
        ("no redirect_uri", good().without("redirect_uri"), "invalid_request"),
        (
            "another client's",
            good().with("redirect_uri", other.redirect_uri.as_str()),
            "invalid_redirect_uri",
        ),
        ("a path more", good().with("redirect_uri", format!("{uri}/..")), "invalid_redirect_uri"),
        ("a query more", good().with("redirect_uri", format!("{uri}?x=1")), "invalid_redirect_uri"),
        ("a fragment", good().with("redirect_uri", format!("{uri}#x")), "invalid_redirect_uri"),
        ("upper case", good().with("redirect_uri", uri.to_uppercase()), "invalid_redirect_uri"),
        (
            "a user before the host",
            good().with("redirect_uri", uri.replace("//", "//a@")),
            "invalid_redirect_uri",
        ),
        ("http", good().with("redirect_uri", uri.replace("https", "http")), "invalid_redirect_uri"),
        ("state twice", good().and("state", "again"), "invalid_request"),
        ("client_id twice", good().and("client_id", party.id.as_str()), "invalid_request"),
        ("an unknown parameter twice", good().and("x", "1").and("x", "2"), "invalid_request"),
    ];
    for (name, attempt, code) in cases {
        let page = browser.open(&attempt.url()).await;
        assert_eq!(page.stays().status, 400, "{name}");
        assert_eq!(page.code().as_deref(), Some(code), "{name}");
    }
}

#[tokio::test]
async fn a_disabled_client_is_an_unknown_one() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let disabled = yihao::client::ClientState::Disabled;
    yihao::client::set_state(&mut tx, &house.app.keys.data(), &house.visit(), &party.id, disabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    assert_eq!(browser.open(&party.attempt("openid").url()).await.stays().status, 400);
    assert_eq!(party.client_credentials().await.refusal(), (401, "invalid_client"));
}

#[tokio::test]
async fn a_client_without_the_code_grant_has_no_business_here() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "grant_types": ["client_credentials"] })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    assert_eq!(browser.open(&party.attempt("openid").url()).await.error(), "unauthorized_client");
}

#[tokio::test]
async fn scopes_that_a_client_may_not_have_are_left_out() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let party = house.relying_party(json!({ "scope": "openid profile" })).await;
    let tokens = party.tokens(&mut browser, "openid profile phone official_number unknown").await;
    assert_eq!(tokens["scope"], "openid profile");
    // Nor by single claims.
    let claims = json!({ "userinfo": { "phone_number": null }, "id_token": { "phone_number": null } });
    let attempt = party.attempt("openid").with("claims", claims.to_string());
    let code = browser.open(&attempt.url()).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    assert!(party.userinfo(tokens.text("access_token")).await["phone_number"].is_null());
    // No offline access for a client that cannot refresh.
    let party = house.relying_party(json!({ "grant_types": ["authorization_code"] })).await;
    let tokens = party.tokens(&mut browser, "openid offline_access").await;
    assert_eq!((&tokens["scope"], tokens["refresh_token"].is_null()), (&json!("openid"), true));
}

#[tokio::test]
async fn a_loopback_client_may_use_any_port() {
    let house = House::open().await;
    let metadata = json!({ "redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native" });
    let party = house.relying_party(metadata).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid").with("redirect_uri", "http://127.0.0.1:51234/cb");
    let page = browser.open(&attempt.url()).await;
    assert_eq!(page.left_for().port(), Some(51234));
    let mut redemption = party.redemption("", &attempt);
    let code = page.authorization_code();
    redemption.retain(|(name, _)| !matches!(*name, "code" | "redirect_uri"));
    redemption.extend([("code", code.as_str()), ("redirect_uri", "http://127.0.0.1:51234/cb")]);
    party.post("/token", &redemption).await.good();
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid");
    let code = browser.open(&attempt.url()).await.authorization_code();
    house.pass(MINUTE);
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), (400, "invalid_grant"));
}
