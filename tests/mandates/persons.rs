//! Acting for another person: a helper of somebody who asked for one.

use serde_json::json;

use super::{UNTIL, id_claims, sign_in_for};
use crate::support::{Browser, House};

const SCOPE: &str = "openid profile phone official_number represented";

#[tokio::test]
async fn a_helper_acts_for_an_elderly_person_until_they_say_no() {
    let house = House::open().await;
    let (elder, helper) = (house.person().await, house.person().await);
    let mut browser = Browser::signed_in(&house, &elder).await;
    browser.open("/account/helpers/add").await;
    let to = [("name", helper.name.as_str()), ("number", &helper.number), ("until", UNTIL)];
    browser.submit("#mandate", &to).await.is_at("/account/organizations").sees("等待对方确认");
    let mut theirs = Browser::signed_in(&house, &helper).await;
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
