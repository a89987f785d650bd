//! "This service or everywhere", frames in the browser, and what a relying system's hint may decide.

use serde_json::json;
use yihao::duties::Courier;

use crate::support::listener::Listener;
use crate::support::{Answer, Browser, House, MINUTE, RelyingParty, claims_of, http};

const BACK: &str = "https://hall.example/bye";

fn address(params: &[(&str, &str)]) -> String {
    format!("/end-session?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish())
}

async fn deliver(house: &House) {
    Courier::new(house.app.clone()).deliver_due().await.expect("storage answers");
}

async fn listening(listener: &Listener) -> (House, RelyingParty, RelyingParty) {
    let allow = vec![listener.origin.clone()];
    let house = House::open_with(|config| config.outbound.allow = allow).await;
    let metadata = |uri: &str| {
        json!({
            "client_name": "粤易办", "backchannel_logout_uri": uri, "post_logout_redirect_uris": [BACK],
        })
    };
    let (one, other) = (
        house.relying_party(metadata(&listener.uri())).await,
        house.relying_party(metadata(&listener.uri())).await,
    );
    (house, one, other)
}

#[tokio::test]
async fn one_service_may_be_left_and_the_others_stay() {
    let listener = Listener::start().await;
    let (house, hall, other) = listening(&listener).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let at_hall = hall.tokens(&mut browser, "openid").await;
    let at_other = other.tokens(&mut browser, "openid").await;
    let params = [("client_id", hall.id.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s")];
    let page = browser.open(&address(&params)).await;
    page.is_at("/sign-out").sees("粤易办");
    assert!(page.has("#sign-out button#everywhere") && page.has("#sign-out button#service"));
    assert!(!page.url.as_str().contains(hall.id.as_str()), "nothing of it stands in the address");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://hall.example"), "{policy}");
    let page = browser.submit("#sign-out", &[("decision", "service")]).await;
    assert_eq!(page.left_for().as_str(), format!("{BACK}?state=s"));
    assert_eq!(hall.userinfo(at_hall.text("access_token")).await.status, 401);
    assert_eq!(hall.refresh(at_hall.text("refresh_token")).await.status, 400);
    other.userinfo(at_other.text("access_token")).await.good();
    browser.open("/account").await.is_at("/account");
    deliver(&house).await;
    let heard = listener.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(claims_of(&heard[0])["aud"], hall.id.as_str());
}

/// Its `sid` is the same; a token that was late would end the new sign-in.
#[tokio::test]
async fn who_comes_back_to_a_service_is_not_signed_out_of_it_by_an_old_token() {
    let listener = Listener::start().await;
    let (house, hall, _) = listening(&listener).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    hall.tokens(&mut browser, "openid").await;
    browser.open(&address(&[("client_id", hall.id.as_str())])).await.is_at("/sign-out");
    browser.submit("#sign-out", &[("decision", "service")]).await.is_at("/signed-out");
    house.pass(MINUTE);
    let again = hall.tokens(&mut browser, "openid").await;
    deliver(&house).await;
    assert!(listener.heard().is_empty());
    hall.userinfo(again.text("access_token")).await.good();
    // The end of the session is news again.
    browser.open("/sign-out").await;
    browser.submit("#sign-out", &[]).await.is_at("/signed-out");
    deliver(&house).await;
    assert_eq!(listener.heard().len(), 1);
}

#[tokio::test]
async fn there_is_no_choice_about_a_service_that_is_not_used_here() {
    let listener = Listener::start().await;
    let (house, hall, other) = listening(&listener).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = other.tokens(&mut browser, "openid").await;
    let page = browser.open(&address(&[("client_id", hall.id.as_str())])).await;
    assert!(!page.is_at("/sign-out").has("#service"));
    assert!(!browser.open("/sign-out").await.has("#service"));
    // What was not offered is not done, nor more than that.
    let page = browser.submit_again("#sign-out", &[("decision", "service")]).await;
    assert_eq!((page.stays().status.as_u16(), page.code().as_deref()), (410, Some("ask_expired")));
    other.userinfo(tokens.text("access_token")).await.good();
    browser.submit("#sign-out", &[]).await.is_at("/signed-out");
    assert_eq!(other.userinfo(tokens.text("access_token")).await.status, 401);
}

#[tokio::test]
async fn a_hint_selects_exactly_its_session() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let party = house.relying_party(json!({})).await;
    let second = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let elsewhere = party.tokens(&mut Browser::signed_in(&house, &person).await, "openid").await;
    let foreign = party.tokens(&mut Browser::signed_in(&house, &other).await, "openid").await;
    let own = party.tokens(&mut browser, "openid").await;
    let at_second = second.tokens(&mut browser, "openid").await;
    assert_ne!(claims_of(own.text("id_token"))["sid"], claims_of(elsewhere.text("id_token"))["sid"]);
    // The same person's other session, another person's, and a `sid` that was made up.
    let mut parts: Vec<String> = own.text("id_token").split('.').map(str::to_owned).collect();
    let mut forged = claims_of(own.text("id_token"));
    forged["sid"] = claims_of(at_second.text("id_token"))["sid"].clone();
    parts[1] = yihao::crypto::base64url(forged.to_string().as_bytes());
    let page = browser.open(&address(&[("id_token_hint", &parts.join("."))])).await;
    assert_eq!((page.stays().status.as_u16(), page.code().as_deref()), (400, Some("invalid_request")));
    for hint in [&elsewhere, &foreign] {
        browser.open(&address(&[("id_token_hint", hint.text("id_token"))])).await.is_at("/sign-out");
    }
    party.userinfo(own.text("access_token")).await.good();
    // A logout token is no hint, and no ID token either.
    party.userinfo(elsewhere.text("access_token")).await.good();
    browser.open(&address(&[("id_token_hint", own.text("id_token"))])).await.is_at("/signed-out");
    assert_eq!(party.userinfo(own.text("access_token")).await.status, 401);
    party.userinfo(elsewhere.text("access_token")).await.good();
}

/// Browsers send no Lax cookie with another site's form, but with the redirect after it.
#[tokio::test]
async fn a_form_of_the_relying_system_ends_the_session_too() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "post_logout_redirect_uris": [BACK] })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let params = [("id_token_hint", tokens.text("id_token")), ("post_logout_redirect_uri", BACK)];
    let answer = Answer::of(http().post(house.at("/end-session")).form(&params)).await;
    let onward = answer.header("location").to_owned();
    assert!(answer.status == 303 && !onward.contains(tokens.text("id_token")), "{onward}");
    assert_eq!(browser.open(&onward).await.left_for().as_str(), BACK);
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    browser.open("/end-session?leaving=made-up").await.stays();
}

