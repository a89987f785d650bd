//! What is bound to a key, from the code to the refresh token.

use serde_json::json;

use crate::support::{Auth, Browser, House, MINUTE, ProofKey, RelyingParty, claims_of};

async fn app(house: &House) -> RelyingParty {
    house.relying_party_by(Auth::Nothing, json!({ "channel": "mobile" })).await
}

#[tokio::test]
async fn an_app_signs_in_asks_who_it_is_and_refreshes_with_its_key() {
    let house = House::open().await;
    let (app, key) = (app(&house).await, ProofKey::new(&house));
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = app.bound_tokens(&mut browser, "openid profile", &key).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let access = tokens.text("access_token");
    assert_eq!(claims_of(access)["cnf"], json!({ "jkt": key.thumbprint() }));
    assert!(claims_of(tokens.text("id_token"))["cnf"].is_null(), "an ID token is shown to nobody");
    let info = app.userinfo_by("DPoP", access, &[key.proof("GET", "/userinfo", Some(access))]).await.good();
    assert!(info["name"].is_string());
    house.pass(10 * MINUTE);
    let proof = key.proof("POST", "/token", None);
    let next = app.refresh_proven(tokens.text("refresh_token"), &[proof]).await.good();
    let access = next.text("access_token");
    app.userinfo_by("dpop", access, &[key.proof("GET", "/userinfo", Some(access))]).await.good();
    let library = house.relying_party(json!({ "resource_server": true })).await;
    let told = library.introspect(access).await.good();
    assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&json!("DPoP"), &json!(key.thumbprint())));
}

#[tokio::test]
async fn a_bound_token_is_worth_nothing_to_a_thief() {
    let house = House::open().await;
    let (app, key, thief) = (app(&house).await, ProofKey::new(&house), ProofKey::new(&house));
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = app.bound_tokens(&mut browser, "openid", &key).await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let plain = app.userinfo(access).await;
    assert_eq!(plain.refusal(), (401, "invalid_token"));
    assert!(plain.header("www-authenticate").starts_with("DPoP error=\"invalid_token\", algs=\"ES256 "));
    let url = house.at("/userinfo");
    let form = crate::support::http().post(&url).form(&[("access_token", access)]);
    assert_eq!(crate::support::Answer::of(form).await.refusal(), (401, "invalid_token"));
    let bare = app.userinfo_by("DPoP", access, &[]).await;
    assert_eq!(bare.refusal(), (401, "invalid_dpop_proof"));
    assert!(bare.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""));
    let others = thief.proof("GET", "/userinfo", Some(access));
    assert_eq!(app.userinfo_by("DPoP", access, &[others]).await.refusal(), (401, "invalid_token"));
    // The refresh token neither: and the attempts take nothing away from the owner.
    assert_eq!(app.refresh(refresh).await.refusal(), (400, "invalid_dpop_proof"));
    let others = thief.proof("POST", "/token", None);
    assert_eq!(app.refresh_proven(refresh, &[others]).await.refusal(), (400, "invalid_grant"));
    app.refresh_proven(refresh, &[key.proof("POST", "/token", None)]).await.good();
}

#[tokio::test]
async fn an_unbound_token_is_not_shown_by_the_other_scheme() {
    let house = House::open().await;
    let (app, key) = (app(&house).await, ProofKey::new(&house));
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = app.tokens(&mut browser, "openid").await;
    assert_eq!(tokens["token_type"], "Bearer");
    let access = tokens.text("access_token");
    let proof = key.proof("GET", "/userinfo", Some(access));
    assert_eq!(app.userinfo_by("DPoP", access, &[proof]).await.refusal(), (401, "invalid_token"));
    app.userinfo(access).await.good();
    // It may become bound, and then stays so.
    let proof = key.proof("POST", "/token", None);
    let bound = app.refresh_proven(tokens.text("refresh_token"), &[proof]).await.good();
    assert_eq!(bound["token_type"], "DPoP");
    let refused = app.refresh(bound.text("refresh_token")).await;
    assert_eq!(refused.refusal(), (400, "invalid_dpop_proof"));
}

#[tokio::test]
async fn who_authenticates_may_change_the_key_but_not_do_without() {
    let house = House::open().await;
    let hall = house.relying_party(json!({})).await;
    let (first, second) = (ProofKey::new(&house), ProofKey::new(&house));
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let tokens = hall.bound_tokens(&mut browser, "openid", &first).await;
    let proof = second.proof("POST", "/token", None);
    let next = hall.refresh_proven(tokens.text("refresh_token"), &[proof]).await.good();
    let (old, new) = (tokens.text("access_token"), next.text("access_token"));
    assert_eq!(claims_of(new)["cnf"]["jkt"], second.thumbprint());
    for (token, key) in [(old, &first), (new, &second)] {
        hall.userinfo_by("DPoP", token, &[key.proof("GET", "/userinfo", Some(token))]).await.good();
    }
    let without = hall.refresh(next.text("refresh_token")).await;
    assert_eq!(without.refusal(), (400, "invalid_dpop_proof"));
}

#[tokio::test]
async fn a_code_may_name_the_key_that_it_is_for() {
    let house = House::open().await;
    let (app, key, other) = (app(&house).await, ProofKey::new(&house), ProofKey::new(&house));
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for (proof, answer) in [
        (vec![key.proof("POST", "/token", None)], 200),
        (vec![other.proof("POST", "/token", None)], 400),
        (vec![], 400),
    ] {
        let attempt = app.attempt("openid").with("dpop_jkt", key.thumbprint());
        let code = browser.open(&attempt.url()).await.authorization_code();
        let given = app.post_proven("/token", &app.redemption(&code, &attempt), &proof).await;
        assert_eq!(given.status, answer, "{}", given.json);
        if answer == 400 {
            assert_eq!(given["error"], "invalid_grant");
        }
    }
}

#[tokio::test]
async fn a_client_that_is_always_bound_gets_nothing_unbound() {
    let house = House::open().await;
    let always = json!({ "dpop_bound_access_tokens": true, "grant_types":
        ["authorization_code", "refresh_token", "client_credentials"] });
    let party = house.relying_party(always).await;
    let key = ProofKey::new(&house);
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid");
    let code = browser.open(&attempt.url()).await.authorization_code();
    assert_eq!(party.redeem(&code, &attempt).await.refusal(), (400, "invalid_dpop_proof"));
    // The refusal came before the code was looked at: it is still good.
    let proof = key.proof("POST", "/token", None);
    let tokens = party.post_proven("/token", &party.redemption(&code, &attempt), &[proof]).await.good();
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(party.client_credentials().await.refusal(), (400, "invalid_dpop_proof"));
    let proof = key.proof("POST", "/token", None);
    let own = party.post_proven("/token", &[("grant_type", "client_credentials")], &[proof]).await.good();
    assert_eq!(own["token_type"], "DPoP");
    let told = party.introspect(own.text("access_token")).await.good();
    assert_eq!(told["cnf"]["jkt"], key.thumbprint());
}
