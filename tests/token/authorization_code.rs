//! A code is redeemed once, by whom it was made for, with the verifier that belongs to it.

use serde_json::json;
use yihao::crypto::{Algorithm, base64url, from_base64url};

use crate::support::open_id::WellMade;
use crate::support::{
    Answer, Attempt, Auth, Browser, House, MINUTE, RelyingParty, claims_of, http, verified,
};

const REFUSED: (u16, &str) = (400, "invalid_grant");

async fn coded(house: &House, party: &RelyingParty, scope: &str) -> (String, Attempt) {
    let mut browser = Browser::signed_in(house, &house.person().await).await;
    let attempt = party.attempt(scope);
    (browser.open(&attempt.url()).await.authorization_code(), attempt)
}

#[tokio::test]
async fn a_code_that_comes_again_ends_what_it_gave() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let (code, attempt) = coded(&house, &party, "openid offline_access").await;
    let tokens = party.redeem(&code, &attempt).await.good();
    party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), REFUSED);
    assert_eq!(party.userinfo(tokens.text("access_token")).await.refusal(), (401, "invalid_token"));
    assert_eq!(party.refresh(tokens.text("refresh_token")).await.refusal(), REFUSED);
    assert_eq!(party.introspect(tokens.text("access_token")).await.json, json!({ "active": false }));
}

/// Of redemptions at one time one gets tokens at most, and does not keep them: the code came again.
#[tokio::test]
async fn of_many_at_once_none_keeps_tokens() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let (code, attempt) = coded(&house, &party, "openid").await;
    let party = std::sync::Arc::new(party);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (party, code, attempt) = (party.clone(), code.clone(), attempt.clone());
            tokio::spawn(async move { party.redeem(&code, &attempt).await })
        })
        .collect();
    let mut given = Vec::new();
    for task in tasks {
        let answer = task.await.unwrap();
        if answer.status == 200 {
            given.push(answer);
        } else {
            assert_eq!(answer.refusal(), REFUSED);
        }
    }
    assert!(given.len() <= 1);
    for tokens in given {
        assert_eq!(party.userinfo(tokens.text("access_token")).await.refusal(), (401, "invalid_token"));
    }
}

#[tokio::test]
async fn whatever_does_not_belong_to_the_code_gets_nothing() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let other = house.relying_party(json!({})).await;
    let (code, attempt) = coded(&house, &party, "openid").await;
    assert_eq!(other.redeem(&code, &attempt).await.refusal(), REFUSED);
    // Who tries with somebody else's code, or without its verifier, takes nothing from its owner.
    let verifier = [("code_verifier", "x".repeat(43))];
    let mut guessed = party.redemption(&code, &attempt);
    guessed.retain(|(name, _)| *name != "code_verifier");
    guessed.extend(verifier.iter().map(|(name, value)| (*name, value.as_str())));
    assert_eq!(party.post("/token", &guessed).await.refusal(), REFUSED);
    party.redeem(&code, &attempt).await.good();
    let changes: [(&str, &str, &str); 6] = [
        ("code_verifier", &"x".repeat(43), "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("redirect_uri", "https://elsewhere.example/cb", "invalid_grant"),
        ("redirect_uri", "", "invalid_grant"),
        ("code", "", "invalid_request"),
    ];
    for (name, value, error) in changes {
        let (code, attempt) = coded(&house, &party, "openid").await;
        let mut redemption = party.redemption(&code, &attempt);
        redemption.retain(|(known, _)| *known != name);
        redemption.push((name, value));
        assert_eq!(party.post("/token", &redemption).await.refusal(), (400, error), "{name} {value:?}");
    }
    // A code is not a refresh token, an access token is no code, and made-up ones are nothing.
    let (code, attempt) = coded(&house, &party, "openid").await;
    assert_eq!(party.refresh(&code).await.refusal(), REFUSED);
    assert_eq!(party.redeem("AAAA", &attempt).await.refusal(), REFUSED);
    let flipped = format!("{}{}", if code.starts_with('B') { 'A' } else { 'B' }, &code[1..]);
    assert_eq!(party.redeem(&flipped, &attempt).await.refusal(), REFUSED);
    party.redeem(&code, &attempt).await.good();
}

/// Nothing is kept of a code: its end stands in it, and it ends with the sign-in at the latest.
#[tokio::test]
async fn a_code_expires() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let (code, attempt) = coded(&house, &party, "openid").await;
    house.pass(std::time::Duration::from_secs(house.app.config.token.code_seconds));
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), REFUSED);
    // Opaque: nothing in it can be read or changed without the key.
    let (code, attempt) = coded(&house, &party, "openid").await;
    let bytes = from_base64url(&code).expect("base64url");
    assert!(!String::from_utf8_lossy(&bytes).contains(&party.id));
    for place in [3, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(party.redeem(&base64url(&changed), &attempt).await.refusal(), REFUSED, "byte {place}");
    }
    party.redeem(&code, &attempt).await.good();
}

#[tokio::test]
async fn tokens_of_every_algorithm_verify_by_the_published_keys() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for algorithm in Algorithm::ALL {
        let party = house.relying_party(json!({ "id_token_signed_response_alg": algorithm })).await;
        let tokens = party.tokens(&mut browser, "openid").await;
        let (claims, alg) = verified(&house, tokens.text("id_token"), &party.id).await.unwrap();
        assert_eq!(alg, algorithm.as_str());
        assert_eq!(claims["aud"], party.id.as_str());
        let (access, alg) =
            verified(&house, tokens.text("access_token"), house.app.config.issuer()).await.unwrap();
        assert_eq!((alg.as_str(), &access["client_id"]), ("ES256", &json!(party.id)));
        assert_eq!(access["sub"], claims["sub"]);
        let hall = WellMade::discovers(&house, &party).await;
        let signed_in = hall.signs_in(&mut browser, &["openid"]).await;
        assert_eq!(signed_in.claims.subject().as_str(), claims["sub"].as_str().unwrap());
    }
}

