//! Userinfo, introspection and revocation: who learns what by a token, and until when.

use serde_json::json;

use crate::support::{Answer, Browser, House, MINUTE, http};

#[tokio::test]
async fn each_scope_gives_its_claims_and_no_more() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let table: [(&str, &[&str]); 7] = [
        ("openid", &[]),
        ("openid profile", &["name", "updated_at"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid email", &["email", "email_verified"]),
        ("openid address", &["address"]),
        ("openid official_number", &["official_number", "official_number_kind"]),
        ("openid offline_access", &[]),
    ];
    for (scope, claims) in table {
        let tokens = party.tokens(&mut browser, scope).await;
        let info = party.userinfo(tokens.text("access_token")).await.good();
        let mut names: Vec<&str> = info.json.as_object().unwrap().keys().map(String::as_str).collect();
        names.retain(|name| !matches!(*name, "sub" | "trust_level"));
        assert_eq!(names, claims, "{scope}");
        assert_eq!(info.header("cache-control"), "no-store");
    }
    let tokens = party.tokens(&mut browser, "openid profile email phone address official_number").await;
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!((&info["name"], &info["phone_number"]), (&json!(person.name), &json!(person.phone)));
    assert_eq!((&info["email"], &info["email_verified"]), (&json!("ouyang@mail.example"), &json!(true)));
    assert!(info["address"]["formatted"].as_str().unwrap().contains("天河区"));
    assert_eq!(info["official_number"], person.number.as_str());
}

#[tokio::test]
async fn a_token_may_stand_in_the_header_or_in_a_form_and_must_be_good() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    let token = tokens.text("access_token");
    let url = house.at("/userinfo");
    Answer::of(http().post(&url).form(&[("access_token", token)])).await.good();
    Answer::of(http().post(&url).bearer_auth(token)).await.good();
    let refused = Answer::of(http().get(format!("{url}?access_token={token}"))).await;
    assert_eq!(refused.status, 401, "never in a URL");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    let flipped = format!("{}x", &token[..token.len() - 1]);
    for bad in ["", "x", tokens.text("id_token"), tokens.text("refresh_token"), flipped.as_str()] {
        assert_eq!(party.userinfo(bad).await.status, 401);
    }
    house.pass(10 * MINUTE);
    assert_eq!(party.userinfo(token).await.refusal(), (401, "invalid_token"));
}

#[tokio::test]
async fn a_clients_own_token_names_no_person() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "grant_types": ["client_credentials"] })).await;
    let tokens = party.client_credentials().await.good();
    assert!(tokens["refresh_token"].is_null() && tokens["id_token"].is_null());
    assert_eq!(party.userinfo(tokens.text("access_token")).await.refusal(), (403, "insufficient_scope"));
    let told = party.introspect(tokens.text("access_token")).await.good();
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!(party.id)));
    assert_eq!(party.revoke(tokens.text("access_token")).await.status, 200);
    assert_eq!(party.introspect(tokens.text("access_token")).await.json, json!({ "active": false }));
}

#[tokio::test]
async fn introspection_tells_its_owner_all_a_resource_server_the_number_and_strangers_nothing() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let stranger = house.relying_party(json!({})).await;
    let counter = house.relying_party(json!({ "resource_server": true })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = party.tokens(&mut browser, "openid profile official_number").await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let own = party.introspect(access).await.good();
    assert_eq!(own["active"], true);
    assert_eq!((&own["client_id"], &own["token_type"]), (&json!(party.id), &json!("Bearer")));
    assert_eq!((&own["trust_level"], &own["acr"]), (&json!(3), &json!("urn:yihao:aal:1")));
    assert!(own["official_number"].is_null() && own["name"].is_null());
    let served = counter.introspect(access).await.good();
    assert_eq!((&served["official_number"], &served["name"]), (&json!(person.number), &json!(person.name)));
    assert_eq!(party.introspect(refresh).await.good()["active"], true);
    let nothing = json!({ "active": false });
    assert_eq!(stranger.introspect(access).await.json, nothing);
    assert_eq!(stranger.introspect(refresh).await.json, nothing);
    assert_eq!(counter.introspect(refresh).await.json, nothing, "not even a resource server");
    for garbage in ["x", tokens.text("id_token")] {
        assert_eq!(counter.introspect(garbage).await.json, nothing);
    }
    assert_eq!(party.post("/introspect", &[]).await.refusal(), (400, "invalid_request"));
    let public = house.relying_party_by(crate::support::Auth::Nothing, json!({})).await;
    assert_eq!(public.introspect(access).await.refusal(), (400, "unauthorized_client"));
    let nobody = party.post_bare("/introspect", &[("token", access)]).await;
    assert_eq!(nobody.refusal(), (401, "invalid_client"));
    // Without the scope there is no number, whoever asks.
    let tokens = party.tokens(&mut browser, "openid").await;
    assert!(counter.introspect(tokens.text("access_token")).await.good()["official_number"].is_null());
    house.pass(10 * MINUTE);
    assert_eq!(party.introspect(access).await.json, nothing);
}

#[tokio::test]
async fn revoking_either_token_ends_the_grant_and_no_other() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let kept = party.tokens(&mut browser, "openid").await;
    for which in ["access_token", "refresh_token"] {
        let tokens = party.tokens(&mut browser, "openid offline_access").await;
        assert_eq!(party.revoke(tokens.text(which)).await.status, 200);
        assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
        assert_eq!(party.refresh(tokens.text("refresh_token")).await.refusal(), (400, "invalid_grant"));
        assert_eq!(party.revoke(tokens.text(which)).await.status, 200, "again is no error");
    }
    party.userinfo(kept.text("access_token")).await.good();
    assert_eq!(party.revoke("never was a token").await.status, 200);
    assert_eq!(party.post("/revoke", &[]).await.refusal(), (400, "invalid_request"));
    assert_eq!(party.post_bare("/revoke", &[("token", "x")]).await.refusal(), (401, "invalid_client"));
}
