//! What a person sees and decides about their own account.

use serde_json::json;
use yihao::base::AuthenticationLevel;

use crate::support::{Browser, House, claims_of};

#[tokio::test]
async fn who_received_which_data_is_told() {
    let house = House::open().await;
    let person = house.person().await;
    let hall = house
        .relying_party(json!({ "client_name": "社保查询", "legal_basis": "statutory", "first_party": false }))
        .await;
    let library = house.relying_party(json!({ "client_name": "证照库", "resource_server": true })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let attempt = hall.attempt("openid profile official_number");
    browser.open(&attempt.url()).await.is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "allow")]).await;
    let tokens = hall.redeem(&page.authorization_code(), &attempt).await.good();
    let page = browser.open("/account/history").await;
    page.sees("社保查询").sees("姓名").sees("证件号码").sees("依法取得").sees_not("证照库");
    for _ in 0..3 {
        assert_eq!(library.introspect(tokens.text("access_token")).await["active"], true);
    }
    let page = browser.open("/account/history").await;
    assert_eq!(page.html.matches("证照库").count(), 1, "once a service, however often it asks");
    page.sees_not(&person.number);
    let mut other = Browser::signed_in(&house, &house.person().await).await;
    other.open("/account/history").await.sees_not("社保查询");
}

#[tokio::test]
async fn a_consent_is_withdrawn_and_what_rested_on_it_ends() {
    let house = House::open().await;
    let person = house.person().await;
    let asked = house.relying_party(json!({ "client_name": "停车缴费", "first_party": false })).await;
    let by_law = json!({ "client_name": "社保查询", "legal_basis": "statutory", "first_party": false });
    let by_law = house.relying_party(by_law).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let mut tokens = Vec::new();
    for party in [&asked, &by_law] {
        let attempt = party.attempt("openid profile");
        browser.open(&attempt.url()).await.is_at("/consent");
        let page = browser.submit("#consent", &[("decision", "allow")]).await;
        tokens.push(party.redeem(&page.authorization_code(), &attempt).await.good());
    }
    let page = browser.open("/account/consents").await;
    page.sees("停车缴费").sees("社保查询");
    assert_eq!(page.ids("form[id^=withdraw-]").len(), 1, "what the law gives is not taken back here");
    let form = page.first_id("form[id^=withdraw-]").unwrap();
    browser.submit(&format!("#{form}"), &[]).await.is_at("/account/consents").sees_not("停车缴费");
    assert_eq!(asked.userinfo(tokens[0].text("access_token")).await.status, 401);
    assert_eq!(asked.refresh(tokens[0].text("refresh_token")).await.status, 400);
    by_law.userinfo(tokens[1].text("access_token")).await.good();
    browser.open(&asked.attempt("openid profile").url()).await.is_at("/consent");
}

#[tokio::test]
async fn a_copy_of_everything_goes_to_who_has_just_shown_to_be_the_owner() {
    let house = House::open().await;
    let person = house.person().await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    hall.tokens(&mut browser, "openid profile").await;
    browser.open("/account/data").await.is_at("/second-factor");
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let page = browser.open("/account/data").await;
    assert!(page.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let copy: serde_json::Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!(copy["person"]["official_number"], person.number.as_str());
    assert_eq!(copy["person"]["phone"], person.phone.as_str());
    assert_eq!(copy["evidence"][0]["method"], "operator");
    assert_eq!(copy["disclosures"][0]["client"], hall.id.as_str());
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_closed_account_opens_nothing_and_its_number_is_free() {
    let house = House::open().await;
    let person = house.person().await;
    let hall = house.relying_party(json!({})).await;
    let mut elsewhere = Browser::signed_in(&house, &person).await;
    let tokens = hall.tokens(&mut elsewhere, "openid offline_access").await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open("/account/close").await.is_at("/second-factor");
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    browser.open("/account/close").await.is_at("/account/close");
    browser.submit("#close", &[]).await.is_at("/account/close");
    browser.submit("#close", &[("sure", "on")]).await.is_at("/signed-out");
    for browser in [&mut browser, &mut elsewhere] {
        browser.open("/account").await.is_at("/sign-in");
    }
    assert_eq!(hall.refresh(tokens.text("refresh_token")).await.status, 400);
    assert_eq!(hall.userinfo(tokens.text("access_token")).await.status, 401);
    let mut again = Browser::new(&house);
    again.open("/sign-in").await;
    let fields = [("identifier", person.number.as_str()), ("password", &person.password)];
    assert_eq!(again.submit("#sign-in", &fields).await.code().as_deref(), Some("sign-in-refused"));
    // Who registers with it anew is somebody else to every relying system.
    house.registers.know(&person.number, &person.name, "13800030001");
    let mut browser = Browser::new(&house);
    browser.open("/register").await;
    crate::register::proves(&house, &mut browser, "13800030001").await;
    crate::register::names(&mut browser, &person.name, &person.number).await.is_at("/register/password");
    browser.submit("#register-password", &[("password", crate::register::PASSWORD)]).await;
    let new = hall.tokens(&mut browser, "openid").await;
    assert_ne!(claims_of(new.text("id_token"))["sub"], claims_of(tokens.text("id_token"))["sub"]);
}
