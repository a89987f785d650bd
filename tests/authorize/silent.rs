//! Where somebody is signed in: who passes unseen, and who must show themselves.

use serde_json::json;
use yihao::base::{AuthenticationLevel, TrustLevel};

use crate::support::open_id::WellMade;
use crate::support::{Browser, HOUR, House, MINUTE, claims_of};

/// The main journey, by a client that we did not write.
#[tokio::test]
async fn a_well_made_client_signs_a_person_in_refreshes_and_asks_who_it_is() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let hall = WellMade::discovers(&house, &party).await;
    let signed_in = hall.signs_in(&mut browser, &["openid", "profile", "phone"]).await;
    assert_eq!(signed_in.claims.auth_context_ref().unwrap().as_str(), "urn:yihao:aal:1");
    assert_eq!(signed_in.claims.auth_method_refs().unwrap()[0].as_str(), "pwd");
    assert!(signed_in.claims.auth_time().is_some());
    let claims = claims_of(&signed_in.id_token.to_string());
    assert_eq!((&claims["trust_level"], &claims["channel"]), (&json!(3), &json!("hall")));
    let info = hall.userinfo(&signed_in).await;
    assert_eq!(info.name().unwrap().get(None).unwrap().as_str(), person.name);
    assert_eq!(info.phone_number().unwrap().as_str(), person.phone);

    house.pass(MINUTE);
    let refreshed = hall.refreshes(&signed_in).await;
    assert_eq!(hall.userinfo(&refreshed).await.subject(), signed_in.claims.subject());
    assert_eq!(refreshed.claims.auth_time(), signed_in.claims.auth_time());
}

#[tokio::test]
async fn a_second_relying_system_gets_its_own_subject_without_a_page() {
    let house = House::open().await;
    let person = house.person().await;
    let (hall, taxes) = (house.relying_party(json!({})).await, house.relying_party(json!({})).await);
    let mut browser = Browser::signed_in(&house, &person).await;
    let first = claims_of(hall.tokens(&mut browser, "openid").await.text("id_token"));
    let second = claims_of(taxes.tokens(&mut browser, "openid").await.text("id_token"));
    assert_ne!(first["sub"], second["sub"]);
    assert_eq!(first["auth_time"], second["auth_time"]);
    let again = claims_of(hall.tokens(&mut browser, "openid").await.text("id_token"));
    assert_eq!(first["sub"], again["sub"]);
}

#[tokio::test]
async fn public_subjects_are_the_same_everywhere_and_a_sector_shares_one() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let mut sub = async |metadata| {
        let party = house.relying_party(metadata).await;
        claims_of(party.tokens(&mut browser, "openid").await.text("id_token"))["sub"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let public = sub(json!({ "subject_type": "public" })).await;
    assert_eq!(public, sub(json!({ "subject_type": "public" })).await);
    let sector = json!({ "redirect_uris": ["https://one.example/a"] });
    let pairwise = sub(sector.clone()).await;
    assert_eq!(pairwise, sub(json!({ "redirect_uris": ["https://one.example/b"] })).await);
    assert_ne!(public, pairwise);
    assert!(!public.contains(&person.id.to_string()) && pairwise != person.id.to_string());
}

#[tokio::test]
async fn the_answer_carries_state_and_issuer_and_keeps_the_query_of_the_redirect_uri() {
    let house = House::open().await;
    let uri = "https://hall.example/cb?tenant=%E7%B2%A4&x=1";
    let party = house.relying_party(json!({ "redirect_uris": [uri] })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid").with("state", "a b&c=d+粤");
    let page = browser.open(&attempt.url()).await;
    assert_eq!(page.answer("state").as_deref(), Some("a b&c=d+粤"));
    assert_eq!(page.answer("iss").as_deref(), Some(house.app.config.issuer()));
    assert_eq!((page.answer("tenant").as_deref(), page.answer("x").as_deref()), (Some("粤"), Some("1")));
    assert!(page.left_for().as_str().starts_with(uri));
    let code = page.authorization_code();
    assert!(party.redeem(&code, &attempt).await.good()["id_token"].is_string());
}

#[tokio::test]
async fn the_request_may_be_posted() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    let attempt = party.attempt("openid");
    let code = browser.post("/authorize", &attempt.params).await.authorization_code();
    party.redeem(&code, &attempt).await.good();
}

#[tokio::test]
async fn without_a_session_prompt_none_is_refused_and_others_sign_in() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    let attempt = party.attempt("openid");
    let page = browser.open(&attempt.clone().with("prompt", "none").url()).await;
    assert_eq!(page.error(), "login_required");
    assert_eq!(page.answer("state").as_deref(), Some(attempt.get("state")));
    browser.open(&attempt.url()).await.is_at("/sign-in");
}

