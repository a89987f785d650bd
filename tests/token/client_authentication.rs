//! How clients prove themselves, and every way in which they do not.

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use yihao::crypto::{Algorithm, base64url};

use crate::support::relying_party::by_assertion;
use crate::support::{Answer, Auth, Browser, House, MINUTE, RelyingParty, http};

const REFUSED: (u16, &str) = (401, "invalid_client");

#[tokio::test]
async fn every_method_works_from_code_to_refresh() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let keys = Algorithm::ALL.map(Auth::key);
    for auth in [Auth::Basic, Auth::Post, Auth::SecretJwt, Auth::Nothing].into_iter().chain(keys) {
        let party = house.relying_party_by(auth, json!({})).await;
        let tokens = party.tokens(&mut browser, "openid").await;
        party.refresh(tokens.text("refresh_token")).await.good();
    }
}

/// A request that only lacks, or has, the right authentication.
async fn credentials(party: &RelyingParty, more: &[(&str, &str)]) -> Answer {
    let mut params = vec![("grant_type", "client_credentials")];
    params.extend(more);
    party.post_bare("/token", &params).await
}

async fn system(house: &House, auth: Auth) -> RelyingParty {
    house.relying_party_by(auth, json!({ "grant_types": ["client_credentials"] })).await
}

#[tokio::test]
async fn the_wrong_secret_the_wrong_method_and_two_methods_are_refused() {
    let house = House::open().await;
    let (basic, post) = (system(&house, Auth::Basic).await, system(&house, Auth::Post).await);
    basic.client_credentials().await.good();
    post.client_credentials().await.good();
    let by_post = |party: &RelyingParty| {
        [("client_id", party.id.clone()), ("client_secret", party.secret().to_owned())]
    };
    let send = async |params: &[(&str, String)]| {
        let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (*n, v.as_str())).collect();
        credentials(&basic, &params).await
    };
    assert_eq!(send(&by_post(&basic)).await.refusal(), REFUSED, "registered for basic");
    let with_basic = |id: &str, secret: &str| {
        http()
            .post(house.at("/token"))
            .basic_auth(id, Some(secret))
            .form(&[("grant_type", "client_credentials")])
    };
    assert_eq!(
        Answer::of(with_basic(&post.id, post.secret())).await.refusal(),
        REFUSED,
        "registered for post"
    );
    let wrong = Answer::of(with_basic(&basic.id, post.secret())).await;
    assert_eq!(wrong.refusal(), REFUSED);
    assert!(wrong.header("www-authenticate").starts_with("Basic"));
    assert_eq!(Answer::of(with_basic("nobody", "x")).await.json, wrong.json, "unknown and wrong are one");
    assert_eq!(Answer::of(with_basic(&basic.id, "")).await.refusal(), REFUSED);
    assert_eq!(credentials(&basic, &[]).await.refusal(), REFUSED);
    assert_eq!(credentials(&basic, &[("client_id", &basic.id)]).await.refusal(), REFUSED);
    let both = http().post(house.at("/token")).basic_auth(&post.id, Some(post.secret())).form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &post.id),
        ("client_secret", post.secret()),
    ]);
    assert_eq!(Answer::of(both).await.refusal(), (400, "invalid_request"));
    let of_another = with_basic(&basic.id, basic.secret())
        .form(&[("grant_type", "client_credentials"), ("client_id", post.id.as_str())]);
    assert_eq!(Answer::of(of_another).await.refusal(), (400, "invalid_request"));
    for header in ["Basic !!!", "Basic", "Bearer x", "Basic bm9jb2xvbg=="] {
        let request = http().post(house.at("/token")).header("authorization", header);
        let answer = Answer::of(request.form(&[("grant_type", "client_credentials")])).await;
        assert_eq!(answer.refusal(), REFUSED, "{header}");
    }
}

