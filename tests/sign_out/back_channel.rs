//! Logout tokens (OpenID Connect Back-Channel Logout) and their delivery.

use std::time::Duration;

use serde_json::{Value, json};
use yihao::audit;
use yihao::db::Read;
use yihao::duties::Courier;
use yihao::logout::{self, Delivery, State};
use yihao::values;

use crate::support::listener::{Listener, Says};
use crate::support::{Browser, HOUR, House, MINUTE, Node, RelyingParty, claims_of, soon, verified};

const SECOND: Duration = Duration::from_secs(1);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

async fn house(listeners: &[&Listener]) -> House {
    let allow = listeners.iter().map(|listener| listener.origin.clone()).collect();
    House::open_with(|config| config.outbound.allow = allow).await
}

async fn party(house: &House, uri: &str) -> RelyingParty {
    house.relying_party(json!({ "backchannel_logout_uri": uri })).await
}

async fn deliver(node: &Node) {
    Courier::new(node.app.clone()).deliver_due().await.expect("storage answers");
}

/// All deliveries, the newest first.
async fn deliveries(house: &House) -> Vec<Delivery> {
    logout::list(&mut &house.app.db, None, uuid::Uuid::max()).await.expect("storage answers")
}

async fn sign_out(browser: &mut Browser) {
    browser.open("/sign-out").await.is_at("/sign-out");
    browser.submit("#sign-out", &[]).await.is_at("/signed-out");
}

#[tokio::test]
async fn sign_out_everywhere_reaches_two_relying_systems_one_of_which_was_down_at_first() {
    let (up, down) = (Listener::start().await, Listener::start().await);
    let house = house(&[&up, &down]).await;
    let person = house.person().await;
    let hall = party(&house, &up.uri()).await;
    let licences = house
        .relying_party(json!({
            "backchannel_logout_uri": down.uri(), "id_token_signed_response_alg": "EdDSA"
        }))
        .await;
    let silent = house.relying_party(json!({})).await;
    let stranger = party(&house, &up.uri()).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let at_hall = hall.tokens(&mut browser, "openid").await;
    hall.tokens(&mut browser, "openid").await;
    let at_licences = licences.tokens(&mut browser, "openid profile").await;
    silent.tokens(&mut browser, "openid").await;
    // Somebody else's session at a third system is nobody's business here.
    stranger.tokens(&mut Browser::signed_in(&house, &house.person().await).await, "openid").await;
    let second = house.second_node().await;

    down.says(Says::Status(503));
    sign_out(&mut browser).await;
    assert!(up.heard().is_empty(), "nobody waits for a relying system");
    deliver(&house).await;

    // One has heard, once for two visits, in a token that can be nothing else.
    let heard = up.heard();
    assert_eq!(heard.len(), 1);
    let header = jsonwebtoken::decode_header(&heard[0]).expect("a JWT");
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    let (claims, algorithm) = verified(&house, &heard[0], &hall.id).await.expect("a good token");
    let id_claims = claims_of(at_hall.text("id_token"));
    assert_eq!(algorithm, "ES256");
    assert_eq!(claims["events"], json!({ EVENT: {} }));
    assert_eq!((&claims["sub"], &claims["sid"]), (&id_claims["sub"], &id_claims["sid"]));
    assert!(id_claims["sid"].as_str().is_some_and(|sid| sid.len() == 22) && claims["jti"].is_string());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert_eq!(claims.get("nonce"), None);

    // The other was asked at once, is asked again when it is time, by whichever node, and then hears.
    assert_eq!(down.heard().len(), 1);
    deliver(&house).await;
    assert_eq!(down.heard().len(), 1, "not before it is time");
    house.pass(10 * SECOND);
    deliver(&second).await;
    assert_eq!(down.heard().len(), 2);
    let waiting = deliveries(&house).await.into_iter().find(|d| d.client == licences.id).unwrap();
    assert_eq!((waiting.state, waiting.attempts), (State::Waiting, 2));
    assert_eq!(waiting.last_error.as_deref(), Some("status_503"));
    down.says(Says::Status(204));
    house.pass(MINUTE);
    deliver(&house).await;
    let (claims, algorithm) = verified(&house, &down.heard()[2], &licences.id).await.expect("a good token");
    assert_eq!(algorithm, "EdDSA");
    assert_eq!(claims["sid"], claims_of(at_licences.text("id_token"))["sid"]);
    assert_ne!(claims["sid"], id_claims["sid"], "two systems cannot compare");
    house.pass(24 * HOUR);
    deliver(&house).await;
    assert_eq!((up.heard().len(), down.heard().len()), (1, 3), "delivered is delivered");
    let all = deliveries(&house).await;
    assert!(all.len() == 2 && all.iter().all(|delivery| delivery.state == State::Delivered), "{all:?}");
    let audited = audit::verify(&mut &house.app.db, &house.app.keys.data(), uuid::Uuid::nil()).await.unwrap();
    assert!(audited.is_some_and(|checked| checked.bad.is_empty()));
}

