//! What a proof must say (RFC 9449 section 4.3), each rule with its refusal.

use serde_json::{Value, json};
use yihao::crypto::{Algorithm, SigningKey};

use crate::support::{Answer, Browser, House, ProofKey, RelyingParty};

const REFUSED: (u16, &str) = (400, "invalid_dpop_proof");

/// A client's own token: the shortest way to the rules.
async fn token(party: &RelyingParty, proofs: &[String]) -> Answer {
    party.post_proven("/token", &[("grant_type", "client_credentials")], proofs).await
}

async fn own(house: &House) -> RelyingParty {
    house.relying_party(json!({ "grant_types": ["client_credentials"] })).await
}

#[tokio::test]
async fn every_published_algorithm_will_do() {
    let house = House::open().await;
    let party = own(&house).await;
    let published =
        Answer::of(crate::support::http().get(house.at("/.well-known/openid-configuration"))).await;
    let names: Vec<&str> = published["dpop_signing_alg_values_supported"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(names, Algorithm::ALL.map(Algorithm::as_str));
    for algorithm in Algorithm::ALL {
        let key = ProofKey::of(&house, algorithm);
        let given = token(&party, &[key.proof("POST", "/token", None)]).await.good();
        assert_eq!(given["token_type"], "DPoP", "{algorithm:?}");
    }
}

#[tokio::test]
async fn each_rule_refuses_by_its_words() {
    let house = House::open().await;
    let party = own(&house).await;
    let key = ProofKey::new(&house);
    let claims: &[(&str, Value, &str)] = &[
        ("htm", json!("GET"), "htm must be POST"),
        ("htm", Value::Null, "missing"),
        ("htu", json!("https://elsewhere.example/token"), "htu must be "),
        ("htu", json!(house.at("/userinfo")), "htu must be "),
        ("htu", json!("token"), "missing"),
        ("jti", json!(""), "jti must have"),
        ("jti", json!("x".repeat(257)), "jti must have"),
        ("jti", Value::Null, "missing"),
        ("iat", json!(house.clock.now().seconds() - 61), "iat is not within"),
        ("iat", json!(house.clock.now().seconds() + 31), "iat is not within"),
        ("iat", json!("now"), "missing"),
    ];
    for (name, value, words) in claims {
        let mut claims = key.claims("POST", "/token", None);
        claims[*name] = value.clone();
        let given = token(&party, &[key.signed(&key.header(), &claims)]).await;
        assert_eq!(given.refusal(), REFUSED, "{name} {value}");
        assert!(given.text("error_description").contains(words), "{name} {value}: {}", given.json);
    }
    let pkcs8 = SigningKey::generate(Algorithm::ES256).expect("a key");
    let other = SigningKey::from_pkcs8("other".to_owned(), Algorithm::ES256, &pkcs8).expect("a key");
    let mut private = key.jwk();
    private["d"] = "c2VjcmV0".into();
    let headers: &[(&str, Value, &str)] = &[
        ("typ", json!("JWT"), "typ must be dpop+jwt"),
        ("typ", Value::Null, "typ, alg and jwk"),
        ("alg", json!("HS256"), "alg: "),
        ("alg", json!("none"), "alg: "),
        ("alg", json!("PS256"), "does not verify"),
        ("crit", json!(["b64"]), "crit"),
        ("jwk", Value::Null, "typ, alg and jwk"),
        ("jwk", private, "private key"),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" }), "private key"),
        ("jwk", json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }), "does not verify"),
        ("jwk", json!({ "kty": "EC" }), "no public key"),
        ("jwk", other.public_jwk(), "does not verify"),
    ];
    for (name, value, words) in headers {
        let mut header = key.header();
        header[*name] = value.clone();
        let given = token(&party, &[key.signed(&header, &key.claims("POST", "/token", None))]).await;
        assert_eq!(given.refusal(), REFUSED, "{name} {value}");
        assert!(given.text("error_description").contains(words), "{name} {value}: {}", given.json);
    }
    let good = || key.proof("POST", "/token", None);
    for (proofs, words) in [
        (vec![good(), good()], "more than one"),
        (vec!["x".to_owned()], "not a JWT"),
        (vec!["e30.e30.x".to_owned()], "not a JWT"),
        (vec!["x".repeat(4097)], "not a JWT"),
        (vec![format!("{}A", good())], "does not verify"),
    ] {
        let given = token(&party, &proofs).await;
        assert_eq!(given.refusal(), REFUSED, "{words}");
        assert!(given.text("error_description").contains(words), "{words}: {}", given.json);
    }
    // What differs only in form is the same address (RFC 9449 section 4.3); clocks may differ a little.
    for (name, value) in [
        ("htu", json!(format!("{}/token?x=1#y", house.app.config.issuer().replace("http", "HTTP")))),
        ("iat", json!(house.clock.now().seconds() as f64 - 59.5)),
        ("iat", json!(house.clock.now().seconds() + 30)),
    ] {
        let mut claims = key.claims("POST", "/token", None);
        claims[name] = value;
        token(&party, &[key.signed(&key.header(), &claims)]).await.good();
    }
}

