//! Acting for another person: a helper of somebody who asked for one.

use serde_json::json;

use super::{UNTIL, id_claims, proven, sign_in_for};
use crate::support::{Browser, House, MINUTE};

const SCOPE: &str = "openid profile phone official_number represented";

#[tokio::test]
async fn a_helper_acts_for_an_elderly_person_until_they_say_no() {
    let house = House::open().await;
    let (elder, helper) = (house.person().await, house.person().await);
    let mut browser = proven(&house, &elder).await;
    browser.open("/account/helpers/add").await;
    let to = [("name", helper.name.as_str()), ("number", &helper.number), ("until", UNTIL)];
    browser.submit("#mandate", &to).await.is_at("/account/organizations").sees("等待对方确认");
    let mut theirs = proven(&house, &helper).await;
    super::accept(&mut theirs).await.sees_not(&elder.number);
    let hall = house.relying_party(json!({})).await;
    let tokens = sign_in_for(&mut theirs, &hall, SCOPE).await;
    assert_eq!(id_claims(&tokens)["mandate"]["role"], "helper");
    let info = hall.userinfo(tokens["access_token"].as_str().unwrap()).await.good();
    assert_eq!(info["official_number"], elder.number.as_str());
    assert!(info["phone_number"].is_null(), "how to reach them is not the helper's to give away");
    // Whoever asks for organizations only is shown none of this.
    assert!(id_claims(&hall.tokens(&mut theirs, super::SCOPE).await.json)["act"].is_null());

    let page = browser.open("/account/organizations").await;
    let form = page.first_id("form[id^=mandate-end-]").unwrap();
    browser.submit(&format!("#{form}"), &[]).await;
    assert_eq!(hall.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
}

/// Letting others act, and saying yes to it, asks for the second factor; who has none is not shut out, and
/// ending asks for nothing.
#[tokio::test]
async fn a_password_alone_gives_and_accepts_nothing_where_there_is_more() {
    let house = House::open().await;
    let (elder, helper) = (house.person_without_phone().await, house.person().await);
    // The elder has nothing but the password.
    let mut browser = Browser::signed_in(&house, &elder).await;
    browser.open("/account/helpers/add").await.is_at("/account/helpers/add");
    let to = [("name", helper.name.as_str()), ("number", &helper.number), ("until", UNTIL)];
    browser.submit("#mandate", &to).await.is_at("/account/organizations").sees("等待对方确认");
    // The helper has a phone, and confirms by it.
    let mut theirs = Browser::signed_in(&house, &helper).await;
    super::accept(&mut theirs).await.is_at("/second-factor");
    let page = crate::factors::confirms_by_sms(&house, &mut theirs, &helper).await;
    page.is_at("/account/organizations");
    super::accept(&mut theirs).await.is_at("/account/organizations");
    // Half an hour later they may still end it, and give nothing.
    house.pass(MINUTE * 30);
    let page = theirs.open("/account/helpers/add").await;
    page.is_at("/second-factor");
    let page = theirs.open("/account/organizations").await;
    let form = page.first_id("form[id^=mandate-end-]").unwrap();
    let page = theirs.submit(&format!("#{form}"), &[]).await;
    assert!(!page.is_at("/account/organizations").has("form[id^=mandate-end-]"));
}

#[tokio::test]
async fn a_representative_confirms_and_goes_on_where_they_were() {
    let house = House::open().await;
    let person = house.person().await;
    let (_, organization) = house.organization("珠海轮船有限公司", &person).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let grant = format!("/account/organizations/{organization}/grant");
    browser.open(&grant).await.is_at("/second-factor");
    crate::factors::confirms_by_sms(&house, &mut browser, &person).await.is_at(&grant);
    for page in ["/account/organizations/add", "/account/helpers/add"] {
        Browser::signed_in(&house, &person).await.open(page).await.is_at("/second-factor");
    }
    let nowhere = format!("/second-factor?to=/account/organizations/{organization}/elsewhere");
    browser.open(&nowhere).await.is_at("/account");
}
