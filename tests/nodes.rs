//! Two nodes on the same stores: nothing of a sign-in lives in one of them alone.

use serde_json::json;

use crate::support::{Browser, House};

#[tokio::test]
async fn what_one_node_begins_the_other_ends() {
    let house = House::open().await;
    let second = house.second_node().await;
    let person = house.person().await;
    let mut party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    // The request at one, the sign-in at the other, the code from the first, the tokens from the second.
    let attempt = party.attempt("openid profile");
    browser.open(&attempt.url()).await.is_at("/sign-in");
    let page = browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]);
    let code = page.await.authorization_code();
    party.moves_to(&second);
    let tokens = party.redeem(&code, &attempt).await.good();
    assert_eq!(party.userinfo(tokens.text("access_token")).await.good()["name"], person.name.as_str());
    browser.moves_to(&second);
    let silent = party.attempt("openid").with("prompt", "none");
    browser.open(&silent.url()).await.authorization_code();
    // Ended at one, over at the other.
    browser.moves_to(&house);
    browser.open(&format!("/end-session?id_token_hint={}", tokens.text("id_token"))).await;
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    assert_eq!(party.refresh(tokens.text("refresh_token")).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_form_of_one_node_is_good_at_the_other() {
    let house = House::open().await;
    let second = house.second_node().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = Browser::new(&house);
    browser.open(&party.attempt("openid profile").url()).await.is_at("/sign-in");
    browser.moves_to(&second);
    let page =
        browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]).await;
    page.is_at("/consent");
    browser.moves_to(&house);
    browser.submit("#consent", &[("decision", "allow")]).await.authorization_code();
}

/// A code is redeemed once, at whichever node; a replay at the other ends the grant.
#[tokio::test]
async fn a_replay_is_seen_everywhere() {
    let house = House::open().await;
    let second = house.second_node().await;
    let mut party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid");
    let code = browser.open(&attempt.url()).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    party.moves_to(&second);
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), (400, "invalid_grant"));
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    party.moves_to(&house);
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
}