#[tokio::test]
async fn a_proof_counts_once_on_any_node() {
    let house = House::open().await;
    let second = house.second_node().await;
    let mut party = own(&house).await;
    let key = ProofKey::new(&house);
    let proof = [key.proof("POST", "/token", None)];
    token(&party, &proof).await.good();
    assert_eq!(token(&party, &proof).await.refusal(), REFUSED);
    party.moves_to(&second);
    assert_eq!(token(&party, &proof).await.refusal(), REFUSED);
    // Neither can it be kept for later: by when it is forgotten it is too old.
    house.pass(std::time::Duration::from_secs(91));
    assert_eq!(token(&party, &proof).await.refusal(), REFUSED);
}

#[tokio::test]
async fn at_a_resource_it_is_for_this_token_and_this_request() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let key = ProofKey::new(&house);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.bound_tokens(&mut browser, "openid", &key).await;
    let others = party.bound_tokens(&mut browser, "openid", &key).await;
    let (access, other) = (tokens.text("access_token"), others.text("access_token"));
    let good = key.proof("GET", "/userinfo", Some(access));
    party.userinfo_by("DPoP", access, std::slice::from_ref(&good)).await.good();
    for (what, proof) in [
        ("replayed", good),
        ("of another token", key.proof("GET", "/userinfo", Some(other))),
        ("of no token", key.proof("GET", "/userinfo", None)),
        ("of another method", key.proof("POST", "/userinfo", Some(access))),
        ("of another address", key.proof("GET", "/token", Some(access))),
    ] {
        let given = party.userinfo_by("DPoP", access, &[proof]).await;
        assert_eq!(given.refusal(), (401, "invalid_dpop_proof"), "{what}");
    }
}

#[tokio::test]
async fn a_nonce_of_ours_where_it_is_asked_for() {
    let house = House::open_with(|config| config.dpop.nonce_seconds = 120).await;
    let party = house.relying_party(json!({})).await;
    let key = ProofKey::new(&house);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid");
    let code = browser.open(&attempt.url()).await.authorization_code();
    let redeem = async |nonce: Option<&str>| {
        let mut claims = key.claims("POST", "/token", None);
        claims["nonce"] = nonce.into();
        let proof = key.signed(&key.header(), &claims);
        party.post_proven("/token", &party.redemption(&code, &attempt), &[proof]).await
    };
    let refused = redeem(None).await;
    assert_eq!(refused.refusal(), (400, "use_dpop_nonce"));
    let nonce = refused.header("dpop-nonce").to_owned();
    assert_eq!(redeem(Some("made up")).await.refusal(), (400, "use_dpop_nonce"));
    house.pass(std::time::Duration::from_secs(30));
    let tokens = redeem(Some(&nonce)).await.good();
    let access = tokens.text("access_token");
    house.pass(std::time::Duration::from_secs(91));
    let mut claims = key.claims("GET", "/userinfo", Some(access));
    claims["nonce"] = nonce.as_str().into();
    let stale = party.userinfo_by("DPoP", access, &[key.signed(&key.header(), &claims)]).await;
    assert_eq!(stale.refusal(), (401, "use_dpop_nonce"));
    assert!(stale.header("www-authenticate").starts_with("DPoP error=\"use_dpop_nonce\""));
    claims["nonce"] = stale.header("dpop-nonce").into();
    claims["jti"] = "another".into();
    party.userinfo_by("DPoP", access, &[key.signed(&key.header(), &claims)]).await.good();
    // Who uses no proofs is asked for none.
    party.tokens(&mut browser, "openid").await;
}
