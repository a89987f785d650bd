//! Consent and notice: asked for or told, by the client's legal basis.

use serde_json::json;

use crate::support::{Browser, House};

#[tokio::test]
async fn consent_is_asked_for_once_and_remembered() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "first_party": false, "client_name": "公积金中心" })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let attempt = party.attempt("openid profile phone official_number");
    let page = browser.open(&attempt.url()).await;
    page.is_at("/consent").sees("公积金中心").sees_not(&person.number).sees_not(&person.phone);
    assert!(page.has("#allow") && page.has("#deny"));
    // The sensitive field is asked for apart, and not ticked beforehand.
    assert!(page.has("input[name=agreed][value=official_number]:not([checked])"));
    let page = browser.submit("#consent", &[("decision", "allow")]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    assert_eq!(tokens["scope"], "openid profile phone");
    assert!(party.userinfo(tokens.text("access_token")).await.good()["official_number"].is_null());
    party.tokens(&mut browser, "openid profile phone official_number").await;
}

#[tokio::test]
async fn the_number_is_given_when_it_was_agreed_to_apart() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let attempt = party.attempt("openid official_number");
    browser.open(&attempt.url()).await.is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "allow"), ("agreed", "official_number")]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["official_number"], person.number.as_str());
    assert_eq!(info["official_number_kind"], "citizen-id");
}

#[tokio::test]
async fn who_denies_goes_back_with_nothing_and_is_asked_again_next_time() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    browser.open(&party.attempt("openid profile").url()).await.is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "deny")]).await;
    assert_eq!((page.error().as_str(), page.answer("code")), ("access_denied", None));
    browser.open(&party.attempt("openid profile").url()).await.is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "perhaps")]).await;
    assert_eq!(page.stays().status, 400);
}

#[tokio::test]
async fn a_notice_is_given_once_and_there_is_nothing_to_refuse() {
    let house = House::open().await;
    let person = house.person().await;
    let metadata = json!({ "first_party": false, "legal_basis": "statutory", "department": "省人社厅" });
    let party = house.relying_party(metadata).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let attempt = party.attempt("openid profile official_number");
    let page = browser.open(&attempt.url()).await;
    page.is_at("/consent").sees("省人社厅").sees_not(&person.number);
    assert!(page.has("#allow") && !page.has("#deny"));
    let refused = browser.submit("#consent", &[("decision", "deny")]).await;
    assert_eq!(refused.stays().status, 400);
    browser.open(&attempt.url()).await;
    let page = browser.submit("#consent", &[("decision", "allow")]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let info = party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["official_number"], person.number.as_str());
    party.tokens(&mut browser, "openid profile official_number").await;
}

#[tokio::test]
async fn prompt_consent_asks_even_who_has_agreed_and_even_for_a_first_party() {
    let house = House::open().await;
    let person = house.person().await;
    for first_party in [true, false] {
        let party = house.relying_party(json!({ "first_party": first_party })).await;
        house.agreed(&person, &party, "openid profile").await;
        let mut browser = Browser::signed_in(&house, &person).await;
        let attempt = party.attempt("openid profile").with("prompt", "consent");
        browser.open(&attempt.url()).await.is_at("/consent");
        let page = browser.submit("#consent", &[("decision", "allow")]).await;
        party.redeem(&page.authorization_code(), &attempt).await.good();
    }
}

/// Another browser's consent form, or a form about another Ask, decides nothing here.
#[tokio::test]
async fn a_decision_is_taken_only_from_the_browser_that_was_asked() {
    let house = House::open().await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut victim = Browser::signed_in(&house, &house.person().await).await;
    let mut attacker = Browser::signed_in(&house, &house.person().await).await;
    let page = attacker.open(&party.attempt("openid").url()).await;
    let ask = page.url.query_pairs().next().unwrap().1.into_owned();
    victim.open(&party.attempt("openid profile").url()).await.is_at("/consent");
    let page = victim.submit("#consent", &[("decision", "allow"), ("ask", &ask)]).await;
    assert_eq!(page.stays().code().as_deref(), Some("ask_expired"));
}
