//! As whom: chosen once a session, changed without a new sign-in, never silently.

use serde_json::json;

use super::{SCOPE, handler_of, id_claims, invite, proven, sign_in_for};
use crate::support::{HOUR, House};

#[tokio::test]
async fn a_handler_is_granted_accepts_signs_in_and_is_ended_mid_session() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("东莞电子有限公司", &representative).await;
    let (handler, mut browser) = handler_of(&house, &representative, organization).await;
    let hall = house.relying_party(json!({ "client_name": "网上办事大厅" })).await;
    let own = hall.tokens(&mut browser, "openid").await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let claims = id_claims(&tokens);
    assert_eq!(claims["mandate"]["role"], "handler");
    let refreshed = hall.refresh(tokens["refresh_token"].as_str().unwrap()).await.good();
    assert_eq!(id_claims(&refreshed.json)["sub"], claims["sub"], "a refresh never changes the subject");

    // The organization sees what was done in its name, and ends it.
    let mut grantor = proven(&house, &representative).await;
    let page = grantor.open(&format!("/account/organizations/{organization}")).await;
    page.sees("网上办事大厅").sees_not(&handler.number);
    let form = page.first_id("form[id^=mandate-end-]").expect("a handler to end");
    grantor.submit(&format!("#{form}"), &[]).await.is_at(&format!("/account/organizations/{organization}"));

    let refused = hall.refresh(refreshed.text("refresh_token")).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant"));
    assert_eq!(hall.userinfo(refreshed.text("access_token")).await.status, 401);
    // The handler's own sessions and tokens live on.
    hall.refresh(own.text("refresh_token")).await.good();
    let again = hall.tokens(&mut browser, SCOPE).await;
    assert!(id_claims(&again.json)["act"].is_null(), "nobody is left to act for");
}

#[tokio::test]
async fn switching_needs_no_new_sign_in() {
    let house = House::open().await;
    let person = house.person().await;
    house.organization("中山灯饰厂", &person).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &person).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;

    let attempt = hall.attempt(SCOPE).with("prompt", "select_account");
    browser.open(&attempt.url()).await.is_at("/capacity");
    let page = browser.submit("#capacity", &[("capacity", "")]).await;
    assert_eq!(page.stays().code().as_deref(), Some("capacity-missing"));
    let page = browser.submit("#capacity", &[("capacity", "self")]).await;
    let claims = id_claims(&hall.redeem(&page.authorization_code(), &attempt).await.good().json);
    assert_eq!(claims["sub"], id_claims(&tokens)["act"]["sub"]);
    assert!(claims["act"].is_null());
    // What was chosen last goes on; the first grant keeps its own subject.
    assert!(id_claims(&hall.tokens(&mut browser, SCOPE).await.json)["act"].is_null());
    let refreshed = hall.refresh(tokens["refresh_token"].as_str().unwrap()).await.good();
    assert_eq!(id_claims(&refreshed.json)["sub"], id_claims(&tokens)["sub"]);
}

#[tokio::test]
async fn without_a_page_the_choice_is_an_error_and_a_hint_makes_it() {
    let house = House::open().await;
    let person = house.person().await;
    house.organization("惠州制药有限公司", &person).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &person).await;
    let own = hall.tokens(&mut browser, "openid").await;
    let silent = || hall.attempt(SCOPE).with("prompt", "none");
    assert_eq!(browser.open(&silent().url()).await.error(), "interaction_required");

    let acting = sign_in_for(&mut browser, &hall, SCOPE).await;
    let mut elsewhere = proven(&house, &person).await;
    for hint in [own.text("id_token"), acting["id_token"].as_str().unwrap()] {
        let attempt = silent().with("id_token_hint", hint);
        let code = elsewhere.open(&attempt.url()).await.authorization_code();
        let tokens = hall.redeem(&code, &attempt).await.good();
        assert_eq!(id_claims(&tokens.json)["sub"], super::claims_of(hint)["sub"]);
    }
    // A hint that means somebody else's capacity, or one that is over, is nobody's.
    let mut stranger = proven(&house, &house.person().await).await;
    let attempt = silent().with("id_token_hint", acting["id_token"].as_str().unwrap());
    assert_eq!(stranger.open(&attempt.url()).await.error(), "login_required");
}

#[tokio::test]
async fn a_mandate_that_begins_later_lets_nobody_act_before() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("云浮石材有限公司", &representative).await;
    let handler = house.person().await;
    let mut grantor = proven(&house, &representative).await;
    let today = house.clock.now().day();
    let from = today.checked_add(jiff::Span::new().days(7)).unwrap().to_string();
    let page = invite(&mut grantor, organization, &handler, &[("from", "soon")]).await;
    assert_eq!(page.code().as_deref(), Some("period-wrong"));
    let before_it_begins = [("from", from.as_str()), ("until", &today.to_string())];
    let page = invite(&mut grantor, organization, &handler, &before_it_begins).await;
    assert_eq!(page.code().as_deref(), Some("period-wrong"));
    invite(&mut grantor, organization, &handler, &[("from", &from)]).await.sees("起");
    let mut browser = proven(&house, &handler).await;
    super::accept(&mut browser).await;
    let hall = house.relying_party(json!({})).await;
    assert!(id_claims(&hall.tokens(&mut browser, SCOPE).await.json)["act"].is_null());
    house.pass(8 * 24 * HOUR);
    let mut browser = proven(&house, &handler).await;
    assert!(id_claims(&sign_in_for(&mut browser, &hall, SCOPE).await)["act"].is_object());
}

#[tokio::test]
async fn a_token_never_outlives_its_mandate() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("江门陶瓷有限公司", &representative).await;
    let handler = house.person().await;
    let mut grantor = proven(&house, &representative).await;
    let today = house.clock.now().day().to_string();
    invite(&mut grantor, organization, &handler, &[("role", "handler"), ("until", &today)]).await;
    let mut browser = proven(&house, &handler).await;
    super::accept(&mut browser).await;
    let end = yihao::base::Moment::of_day(house.clock.now().day().tomorrow().unwrap()).unwrap();
    // Five minutes before midnight, when it ends.
    house.pass(end.since(house.clock.now()) - std::time::Duration::from_secs(300));
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &handler).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let claims = id_claims(&tokens);
    assert_eq!((&claims["exp"], &claims["mandate"]["exp"]), (&json!(end.seconds()), &json!(end.seconds())));
    assert!(tokens["expires_in"].as_u64().unwrap() <= 300);
    house.pass(HOUR / 12);
    assert_eq!(hall.refresh(tokens["refresh_token"].as_str().unwrap()).await.status, 400);
}

#[tokio::test]
async fn consent_belongs_to_the_capacity() {
    let house = House::open().await;
    let person = house.person().await;
    let (code, _) = house.organization("肇庆食品有限公司", &person).await;
    let party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = proven(&house, &person).await;
    let attempt = party.attempt(SCOPE);
    let page = browser.open(&attempt.url()).await;
    let choice = page.attribute("#capacity input:not([value=self])[type=radio]", "value").unwrap();
    let page = browser.submit("#capacity", &[("capacity", &choice)]).await;
    page.is_at("/consent").sees("肇庆食品有限公司").sees_not(&code).sees_not(&person.name);
    let page = browser.submit("#consent", &[("decision", "allow"), ("agreed", "official_number")]).await;
    party.redeem(&page.authorization_code(), &attempt).await.good();
    // Agreed to for the enterprise, and not for the person.
    party.tokens(&mut browser, SCOPE).await;
    browser.open(&party.attempt("openid profile").url()).await.is_at("/consent");
}
