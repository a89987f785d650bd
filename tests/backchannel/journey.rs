//! What goes well.

use serde_json::json;
use yihao::http::urls;

use crate::support::counter::Counter;
use crate::support::phone::Phone;
use crate::support::{House, claims_of};

#[tokio::test]
async fn at_a_counter() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    phone.looks().await.sees("现在没有等待您确认的请求");
    let more = [("binding_message", "W4SCT-0271"), ("matter", "办理居住证")];
    let asked = counter.asks_with(&person.number, &more).await;
    assert_eq!((&asked.answer["expires_in"], &asked.answer["interval"]), (&json!(120), &json!(5)));
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "authorization_pending"));

    let page = phone.looks().await;
    page.sees("天河区政务服务中心1号机").sees("综合窗口").sees("办理居住证");
    let page = phone.opens().await;
    page.sees("一个服务窗口请求办理").sees("W4SCT-0271").sees("办理居住证");
    assert_eq!(page.text(".place"), "天河区政务服务中心1号机");
    phone.allows(&asked.match_number).await.is_at(urls::DEVICE_DONE).sees("已允许");
    phone.looks().await.sees("现在没有等待您确认的请求");

    let tokens = counter.waits_and_polls(&house, &asked).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["channel"], &claims["acr"]), (&json!("counter"), &json!("urn:yihao:aal:3")));
    assert_eq!(counter.party.introspect(tokens.text("access_token")).await.good()["active"], true);
}

/// By phone number, and by an ID token from before, as long as the person is the same.
#[tokio::test]
async fn by_every_hint() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks(person.phone.trim_start_matches("+86")).await;
    phone.opens().await;
    phone.allows(&asked.match_number).await.is_at(urls::DEVICE_DONE);
    let tokens = counter.waits_and_polls(&house, &asked).await.good();
    let hint = tokens.text("id_token");
    let again = counter.tries(&[("scope", "openid"), ("id_token_hint", hint)]).await.good();
    phone.opens().await;
    phone.allows(&again["match_number"].to_string()).await.is_at(urls::DEVICE_DONE);
}

#[tokio::test]
async fn over_two_nodes() {
    let house = House::open().await;
    let second = house.second_node().await;
    let person = house.person().await;
    let mut counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks(&person.number).await;
    phone.browser.moves_to(&second);
    phone.opens().await;
    counter.party.moves_to(&second);
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "authorization_pending"));
    phone.browser.moves_to(&house);
    phone.allows(&asked.match_number).await.is_at(urls::DEVICE_DONE);
    counter.waits_and_polls(&house, &asked).await.good();
    counter.party.moves_to(&house);
    assert_eq!(counter.waits_and_polls(&house, &asked).await.refusal(), (400, "invalid_grant"));
}