/// RFC 6749 section 2.3.1: both are form-encoded before they are joined.
#[tokio::test]
async fn ids_with_special_characters_survive_basic() {
    let house = House::open().await;
    let mut party = system(&house, Auth::Basic).await;
    party.client.id = "厅 100%: a+b".to_owned();
    party.client.secret = Some(yihao::base::Secret::new("p%3Aq:+ 粤"));
    let mut tx = house.app.db.begin().await.unwrap();
    let keys = house.app.keys.data();
    assert!(yihao::client::insert(&mut tx, &keys, &house.visit(), &party.client, "test").await.unwrap());
    tx.commit().await.unwrap();
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let request = http().post(house.at("/token")).form(&[("grant_type", "client_credentials")]);
    let request = request.basic_auth(encode(&party.client.id), Some(encode(party.secret())));
    Answer::of(request).await.good();
}

type Change = fn(&mut Value);

const BAD_CLAIMS: &[(&str, Change)] = &[
    ("for somebody else", |c| c["aud"] = "https://other.example".into()),
    ("for an endpoint that is none", |c| {
        c["aud"] = format!("{}/authorize", c["aud"].as_str().unwrap()).into()
    }),
    ("expired", |c| c["exp"] = (c["iat"].as_i64().unwrap() - 31).into()),
    ("good for a day", |c| c["exp"] = (c["iat"].as_i64().unwrap() + 86_400).into()),
    ("from the future", |c| c["nbf"] = (c["iat"].as_i64().unwrap() + 300).into()),
    ("another issuer", |c| c["iss"] = "somebody".into()),
    ("no expiry", |c| drop(c.as_object_mut().unwrap().remove("exp"))),
    ("no jti", |c| drop(c.as_object_mut().unwrap().remove("jti"))),
    ("no audience", |c| drop(c.as_object_mut().unwrap().remove("aud"))),
    ("no subject", |c| drop(c.as_object_mut().unwrap().remove("sub"))),
];

#[tokio::test]
async fn an_assertion_must_be_fresh_ours_and_whole() {
    let house = House::open().await;
    for auth in [Auth::SecretJwt, Auth::key(Algorithm::ES256)] {
        let party = system(&house, auth).await;
        let send = async |claims: Value| credentials(&party, &by_assertion(&party.assertion(claims))).await;
        send(party.assertion_claims()).await.good();
        let mut to_endpoint = party.assertion_claims();
        to_endpoint["aud"] = json!([house.at("/token"), "https://other.example"]);
        send(to_endpoint).await.good();
        for (name, change) in BAD_CLAIMS {
            let mut claims = party.assertion_claims();
            change(&mut claims);
            assert_eq!(send(claims).await.refusal(), REFUSED, "{name}");
        }
        // Once, also at another endpoint, and for as long as it could be good.
        let once = party.assertion(party.assertion_claims());
        credentials(&party, &by_assertion(&once)).await.good();
        assert_eq!(credentials(&party, &by_assertion(&once)).await.refusal(), REFUSED);
        house.pass(MINUTE);
        let mut params = vec![("token", "x")];
        params.extend(by_assertion(&once));
        assert_eq!(party.post_bare("/introspect", &params).await.refusal(), REFUSED);
    }
}

