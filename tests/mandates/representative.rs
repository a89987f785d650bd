//! The register names the representative, and dismisses them.

use serde_json::json;

use super::{SCOPE, id_claims, proven, sign_in_for};
use crate::support::registers::Fault;
use crate::support::{HOUR, House};

#[tokio::test]
async fn the_representative_signs_in_for_the_enterprise() {
    let house = House::open().await;
    let person = house.person().await;
    let (code, _) = house.organization("广州云山软件有限公司", &person).await;
    let (hall, library) = (house.relying_party(json!({})).await, house.relying_party(json!({})).await);
    let mut browser = proven(&house, &person).await;
    let own = id_claims(&hall.tokens(&mut browser, "openid").await.json);

    let attempt = hall.attempt(SCOPE);
    let page = browser.open(&attempt.url()).await;
    page.is_at("/capacity").sees("广州云山软件有限公司").sees_not(&code);
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let claims = id_claims(&tokens);
    assert_ne!(claims["sub"], own["sub"]);
    assert_eq!(claims["act"]["sub"], own["sub"], "who acted, by the name that the hall knows them by");
    assert_eq!(claims["mandate"]["role"], "legal-representative");
    assert_eq!(claims["mandate"]["scope"], json!(["*"]));
    assert_eq!((&claims["acr"], &claims["trust_level"]), (&json!("urn:yihao:aal:2"), &json!(3)));
    assert!(!claims.to_string().contains(&code), "the number does not travel");
    assert_eq!(tokens["scope"], "openid profile official_number organization");

    let info = hall.userinfo(tokens["access_token"].as_str().unwrap()).await.good();
    assert_eq!(info["credit_code"], code.as_str());
    assert_eq!(info["official_number"], code.as_str());
    assert_eq!(info["official_number_kind"], "credit-code");
    assert_eq!(info["organization_name"], "广州云山软件有限公司");
    assert_eq!(info["act"]["sub"], own["sub"]);
    assert!(info["phone_number"].is_null());

    // Silently known at the next relying system, under names that only it uses.
    let there = id_claims(&library.tokens(&mut browser, SCOPE).await.json);
    assert_eq!(there["mandate"]["id"], claims["mandate"]["id"]);
    assert_ne!(there["sub"], claims["sub"]);
    assert_ne!(there["act"]["sub"], claims["act"]["sub"]);
    // Who does not ask for a capacity gets the person.
    assert_eq!(id_claims(&hall.tokens(&mut browser, "openid").await.json)["sub"], own["sub"]);
}

#[tokio::test]
async fn the_old_representatives_tokens_die_within_one_sync() {
    let house = House::open().await;
    let (old, new) = (house.person().await, house.person().await);
    let (code, _) = house.organization("珠海香洲渔业合作社", &old).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &old).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let own = hall.tokens(&mut browser, "openid").await;
    let access = tokens["access_token"].as_str().unwrap();

    house.registers.change_representative(&code, (&new.name, &new.number));
    house.pass(25 * HOUR);
    // The night in which the register does not answer changes nothing.
    house.registers.fail(Some(Fault::Down));
    assert_eq!(yihao::duties::check_organizations(&house.app).await.unwrap(), 0);
    house.registers.fail(None);
    house.pass(25 * HOUR);
    assert_eq!(yihao::duties::check_organizations(&house.app).await.unwrap(), 1);

    let refused = hall.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant"));
    assert_eq!(hall.userinfo(access).await.status, 401);
    assert_eq!(hall.introspect(access).await["active"], false);
    drop(own);

    // Nobody has to do anything for the new one.
    let mut browser = proven(&house, &new).await;
    let claims = id_claims(&sign_in_for(&mut browser, &hall, SCOPE).await);
    assert_eq!(claims["mandate"]["role"], "legal-representative");
    assert_eq!(claims["sub"], id_claims(&tokens)["sub"], "the enterprise is the same subject");
    let mut browser = proven(&house, &old).await;
    let attempt = hall.attempt(SCOPE);
    let code = browser.open(&attempt.url()).await.authorization_code();
    let claims = id_claims(&hall.redeem(&code, &attempt).await.good().json);
    assert!(claims["act"].is_null() && claims["mandate"].is_null());
}

#[tokio::test]
async fn whom_the_register_does_not_name_represents_nobody() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let theirs = house.know_organization("佛山顺德家具厂", &other);
    let unknown = crate::support::operator::credit_code().as_str().to_owned();
    let closed = house.know_organization("已注销的公司", &person);
    house.registers.change_organization(&closed, json!({ "status": "注销" }));
    let mut browser = proven(&house, &person).await;
    for code in [&theirs, &unknown, &closed] {
        browser.open("/account/organizations/add").await;
        let page = browser.submit("#organization", &[("credit_code", code)]).await;
        assert_eq!(page.stays().code().as_deref(), Some("not-representative"));
    }
    for (code, wrong) in [("", "credit-code-missing"), ("91440101000000000X", "credit-code-mistyped")] {
        let page = browser.submit("#organization", &[("credit_code", code)]).await;
        assert_eq!(page.code().as_deref(), Some(wrong));
    }
    house.registers.fail(Some(Fault::Down));
    let page = browser.submit("#organization", &[("credit_code", &theirs)]).await;
    assert_eq!(page.code().as_deref(), Some("register-silent"));
}
