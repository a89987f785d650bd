//! Clients that register themselves (RFC 7591) and look after themselves (RFC 7592).

use serde_json::{Value, json};

use crate::support::{Answer, Auth, Browser, HOUR, House, RelyingParty, http};

fn hall() -> Value {
    json!({
        "client_name": "市图书馆", "redirect_uris": ["https://library.example/cb"],
        "scope": "openid profile official_number", "first_party": true, "resource_server": true,
        "self_registered": false, "legal_basis": "statutory",
    })
}

async fn register(house: &House, token: &str, metadata: &Value) -> Answer {
    Answer::of(http().post(house.at("/clients")).bearer_auth(token).json(metadata)).await
}

#[tokio::test]
async fn a_client_registers_signs_people_in_and_never_gets_the_number() {
    let house = House::open().await;
    let person = house.person().await;
    let token = house.initial_access_token(1, HOUR).await;
    let made = register(&house, &token, &hall()).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    assert_eq!(made["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(made["id_token_signed_response_alg"], "RS256");
    assert_eq!((&made["first_party"], &made["resource_server"]), (&json!(false), &json!(false)));
    assert_eq!(made["client_secret_expires_at"], 0);
    let id = made.text("client_id");
    let keys = house.app.keys.data();
    let client = yihao::client::find(&mut &house.app.db, &keys, id).await.unwrap().unwrap();
    assert!(client.metadata.self_registered);
    let party = RelyingParty::new(&house, client, Auth::Basic);
    assert_eq!(party.secret(), made.text("client_secret"));
    let mut browser = Browser::signed_in(&house, &person).await;
    let claims = json!({ "userinfo": { "official_number": null } }).to_string();
    let attempt = party.attempt("openid profile official_number").with("claims", claims);
    browser.open(&attempt.url()).await.is_at("/consent").sees("市图书馆");
    let page = browser.submit("#consent", &[("decision", "allow"), ("agreed", "official_number")]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    assert_eq!(tokens["scope"], "openid profile");
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["name"], person.name.as_str());
    assert!(info["official_number"].is_null());
}

#[tokio::test]
async fn the_right_to_register_is_counted_and_ends() {
    let house = House::open().await;
    let refused = (401, "invalid_token");
    let twice = house.initial_access_token(2, HOUR).await;
    // A request that is refused costs nothing.
    let bad = json!({ "client_name": "x", "redirect_uris": ["http://open.example/"] });
    assert_eq!(register(&house, &twice, &bad).await.refusal(), (400, "invalid_redirect_uri"));
    assert_eq!(register(&house, &twice, &hall()).await.status, 201);
    assert_eq!(register(&house, &twice, &hall()).await.status, 201);
    assert_eq!(register(&house, &twice, &hall()).await.refusal(), refused);
    let late = house.initial_access_token(1, HOUR).await;
    house.pass(HOUR);
    assert_eq!(register(&house, &late, &hall()).await.refusal(), refused);
    for token in ["", "x", "AAEAAQ"] {
        assert_eq!(register(&house, token, &hall()).await.refusal(), refused);
    }
    let without = http().post(house.at("/clients")).json(&hall());
    assert_eq!(Answer::of(without).await.refusal(), refused);
}

#[tokio::test]
async fn bad_metadata_are_refused_by_field() {
    let house = House::open().await;
    let token = house.initial_access_token(50, HOUR).await;
    let cases = [
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["https://a.example/#x"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
        (json!({ "client_name": "" }), "invalid_client_metadata"),
        (json!({ "client_name": "长".repeat(101) }), "invalid_client_metadata"),
        (json!({ "grant_types": ["password"] }), "invalid_client_metadata"),
        (json!({ "token_endpoint_auth_method": "tls_client_auth" }), "invalid_client_metadata"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "invalid_client_metadata"),
        (json!({ "id_token_signed_response_alg": "none" }), "invalid_client_metadata"),
        (json!({ "jwks": { "keys": [] } }), "invalid_client_metadata"),
        (json!({ "backchannel_logout_uri": "http://a.example/out" }), "invalid_client_metadata"),
        (json!({ "backchannel_logout_uri": "not an address" }), "invalid_client_metadata"),
        (json!({ "frontchannel_logout_uri": "https://elsewhere.example/out" }), "invalid_client_metadata"),
        (json!("text"), "invalid_client_metadata"),
    ];
    for (change, code) in cases {
        let mut metadata = hall();
        match change.as_object() {
            Some(change) => metadata.as_object_mut().unwrap().extend(change.clone()),
            None => metadata = change,
        }
        assert_eq!(register(&house, &token, &metadata).await.refusal(), (400, code), "{metadata}");
    }
}

#[tokio::test]
async fn a_client_looks_after_itself_and_nobody_else() {
    let house = House::open().await;
    let token = house.initial_access_token(2, HOUR).await;
    let (made, other) = (register(&house, &token, &hall()).await, register(&house, &token, &hall()).await);
    let uri = made.text("registration_client_uri");
    let own = made.text("registration_access_token");
    assert!(uri.starts_with(house.app.config.issuer()));
    let read = Answer::of(http().get(uri).bearer_auth(own)).await.good();
    assert_eq!((&read["client_id"], &read["client_name"]), (&made["client_id"], &made["client_name"]));
    for stranger in [other.text("registration_access_token"), &token, "x"] {
        let answer = Answer::of(http().get(uri).bearer_auth(stranger)).await;
        assert_eq!(answer.refusal(), (401, "invalid_token"));
    }
    let mut changed = hall();
    changed["client_name"] = json!("省图书馆");
    let answer = Answer::of(http().put(uri).bearer_auth(own).json(&changed)).await.good();
    assert_eq!((&answer["client_name"], &answer["first_party"]), (&json!("省图书馆"), &json!(false)));
    assert_eq!(answer["client_secret"], made["client_secret"]);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let client =
        yihao::client::find(&mut &house.app.db, &house.app.keys.data(), made.text("client_id")).await;
    let party = RelyingParty::new(&house, client.unwrap().unwrap(), Auth::Basic);
    browser.open(&party.attempt("openid").url()).await.is_at("/consent").sees("省图书馆");
    assert_eq!(Answer::of(http().delete(uri).bearer_auth(own)).await.status, 204);
    assert_eq!(Answer::of(http().get(uri).bearer_auth(own)).await.refusal(), (401, "invalid_token"));
    assert_eq!(
        browser.open(&party.attempt("openid").url()).await.stays().code().as_deref(),
        Some("unknown_client")
    );
}
