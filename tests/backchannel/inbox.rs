//! What the app on the phone sees: asked for once, or as it changes.

use std::time::Duration;

use serde_json::{Value, json};
use yihao::http::urls;

use crate::support::counter::Counter;
use crate::support::device::Device;
use crate::support::phone::Phone;
use crate::support::{Answer, Browser, House, Node, http};

/// An app of the person's, and its token.
async fn app_token(house: &House, browser: &mut Browser, scope: &str) -> String {
    let metadata = json!({ "channel": "mobile", "scope": "openid profile approvals" });
    let app = house.relying_party(metadata).await;
    app.tokens(browser, scope).await.text("access_token").to_owned()
}

async fn list(node: &Node, token: &str) -> Answer {
    Answer::of(http().get(node.at(urls::APPROVALS_LIST)).bearer_auth(token)).await
}

/// An open stream of events.
struct Stream(reqwest::Response, String);

impl Stream {
    async fn open(node: &Node, token: &str) -> Self {
        let request = http().get(node.at(urls::APPROVALS_EVENTS)).bearer_auth(token);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response, String::new())
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let data = data.map(|data| serde_json::from_str(data).expect("JSON"));
                self.1 = rest.to_owned();
                match data {
                    Some(data) => return Some(data),
                    None => continue,
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.0.chunk()).await;
            let chunk = chunk.expect("something within twenty seconds").ok()??;
            self.1 += std::str::from_utf8(&chunk).expect("text");
        }
    }
}

fn titles(waiting: &Value) -> Vec<(&str, &str)> {
    let requests = waiting["requests"].as_array().expect("a list").iter();
    requests.map(|one| (one["kind"].as_str().unwrap(), one["service"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn once() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let (counter, kiosk) = (Counter::open(&house).await, Device::in_a_hall(&house).await);
    let mut phone = Phone::of(&house, &person).await;
    let token = app_token(&house, &mut phone.browser, "openid approvals").await;
    assert_eq!(list(&house, &token).await.good().json, json!({ "requests": [] }));

    counter.asks_with(&person.number, &[("matter", "办理居住证")]).await;
    let shown = kiosk.asks("openid").await;
    phone.browser.open(&shown.address).await.is_at(urls::DEVICE_CONFIRM);
    let answer = list(&house, &token).await.good();
    assert_eq!(titles(&answer.json), [("back_channel", "综合窗口"), ("device", "政务服务自助终端")]);
    let asked = &answer["requests"][0];
    assert_eq!(
        (&asked["matter"], &asked["place"]),
        (&json!("办理居住证"), &json!("天河区政务服务中心1号机"))
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    // The address leads to the question, in the person's browser.
    phone
        .browser
        .open(asked["address"].as_str().unwrap())
        .await
        .is_at(urls::DEVICE_CONFIRM)
        .sees("办理居住证");

    // The cookie of the session is as good as a token; others' and weaker tokens are not.
    let cookies: Vec<_> =
        phone.browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let by_cookie = http().get(house.at(urls::APPROVALS_LIST)).header("cookie", cookies.join("; "));
    assert_eq!(Answer::of(by_cookie).await.good().json, answer.json);
    let mut strange = Browser::signed_in(&house, &other).await;
    let strange = app_token(&house, &mut strange, "openid approvals").await;
    assert_eq!(list(&house, &strange).await.good().json, json!({ "requests": [] }));
    let weak = app_token(&house, &mut phone.browser, "openid").await;
    assert_eq!(list(&house, &weak).await.refusal(), (403, "insufficient_scope"));
    for path in [urls::APPROVALS_LIST, urls::APPROVALS_EVENTS] {
        assert_eq!(Answer::of(http().get(house.at(path))).await.refusal(), (401, "invalid_token"));
    }
}

/// The stream is open at one node, and what it tells of happens at another.
#[tokio::test]
async fn as_it_changes() {
    let house = House::open().await;
    let second = house.second_node().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    let token = app_token(&house, &mut phone.browser, "openid approvals").await;
    let mut stream = Stream::open(&second, &token).await;
    assert_eq!(titles(&stream.next().await.expect("what waits now")), []);
    counter.asks(&person.number).await;
    assert_eq!(titles(&stream.next().await.expect("a change")), [("back_channel", "综合窗口")]);
    phone.opens().await;
    phone.decides("deny").await;
    assert_eq!(titles(&stream.next().await.expect("a change")), []);
    // The grant ends, and the stream with it.
    phone.browser.open(urls::SIGN_OUT).await;
    phone.browser.submit("#sign-out", &[]).await.is_at(urls::SIGNED_OUT);
    assert_eq!(stream.next().await, None);
}