/// A client that goes by the subject would end everybody's sign-in who acts for it.
#[tokio::test]
async fn a_represented_subject_is_not_named() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    sign_out(&mut browser).await;
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("update logout_delivery set names_sub = $1", values![false]).await.unwrap();
    tx.commit().await.unwrap();
    deliver(&house).await;
    let claims = claims_of(&listener.heard()[0]);
    assert_eq!((claims.get("sub"), &claims["sid"]), (None, &claims_of(tokens.text("id_token"))["sid"]));
}

/// Not without `offline_access` (OpenID Connect Back-Channel Logout section 2.7).
#[tokio::test]
async fn only_offline_access_outlives_the_session() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let online = party.tokens(&mut browser, "openid").await;
    let offline = party.tokens(&mut browser, "openid offline_access").await;
    let attempt = party.attempt("openid");
    let code = browser.open(&attempt.url()).await.authorization_code();
    sign_out(&mut browser).await;
    assert_eq!(party.refresh(online.text("refresh_token")).await.refusal(), (400, "invalid_grant"));
    party.refresh(offline.text("refresh_token")).await.good();
    // What was approved before and is fetched after would be a sign-in that nobody ends.
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), (400, "invalid_grant"));
    deliver(&house).await;
    assert_eq!(listener.heard().len(), 1);
}

/// Either the redemption comes too late, or its client is told: nobody stays signed in unseen.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_and_a_sign_out_at_one_time_see_each_other() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let person = house.person().await;
    for _ in 0..20 {
        let mut browser = Browser::signed_in(&house, &person).await;
        let attempt = party.attempt("openid");
        let code = browser.open(&attempt.url()).await.authorization_code();
        browser.open("/sign-out").await.is_at("/sign-out");
        let before = deliveries(&house).await.len();
        let (tokens, page) = tokio::join!(party.redeem(&code, &attempt), browser.submit("#sign-out", &[]));
        page.is_at("/signed-out");
        let told = deliveries(&house).await.len() - before;
        assert_eq!((tokens.status == 200, tokens.status == 400), (told == 1, told == 0), "{}", tokens.json);
    }
}

#[tokio::test]
async fn after_a_day_it_is_given_up() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    party.tokens(&mut browser, "openid").await;
    listener.says(Says::Status(400));
    sign_out(&mut browser).await;
    let start = house.clock.now();
    let mut at = Vec::new();
    for _ in 0..26 * 60 * 6 {
        let before = listener.heard().len();
        deliver(&house).await;
        if listener.heard().len() > before {
            at.push(house.clock.now().since(start).as_secs());
        }
        house.pass(10 * SECOND);
        if deliveries(&house).await[0].state == State::GivenUp {
            break;
        }
    }
    assert_eq!(at, [0, 10, 70, 370, 2170, 9370, 30_970, 84_970]);
    let given_up = deliveries(&house).await.remove(0);
    assert_eq!((given_up.attempts, given_up.last_error.as_deref()), (8, Some("status_400")));
    // Each attempt had a token of its own, good at its time.
    let tokens: Vec<Value> = listener.heard().iter().map(|token| claims_of(token)).collect();
    assert!(
        tokens.windows(2).all(|pair| pair[0]["jti"] != pair[1]["jti"] && pair[0]["iat"] != pair[1]["iat"])
    );
}

#[tokio::test]
async fn a_token_goes_nowhere_but_to_the_address_that_may_be_reached() {
    let (target, redirecting, internal) =
        (Listener::start().await, Listener::start().await, Listener::start().await);
    redirecting.says(Says::Elsewhere(target.uri()));
    let house = house(&[&redirecting, &target]).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let port = internal.origin.rsplit(':').next().unwrap();
    let cases = [
        (redirecting.uri(), "status_307"),
        (internal.uri(), "not_https"),
        (format!("https://127.0.0.1:{port}/logout"), "internal_address"),
        (format!("https://localhost:{port}/logout"), "internal_address"),
    ];
    let mut parties = Vec::new();
    for (uri, error) in cases {
        let party = party(&house, &uri).await;
        party.tokens(&mut browser, "openid").await;
        parties.push((party.id, error));
    }
    sign_out(&mut browser).await;
    deliver(&house).await;
    assert_eq!((target.heard().len(), redirecting.heard().len(), internal.heard().len()), (0, 1, 0));
    let all = deliveries(&house).await;
    for (client, error) in parties {
        let delivery = all.iter().find(|delivery| delivery.client == client).unwrap();
        assert_eq!(delivery.last_error.as_deref(), Some(error));
    }
}