#[tokio::test]
async fn the_id_token_says_what_it_must_and_nothing_personal() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let scope = "openid profile email phone address official_number";
    let claims =
        json!({ "id_token": { "official_number": { "essential": true }, "official_number_kind": null } });
    let attempt = party.attempt(scope).with("claims", claims.to_string());
    let code = browser.open(&attempt.url()).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    let id_token = claims_of(tokens.text("id_token"));
    let names: Vec<&str> = id_token.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "acr",
            "amr",
            "at_hash",
            "aud",
            "auth_time",
            "channel",
            "exp",
            "iat",
            "iss",
            "nonce",
            "sid",
            "sub",
            "trust_level"
        ]
    );
    assert_eq!(id_token["nonce"], attempt.get("nonce"));
    let now = house.clock.now().seconds();
    assert_eq!((&id_token["iat"], &id_token["exp"]), (&json!(now), &json!(now + 600)));
    for token in [&id_token, &claims_of(tokens.text("access_token"))] {
        for secret in [&person.number, &person.name, &person.phone, &person.id.to_string()] {
            assert!(!token.to_string().contains(secret.as_str()), "{token}");
        }
    }
    // By name, a claim that may travel comes in the ID token.
    let claims = json!({ "id_token": { "name": { "essential": true } } }).to_string();
    let attempt = party.attempt("openid").with("claims", claims);
    let code = browser.open(&attempt.url()).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    assert_eq!(claims_of(tokens.text("id_token"))["name"], person.name.as_str());
}

#[tokio::test]
async fn answers_are_not_stored_and_other_sites_may_ask() {
    let house = House::open().await;
    let party = house.relying_party_by(Auth::Nothing, json!({})).await;
    let (code, attempt) = coded(&house, &party, "openid").await;
    let mut redemption = party.redemption(&code, &attempt);
    redemption.push(("client_id", &party.id));
    let request = http().post(house.at("/token")).header("origin", "https://spa.example").form(&redemption);
    let answer = Answer::of(request).await.good();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let preflight = http()
        .request(reqwest::Method::OPTIONS, house.at("/userinfo"))
        .header("origin", "https://spa.example")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization");
    let answer = Answer::of(preflight).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
    assert!(["*", "authorization"].contains(&answer.header("access-control-allow-headers")));
    // A page of another site never reads what cookies open.
    let request = http().get(house.at("/authorize")).header("origin", "https://spa.example");
    assert_eq!(Answer::of(request).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn requests_of_the_wrong_form_are_refused() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let post = || http().post(house.at("/token")).basic_auth(&party.id, Some(party.secret()));
    let as_json = post().json(&json!({ "grant_type": "authorization_code" }));
    assert_eq!(Answer::of(as_json).await.refusal(), (400, "invalid_request"));
    let twice = post().form(&[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]);
    assert_eq!(Answer::of(twice).await.refusal(), (400, "invalid_request"));
    assert_eq!(Answer::of(post().form(&[("x", "y")])).await.refusal(), (400, "invalid_request"));
    for grant in ["password", "urn:ietf:params:oauth:grant-type:jwt-bearer", "implicit"] {
        let answer = Answer::of(post().form(&[("grant_type", grant)])).await;
        assert_eq!(answer.refusal(), (400, "unsupported_grant_type"), "{grant}");
    }
    assert_eq!(party.client_credentials().await.refusal(), (400, "unauthorized_client"));
    assert_eq!(Answer::of(http().get(house.at("/token"))).await.status, 405);
}

/// The next key is published before it signs, and the last one as long as its tokens live.
#[tokio::test]
async fn keys_turn_and_no_token_loses_its_key() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let party = house.relying_party(json!({})).await;
    let issuer = house.app.config.issuer().to_owned();
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let turn = async || {
        let (now, long_ago) = (house.clock.now(), house.clock.now().minus(60 * MINUTE));
        let app = &house.app;
        app.keys.rotate_signing_keys(&app.db, Algorithm::ES256, now, long_ago, &app.chance).await.unwrap();
    };
    let published = async || -> Vec<String> {
        let keys = Answer::of(http().get(house.at("/jwks"))).await.good();
        let of_es256 = keys["keys"].as_array().unwrap().iter().filter(|key| key["alg"] == "ES256");
        of_es256.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let first = party.tokens(&mut browser, "openid").await;
    turn().await;
    let before = published().await;
    let second = party.tokens(&mut browser, "openid").await;
    assert_eq!(kid(first.text("id_token")), kid(second.text("id_token")), "the first turn only publishes");
    turn().await;
    let third = party.tokens(&mut browser, "openid").await;
    assert_ne!(kid(second.text("id_token")), kid(third.text("id_token")));
    assert!(before.contains(&kid(third.text("id_token"))), "it was published before it signed");
    for tokens in [&first, &second, &third] {
        verified(&house, tokens.text("id_token"), &party.id).await.unwrap();
        verified(&house, tokens.text("access_token"), &issuer).await.unwrap();
        party.userinfo(tokens.text("access_token")).await.good();
    }
    // Long after the last of its tokens the old key goes; a hint signed by it is then unknown.
    house.pass(61 * MINUTE);
    turn().await;
    assert!(!published().await.contains(&kid(first.text("id_token"))));
    let mut keys = published().await;
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "next, active, retiring");
}