#[tokio::test]
async fn a_wish_for_a_fresh_sign_in_is_granted_once() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    house.pass(MINUTE);
    for (name, value) in
        [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0"), ("max_age", "59")]
    {
        let page = browser.open(&party.attempt("openid").with(name, value).url()).await;
        page.is_at("/sign-in");
        let back = format!("/authorize/{}", page.url.query_pairs().next().unwrap().1);
        browser.open(&back).await.is_at("/sign-in");
        house.pass(MINUTE);
        browser.change_to(&house, &person).await;
        assert!(browser.open(&back).await.authorization_code().len() > 20);
        browser.open(&back).await.stays();
        house.pass(MINUTE);
    }
    let attempt = party.attempt("openid").with("max_age", "3600");
    browser.open(&attempt.url()).await.authorization_code();
    let attempt = party.attempt("openid").with("max_age", "59").with("prompt", "none");
    assert_eq!(browser.open(&attempt.url()).await.error(), "login_required");
}

#[tokio::test]
async fn a_client_may_always_want_sign_ins_of_a_certain_age() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "default_max_age": 300 })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    party.tokens(&mut browser, "openid").await;
    house.pass(6 * MINUTE);
    browser.open(&party.attempt("openid").url()).await.is_at("/sign-in");
    // What the request says goes before what the client said of itself.
    let attempt = party.attempt("openid").with("max_age", "3600");
    browser.open(&attempt.url()).await.authorization_code();
}

#[tokio::test]
async fn a_hint_means_one_person_and_no_other() {
    let house = House::open().await;
    let (right, other) = (house.person().await, house.person().await);
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &right).await;
    let hint = party.tokens(&mut browser, "openid").await.text("id_token").to_owned();
    // Also long after it has expired.
    house.pass(HOUR / 2);
    let attempt = || party.attempt("openid").with("id_token_hint", hint.as_str());
    browser.open(&attempt().url()).await.authorization_code();
    browser.open(&attempt().with("prompt", "none").url()).await.authorization_code();
    browser.change_to(&house, &other).await;
    assert_eq!(browser.open(&attempt().with("prompt", "none").url()).await.error(), "login_required");
    browser.open(&attempt().url()).await.is_at("/sign-in");
    // Another client's hint, and a token that is no ID token, are mistakes.
    let stranger = house.relying_party(json!({})).await;
    let page = browser.open(&stranger.attempt("openid").with("id_token_hint", hint.as_str()).url()).await;
    assert_eq!(page.error(), "invalid_request");
    let access = party.tokens(&mut browser, "openid").await.text("access_token").to_owned();
    let page = browser.open(&party.attempt("openid").with("id_token_hint", access).url()).await;
    assert_eq!(page.error(), "invalid_request");
}

#[tokio::test]
async fn demanded_levels_are_met_or_refused_and_wished_ones_are_not_demanded() {
    let house = House::open().await;
    let person = house.person_at(TrustLevel::Matched).await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let asks = async |browser: &mut Browser, claim: serde_json::Value, prompt: &str| {
        let claims = json!({ "id_token": claim }).to_string();
        browser.open(&party.attempt("openid").with("claims", claims).with("prompt", prompt).url()).await
    };
    let essential = |values: serde_json::Value| json!({ "essential": true, "values": values });
    let trust = |values| json!({ "trust_level": essential(values) });
    let acr = |values| json!({ "acr": essential(values) });
    for good in [
        trust(json!([3, 4, 5])),
        trust(json!([2])),
        acr(json!(["urn:yihao:aal:1"])),
        acr(json!(["x", "urn:yihao:aal:2"])),
    ] {
        asks(&mut browser, good, "none").await.authorization_code();
    }
    let unmet = "unmet_authentication_requirements";
    assert_eq!(asks(&mut browser, trust(json!([4, 5])), "none").await.error(), "interaction_required");
    asks(&mut browser, trust(json!([4, 5])), "").await.is_at("/raise");
    assert_eq!(browser.submit("#raise-leave", &[]).await.error(), unmet);
    assert_eq!(
        asks(&mut browser, acr(json!(["urn:yihao:aal:3"])), "none").await.error(),
        "interaction_required"
    );
    asks(&mut browser, acr(json!(["urn:yihao:aal:3"])), "").await.is_at("/second-factor");
    assert_eq!(asks(&mut browser, acr(json!(["urn:other:gold"])), "").await.error(), unmet);
    assert_eq!(
        asks(&mut browser, json!({ "trust_level": { "values": [5] } }), "none").await.answer("error"),
        None
    );
    let wished = party.attempt("openid").with("acr_values", "urn:yihao:aal:3").with("prompt", "none");
    browser.open(&wished.url()).await.authorization_code();
}

