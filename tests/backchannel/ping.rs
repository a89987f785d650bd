//! A client that wants to be told that a request has been answered.

use std::time::Duration;

use serde_json::{Value, json};
use yihao::duties::Pinger;

use crate::support::counter::{Asked, Counter};
use crate::support::phone::Phone;
use crate::support::{House, Node, notified::Notified};

const TOKEN: &str = "8d67dc78-7faa-4d41-aabd-67707b374255";

async fn house(notified: &Notified) -> House {
    let allow = vec![notified.origin.clone()];
    House::open_with(|config| config.outbound.allow = allow).await
}

async fn counter(house: &House, notified: &Notified) -> Counter {
    let over = json!({
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": notified.uri(),
    });
    Counter::open_with(house, over).await
}

async fn tell(node: &Node) {
    Pinger::new(node.app.clone()).tell_due().await.expect("storage answers");
}

fn told(asked: &Asked) -> (String, Value) {
    (format!("Bearer {TOKEN}"), json!({ "auth_req_id": asked.auth_req_id }))
}

#[tokio::test]
async fn it_is_told_once_and_tries_are_repeated_until_it_was() {
    let notified = Notified::start().await;
    let house = house(&notified).await;
    let person = house.person().await;
    let counter = counter(&house, &notified).await;
    let mut phone = Phone::of(&house, &person).await;
    let refused = counter.tries(&[("scope", "openid"), ("login_hint", &person.number)]).await;
    assert_eq!(refused.refusal(), (400, "invalid_request"), "no token");
    let asked = counter.asks_with(&person.number, &[("client_notification_token", TOKEN)]).await;
    tell(&house).await;
    assert_eq!(notified.heard(), [], "nothing was answered yet");
    phone.opens().await;
    notified.answers(500);
    phone.allows(&asked.match_number).await;
    tell(&house).await;
    tell(&house).await;
    assert_eq!(notified.heard(), [told(&asked)], "the second try has its time");
    house.pass(Duration::from_secs(5));
    notified.answers(204);
    // Two nodes at once: one tells.
    let second = house.second_node().await;
    tokio::join!(tell(&house), tell(&second));
    house.pass(Duration::from_secs(60));
    tell(&house).await;
    assert_eq!(notified.heard(), [told(&asked), told(&asked)]);
    counter.polls(&asked).await.good();
}

/// Of a no too; and of nothing if nobody wants to know.
#[tokio::test]
async fn a_no_is_told_and_tries_end() {
    let notified = Notified::start().await;
    let house = house(&notified).await;
    let person = house.person().await;
    let counter = counter(&house, &notified).await;
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks_with(&person.number, &[("client_notification_token", TOKEN)]).await;
    phone.opens().await;
    phone.decides("deny").await;
    notified.answers(404);
    for _ in 0..20 {
        tell(&house).await;
        house.pass(Duration::from_secs(60));
    }
    let heard = notified.heard();
    assert!((2..=5).contains(&heard.len()) && heard.iter().all(|one| *one == told(&asked)), "{heard:?}");
    let silent = Counter::open(&house).await;
    silent.asks(&person.number).await;
    phone.opens().await;
    phone.decides("deny").await;
    tell(&house).await;
    assert_eq!(notified.heard().len(), heard.len());
}

/// Neither the token nor what it opens lies about.
#[tokio::test]
async fn the_token_is_not_kept_in_the_open() {
    let notified = Notified::start().await;
    let house = house(&notified).await;
    let person = house.person().await;
    let counter = counter(&house, &notified).await;
    let mut phone = Phone::of(&house, &person).await;
    counter.asks_with(&person.number, &[("client_notification_token", TOKEN)]).await;
    phone.opens().await;
    phone.decides("deny").await;
    let dump = house.home.dump().await;
    assert!(!dump.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()));
}