#[tokio::test]
async fn a_client_that_hangs_holds_nobody_up() {
    let (prompt, hanging) = (Listener::start().await, Listener::start().await);
    hanging.says(Says::Nothing);
    let house = house(&[&prompt, &hanging]).await;
    let (first, second) = (party(&house, &hanging.uri()).await, party(&house, &prompt.uri()).await);
    let person = house.person().await;
    let courier = tokio::spawn(Courier::new(house.app.clone()).run());
    for _ in 0..6 {
        let mut browser = Browser::signed_in(&house, &person).await;
        first.tokens(&mut browser, "openid").await;
        sign_out(&mut browser).await;
    }
    soon("the first attempts", || hanging.heard().len() == 4).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    second.tokens(&mut browser, "openid").await;
    sign_out(&mut browser).await;
    soon("the other client's", || prompt.heard().len() == 1).await;
    let waiting = logout::list(&mut &house.app.db, Some(State::Waiting), uuid::Uuid::max()).await.unwrap();
    assert_eq!(waiting.iter().filter(|delivery| delivery.client == first.id).count(), 6);
    courier.abort();
}

#[tokio::test]
async fn of_two_nodes_one_delivers() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let (second, third) = (house.second_node().await, house.second_node().await);
    let party = party(&house, &listener.uri()).await;
    let person = house.person().await;
    for _ in 0..12 {
        let mut browser = Browser::signed_in(&house, &person).await;
        party.tokens(&mut browser, "openid").await;
        sign_out(&mut browser).await;
    }
    tokio::join!(deliver(&house), deliver(&second), deliver(&third));
    let mut sids: Vec<String> =
        listener.heard().iter().map(|token| claims_of(token)["sid"].to_string()).collect();
    sids.sort();
    sids.dedup();
    assert_eq!((listener.heard().len(), sids.len()), (12, 12));
}

#[tokio::test]
async fn what_a_node_leaves_behind_another_takes_up() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    party.tokens(&mut browser, "openid").await;
    sign_out(&mut browser).await;
    // A node claims the attempt, and dies.
    let now = house.clock.now();
    let delivery = deliveries(&house).await.remove(0);
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(logout::claim(&mut tx, now, delivery.clone()).await.unwrap().is_some());
    assert!(logout::claim(&mut tx, now, delivery).await.unwrap().is_none(), "a claim is one's own");
    tx.commit().await.unwrap();
    let fresh = house.second_node().await;
    deliver(&fresh).await;
    assert!(listener.heard().is_empty());
    house.pass(10 * SECOND);
    deliver(&fresh).await;
    assert_eq!(listener.heard().len(), 1);
}

/// Idle for an hour here, busy all the time there.
#[tokio::test]
async fn who_signs_out_when_the_session_is_over_is_signed_out_elsewhere_too() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let person = house.person().await;
    for (expected, by_page) in [(1, false), (2, true)] {
        let mut browser = Browser::signed_in(&house, &person).await;
        let tokens = party.tokens(&mut browser, "openid").await;
        house.pass(2 * HOUR);
        let address = match by_page {
            true => "/sign-out".to_owned(),
            false => format!("/end-session?id_token_hint={}", tokens.text("id_token")),
        };
        browser.open(&address).await.is_at("/signed-out");
        browser.open(&address).await.is_at("/signed-out");
        deliver(&house).await;
        assert_eq!(listener.heard().len(), expected);
    }
}

#[tokio::test]
async fn a_client_that_is_gone_is_not_told() {
    let listener = Listener::start().await;
    let house = house(&[&listener]).await;
    let party = party(&house, &listener.uri()).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    party.tokens(&mut browser, "openid").await;
    sign_out(&mut browser).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let (keys, visit) = (house.app.keys.data(), house.visit());
    let disabled = yihao::client::ClientState::Disabled;
    yihao::client::set_state(&mut tx, &keys, &visit, &party.id, disabled).await.unwrap();
    tx.commit().await.unwrap();
    house.app.client_changed(&party.id);
    deliver(&house).await;
    let delivery = deliveries(&house).await.remove(0);
    assert_eq!((delivery.state, delivery.last_error.as_deref()), (State::GivenUp, Some("client_gone")));
    assert!(listener.heard().is_empty());
    let events = "select event from audit where event = 'logout.given_up'";
    let events = (&mut &house.app.db).all(events, values![], |row| row.get::<String>(0)).await.unwrap();
    assert_eq!(events.len(), 1);
}