#[tokio::test]
async fn frames_tell_the_relying_systems_that_want_it_and_then_the_person_goes_on() {
    let house = House::open().await;
    let plain = house.relying_party(json!({ "post_logout_redirect_uris": [BACK] })).await;
    let framed = house
        .relying_party(json!({
            "client_name": "电子证照",
            "redirect_uris": ["https://framed.example/cb"],
            "frontchannel_logout_uri": "https://framed.example/out?a=1",
            "post_logout_redirect_uris": ["https://framed.example/bye?x=1&y=2"],
        }))
        .await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = plain.tokens(&mut browser, "openid").await;
    let at_framed = framed.tokens(&mut browser, "openid").await;
    let params = [("id_token_hint", tokens.text("id_token")), ("post_logout_redirect_uri", BACK)];
    let page = browser.open(&address(&params)).await;
    page.is_at("/signed-out");
    let sid = claims_of(at_framed.text("id_token"))["sid"].as_str().unwrap().to_owned();
    let issuer: String = form_urlencoded::byte_serialize(house.app.config.issuer().as_bytes()).collect();
    let src = format!("https://framed.example/out?a=1&iss={issuer}&sid={sid}");
    assert!(page.has(&format!("iframe[src='{src}'][sandbox]")), "{}", page.html);
    assert!(page.has(&format!("a#back[href='{BACK}']")));
    assert!(page.has(&format!("meta[http-equiv=refresh][content='3;url={BACK}']")));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("; frame-src https://framed.example; "), "{policy}");
    // Nobody is signed in any more, and nobody is framed twice.
    let page = browser.open(&address(&params)).await;
    assert_eq!(page.left_for().as_str(), BACK);
    assert!(!browser.open("/signed-out").await.has("iframe"));
}