#[tokio::test]
async fn no_algorithm_is_taken_for_another() {
    let house = House::open().await;
    let key = Auth::key(Algorithm::RS256);
    let Auth::Key(pair) = &key else { unreachable!() };
    let public = pair.public_jwk().to_string();
    let modulus = pair.public_jwk()["n"].as_str().unwrap().to_owned();
    let (party, by_secret) = (system(&house, key).await, system(&house, Auth::SecretJwt).await);
    let refused = async |who: &RelyingParty, assertion: String, why: &str| {
        assert_eq!(credentials(who, &by_assertion(&assertion)).await.refusal(), REFUSED, "{why}");
    };
    let hs256 = |secret: &[u8], claims: Value| {
        let header =
            Header { kid: Some("its-key".to_owned()), ..Header::new(jsonwebtoken::Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    for secret in [public.as_bytes(), modulus.as_bytes(), b""] {
        refused(&party, hs256(secret, party.assertion_claims()), "the public key as a secret").await;
    }
    let unsigned = |claims: Value| {
        let part = |value: Value| base64url(value.to_string().as_bytes());
        format!("{}.{}.", part(json!({ "alg": "none", "typ": "JWT" })), part(claims))
    };
    refused(&party, unsigned(party.assertion_claims()), "none").await;
    refused(&by_secret, unsigned(by_secret.assertion_claims()), "none").await;
    let Auth::Key(other) = Auth::key(Algorithm::ES256) else { unreachable!() };
    let strange = yihao::crypto::jws::sign(&other, "JWT", &party.assertion_claims()).unwrap();
    refused(&party, strange, "another key").await;
    let strange = yihao::crypto::jws::sign(&other, "JWT", &by_secret.assertion_claims()).unwrap();
    refused(&by_secret, strange, "a key instead of the secret").await;
    let hs512 = Header::new(jsonwebtoken::Algorithm::HS512);
    let secret = EncodingKey::from_secret(by_secret.secret().as_bytes());
    refused(
        &by_secret,
        jsonwebtoken::encode(&hs512, &by_secret.assertion_claims(), &secret).unwrap(),
        "HS512",
    )
    .await;
    for garbage in ["", "x", "x.y.z", "e30.e30.", "a.b.c.d"] {
        assert_eq!(credentials(&party, &by_assertion(garbage)).await.status, 401, "{garbage}");
    }
}

/// RS256 and PS256 keys look alike: the registered one of the two counts.
#[tokio::test]
async fn a_registered_algorithm_binds() {
    let house = House::open().await;
    let metadata =
        json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_signing_alg": "PS256" });
    let Auth::Key(rs256) = Auth::key(Algorithm::RS256) else { unreachable!() };
    let party = house.relying_party_by(Auth::Key(rs256), metadata).await;
    assert_eq!(party.client_credentials().await.refusal(), REFUSED);
}

#[tokio::test]
async fn keys_may_be_fetched() {
    use std::sync::{Arc, Mutex};
    let keys = [Algorithm::ES256, Algorithm::EdDSA].map(Auth::key);
    let served = Arc::new(Mutex::new(json!({ "keys": [] })));
    let serve = served.clone();
    let keys_of = move || std::future::ready(axum::Json(serve.lock().unwrap().clone()));
    let router = axum::Router::new().route("/jwks", axum::routing::get(keys_of));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let publish = |auth: &Auth| {
        let Auth::Key(key) = auth else { unreachable!() };
        *served.lock().unwrap() = json!({ "keys": [key.public_jwk()] });
    };
    let house = House::open_with(|config| config.outbound.allow = vec![origin.clone()]).await;
    let metadata = json!({
        "grant_types": ["client_credentials"], "jwks_uri": format!("{origin}/jwks"),
        "token_endpoint_auth_method": "private_key_jwt",
    });
    publish(&keys[0]);
    let mut metadata = crate::support::client_metadata(metadata);
    metadata.client_name = "税务".to_owned();
    let client = yihao::client::Client {
        id: "fetched".to_owned(),
        state: yihao::client::ClientState::Active,
        metadata,
        secret: None,
    };
    let mut tx = house.app.db.begin().await.unwrap();
    yihao::client::insert(&mut tx, &house.app.keys.data(), &house.visit(), &client, "test").await.unwrap();
    tx.commit().await.unwrap();
    let party = RelyingParty::new(&house, client.clone(), keys[0].clone());
    party.client_credentials().await.good();
    let other = RelyingParty::new(&house, client, keys[1].clone());
    assert_eq!(other.client_credentials().await.refusal(), REFUSED);
    server.abort();
}