#[tokio::test]
async fn a_clients_policy_demands_levels_too() {
    let house = House::open().await;
    let mut browser = Browser::signed_in(&house, &house.person_at(TrustLevel::Asserted).await).await;
    let party = house.relying_party(json!({ "min_trust": 3 })).await;
    browser.open(&party.attempt("openid").url()).await.is_at("/raise");
    let page = browser.submit("#raise-leave", &[]).await;
    assert_eq!(page.error(), "unmet_authentication_requirements");
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    browser.open(&party.attempt("openid").url()).await.is_at("/second-factor");
}

#[tokio::test]
async fn where_consent_is_needed_silence_is_refused_by_its_own_code() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    for (basis, code) in [("consent", "consent_required"), ("statutory", "interaction_required")] {
        let party = house.relying_party(json!({ "first_party": false, "legal_basis": basis })).await;
        let silent = || party.attempt("openid profile").with("prompt", "none");
        assert_eq!(browser.open(&silent().url()).await.error(), code);
        browser.open(&party.attempt("openid profile").url()).await.is_at("/consent");
        house.agreed(&person, &party, "openid profile").await;
        browser.open(&silent().url()).await.authorization_code();
        // More than was asked before is asked for.
        let more = party.attempt("openid profile phone").with("prompt", "none");
        assert_eq!(browser.open(&more.url()).await.error(), code);
        browser.open(&party.attempt("openid").with("prompt", "consent").url()).await.is_at("/consent");
    }
}

#[tokio::test]
async fn what_was_not_agreed_to_is_not_given() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let scopes = yihao::base::Scopes::parse;
    let answer = yihao::grant::Consent {
        asked: scopes("openid profile official_number"),
        allowed: scopes("openid profile"),
    };
    let basis = yihao::client::LegalBasis::Consent;
    let (keys, visit) = (house.app.keys.data(), house.visit());
    yihao::grant::record_consent(&mut tx, &keys, &visit, (person.id, person.id), &party.id, answer, basis)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let claims = json!({ "userinfo": { "official_number": { "essential": true } } }).to_string();
    let attempt = party.attempt("openid profile official_number").with("claims", claims);
    let code = browser.open(&attempt.url()).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    assert_eq!(tokens["scope"], "openid profile");
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["name"], person.name.as_str());
    assert!(info["official_number"].is_null());
}

/// Whoever else can claim the address must not get a code unseen (RFC 8252 section 8.6).
#[tokio::test]
async fn an_app_on_a_scheme_of_its_own_is_always_asked_for() {
    let house = House::open().await;
    let metadata = json!({ "redirect_uris": ["gov.example.app:/cb"], "application_type": "native" });
    let party = house.relying_party(metadata).await;
    let person = house.person().await;
    house.agreed(&person, &party, "openid").await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(&party.attempt("openid").url()).await.is_at("/consent");
    let page = browser.open(&party.attempt("openid").with("prompt", "none").url()).await;
    assert_eq!(page.error(), "consent_required");
}

#[tokio::test]
async fn an_idle_session_and_an_old_one_are_over() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let silent = || party.attempt("openid").with("prompt", "none").url();
    // In use it goes on for hours, up to the longest.
    for _ in 0..13 {
        house.pass(50 * MINUTE);
        browser.open(&silent()).await.authorization_code();
    }
    house.pass(2 * HOUR);
    assert_eq!(browser.open(&silent()).await.error(), "login_required");
    let mut browser = Browser::signed_in(&house, &person).await;
    house.pass(61 * MINUTE);
    assert_eq!(browser.open(&silent()).await.error(), "login_required");
}

#[tokio::test]
async fn another_browser_cannot_go_on_with_what_this_one_began() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut victim = Browser::signed_in(&house, &house.person().await).await;
    let mut attacker = Browser::new(&house);
    let page = attacker.open(&party.attempt("openid").url()).await;
    let back = format!("/authorize/{}", page.url.query_pairs().next().unwrap().1);
    assert_eq!(victim.open(&back).await.stays().status, 410);
    assert_eq!(victim.open("/authorize/made-up").await.stays().status, 410);
    house.pass(31 * MINUTE);
    assert_eq!(attacker.open(&back).await.stays().status, 410);
}
