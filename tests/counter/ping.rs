//! A window whose program is told when the person has answered, and does not ask every few seconds (OpenID CIBA, ping).

use serde_json::json;
use yihao::duties::Pinger;
use yihao::http::urls;
use yihao::terminal::Kind;

use crate::support::notified::Notified;
use crate::support::phone::Phone;
use crate::support::{House, claims_of};

const TOKEN: &str = "f3a5f0f0-1b8a-4a3f-9d6e-7e5d3c0b9a21";

#[tokio::test]
async fn the_window_is_told_and_fetches_the_token_of_its_matter_at_once() {
    let notified = Notified::start().await;
    let allow = vec![notified.origin.clone()];
    let house = House::open_with(|config| config.outbound.allow = allow).await;
    let person = house.person().await;
    let mut phone = Phone::of(&house, &person).await;
    let ping = json!({
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": notified.uri(),
    });
    let (mut window, mut clerk) = (house.window_with(Kind::Counter, ping).await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    let matter = window.matter(&shift).await;
    let tell = async || Pinger::new(house.app.clone()).tell_due().await.expect("storage answers");

    let refused = window.asks_phone(&shift, &matter, &person.number).await;
    assert_eq!(refused.refusal(), (400, "invalid_request"), "without a token nobody can be told");
    let with_token = [("client_notification_token", TOKEN)];
    let asked = window.asks_phone_with(&shift, &matter, &person.number, &with_token).await.good();
    assert_eq!(asked["binding_message"], "天河区政务服务中心1号机 证照复印");
    tell().await;
    assert_eq!(notified.heard(), [], "nobody has answered");
    phone.opens().await.sees("证照复印");
    let number = asked["match_number"].as_u64().expect("a number").to_string();
    phone.allows(&number).await.is_at(urls::DEVICE_DONE);
    tell().await;
    let told = (format!("Bearer {TOKEN}"), json!({ "auth_req_id": asked["auth_req_id"] }));
    assert_eq!(notified.heard(), std::slice::from_ref(&told));

    // No interval to wait for, and everything as where the window asks by itself.
    let tokens = window.polls_by(&asked, &window.key).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!(claims["assisted"]["matter"], json!({ "id": matter, "code": "licence.copy" }));
    assert_eq!(
        (&claims["assisted"]["how"], &claims["assisted"]["present"]),
        (&json!("phone"), &json!(false))
    );
    window.userinfo(tokens.text("access_token")).await.good();
    // What ends with its matter is told to nobody.
    let next = window.matter(&shift).await;
    window.asks_phone_with(&shift, &next, &person.number, &with_token).await.good();
    window.matter(&shift).await;
    tell().await;
    assert_eq!(notified.heard(), [told]);
    assert_eq!(window.userinfo(tokens.text("access_token")).await.status, 401);
}
