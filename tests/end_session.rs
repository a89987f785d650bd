//! Logout that a relying system asks for (OpenID Connect RP-Initiated Logout).

use serde_json::json;

use crate::support::{Browser, House};

const BACK: &str = "https://hall.example/bye?x=1";

fn address(params: &[(&str, &str)]) -> String {
    format!("/end-session?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish())
}

#[tokio::test]
async fn with_its_hint_a_relying_system_ends_the_session_and_gets_the_person_back() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "post_logout_redirect_uris": [BACK] })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let params =
        [("id_token_hint", tokens.text("id_token")), ("post_logout_redirect_uri", BACK), ("state", "a&b")];
    let page = browser.open(&address(&params)).await;
    assert_eq!(page.left_for().as_str(), format!("{BACK}&state=a%26b"));
    assert!(!browser.cookies.contains_key("yihao_session"));
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    browser.open(&party.attempt("openid").url()).await.is_at("/sign-in");
    // Once more, with nobody signed in: back all the same.
    assert!(browser.open(&address(&params)).await.left_for().as_str().starts_with(BACK));
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "post_logout_redirect_uris": [BACK] })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let params = [("client_id", party.id.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s")];
    browser.open(&address(&params)).await.is_at("/sign-out");
    party.userinfo(tokens.text("access_token")).await.good();
    let page = browser.submit("#sign-out", &[]).await;
    assert_eq!(page.left_for().as_str(), format!("{BACK}&state=s"));
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open("/end-session").await.is_at("/sign-out");
    browser.submit("#sign-out", &[]).await.is_at("/signed-out");
}

#[tokio::test]
async fn a_hint_about_somebody_else_ends_nothing_unasked() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let party = house.relying_party(json!({})).await;
    let hint = party.tokens(&mut Browser::signed_in(&house, &other).await, "openid").await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let page = browser.open(&address(&[("id_token_hint", hint.text("id_token")), ("state", "s")])).await;
    let asked = page.is_at("/sign-out").url.query().unwrap_or_default().to_owned();
    assert!(asked.starts_with("leaving=") && !asked.contains(&party.id), "the hint names a person: {asked}");
    party.userinfo(tokens.text("access_token")).await.good();
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "post_logout_redirect_uris": [BACK] })).await;
    let other = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let hint = tokens.text("id_token");
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case; 8] = [
        (
            "elsewhere",
            &[("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")],
            "invalid_redirect_uri",
        ),
        (
            "a redirect URI",
            &[("id_token_hint", hint), ("post_logout_redirect_uri", &party.redirect_uri)],
            "invalid_redirect_uri",
        ),
        ("no client", &[("post_logout_redirect_uri", BACK)], "invalid_redirect_uri"),
        (
            "another client",
            &[("client_id", &other.id), ("post_logout_redirect_uri", BACK)],
            "invalid_redirect_uri",
        ),
        (
            "a client that is not the hint's",
            &[("client_id", &other.id), ("id_token_hint", hint)],
            "invalid_request",
        ),
        ("no ID token", &[("id_token_hint", "x.y.z")], "invalid_request"),
        ("an access token", &[("id_token_hint", tokens.text("access_token"))], "invalid_request"),
        ("twice", &[("state", "1"), ("state", "2")], "invalid_request"),
    ];
    for (name, params, code) in cases {
        let page = browser.open(&address(params)).await;
        assert_eq!((page.stays().status.as_u16(), page.code().as_deref()), (400, Some(code)), "{name}");
    }
    party.userinfo(tokens.text("access_token")).await.good();
}
