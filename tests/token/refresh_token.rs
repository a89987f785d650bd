//! Refresh tokens: rotated, revoked when an old one comes again, bound to the session unless offline.

use serde_json::json;
use yihao::logout;

use crate::support::{Browser, HOUR, House, claims_of};

const REFUSED: (u16, &str) = (400, "invalid_grant");

#[tokio::test]
async fn it_turns_at_each_use_and_an_old_one_ends_all() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let first = party.tokens(&mut browser, "openid profile").await;
    let second = party.refresh(first.text("refresh_token")).await.good();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["scope"], "openid profile");
    let (before, after) = (claims_of(first.text("id_token")), claims_of(second.text("id_token")));
    assert_eq!((&before["sub"], &before["auth_time"]), (&after["sub"], &after["auth_time"]));
    assert!(after["nonce"].is_null());
    assert_eq!(party.refresh(first.text("refresh_token")).await.refusal(), REFUSED);
    assert_eq!(party.refresh(second.text("refresh_token")).await.refusal(), REFUSED);
    assert_eq!(party.userinfo(second.text("access_token")).await.refusal(), (401, "invalid_token"));
}

#[tokio::test]
async fn two_uses_at_one_time_are_a_replay() {
    let house = House::open().await;
    let party = std::sync::Arc::new(house.relying_party(json!({})).await);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let refresh = tokens.text("refresh_token").to_owned();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (party, refresh) = (party.clone(), refresh.clone());
            tokio::spawn(async move { party.refresh(&refresh).await.status })
        })
        .collect();
    let mut good = 0;
    for task in tasks {
        good += usize::from(task.await.unwrap() == 200);
    }
    assert!(good <= 1, "{good} of ten");
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
}

#[tokio::test]
async fn fewer_scopes_may_be_asked_for_and_the_grant_keeps_its_own() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let first = party.tokens(&mut browser, "openid profile").await;
    let ask = async |token: &str, scope: &str| {
        let params = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        party.post("/token", &params).await
    };
    assert_eq!(ask(first.text("refresh_token"), "openid phone").await.refusal(), (400, "invalid_scope"));
    let narrow = ask(first.text("refresh_token"), "openid").await.good();
    assert_eq!(narrow["scope"], "openid");
    assert!(party.userinfo(narrow.text("access_token")).await.good()["name"].is_null());
    let whole = ask(narrow.text("refresh_token"), "openid profile").await.good();
    assert!(party.userinfo(whole.text("access_token")).await.good()["name"].is_string());
}

#[tokio::test]
async fn another_client_can_do_nothing_with_it() {
    let house = House::open().await;
    let (party, thief) = (house.relying_party(json!({})).await, house.relying_party(json!({})).await);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    assert_eq!(thief.refresh(tokens.text("refresh_token")).await.refusal(), REFUSED);
    assert_eq!(thief.revoke(tokens.text("refresh_token")).await.status, 200);
    assert_eq!(thief.revoke(tokens.text("access_token")).await.status, 200);
    party.refresh(tokens.text("refresh_token")).await.good();
}

#[tokio::test]
async fn the_session_takes_its_grants_along_unless_they_are_offline() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let bound = party.tokens(&mut browser, "openid").await;
    let offline = party.tokens(&mut browser, "openid offline_access").await;
    let end = format!("/end-session?id_token_hint={}", bound.text("id_token"));
    browser.open(&end).await;
    assert_eq!(party.refresh(bound.text("refresh_token")).await.refusal(), REFUSED);
    assert_eq!(party.userinfo(bound.text("access_token")).await.status, 401);
    party.userinfo(offline.text("access_token")).await.good();
    let refreshed = party.refresh(offline.text("refresh_token")).await.good();
    house.pass(29 * 24 * HOUR);
    let refreshed = party.refresh(refreshed.text("refresh_token")).await.good();
    house.pass(2 * 24 * HOUR);
    assert_eq!(party.refresh(refreshed.text("refresh_token")).await.refusal(), REFUSED);
}

#[tokio::test]
async fn a_grant_ends_with_the_longest_session() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let mut tokens = party.tokens(&mut browser, "openid").await;
    for _ in 0..11 {
        house.pass(HOUR);
        tokens = party.refresh(tokens.text("refresh_token")).await.good();
    }
    house.pass(HOUR);
    assert_eq!(party.refresh(tokens.text("refresh_token")).await.refusal(), REFUSED);
}

/// Ended past the protocol, as by an operator's command.
#[tokio::test]
async fn an_ended_session_is_ended_for_every_client() {
    let house = House::open().await;
    let person = house.person().await;
    let (hall, taxes) = (house.relying_party(json!({})).await, house.relying_party(json!({})).await);
    let mut browser = Browser::signed_in(&house, &person).await;
    let (first, second) =
        (hall.tokens(&mut browser, "openid").await, taxes.tokens(&mut browser, "openid").await);
    let (keys, visit) = (house.app.keys.data(), house.visit());
    let cookie = &browser.cookies["yihao_session"];
    let session = yihao::crypto::Ticket::read(&keys, yihao::crypto::TicketKind::Session, cookie).unwrap().id;
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(logout::end(&mut tx, &keys, &visit, session, person.id, "operator").await.unwrap().is_some());
    assert!(logout::end(&mut tx, &keys, &visit, session, person.id, "operator").await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert_eq!(hall.userinfo(first.text("access_token")).await.status, 401);
    assert_eq!(taxes.refresh(second.text("refresh_token")).await.refusal(), REFUSED);
    browser.open(&hall.attempt("openid").url()).await.is_at("/sign-in");
}
