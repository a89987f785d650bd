//! The SMS gateway. Messages go nowhere but into memory, where the demo and the tests read them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clients_example::page::page;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::faults::Register;
use crate::people::national;
use crate::{Registers, lock};

const MOST_MESSAGES: usize = 1000;
const SHOWN_ON_THE_PAGE: usize = 50;

#[derive(Deserialize)]
pub struct Order {
    request_id: String,
    phone: String,
    text: String,
}

/// A message as it was taken in.
#[derive(Clone, Serialize)]
pub struct Message {
    request_id: String,
    phone: String,
    text: String,
    /// Seconds since 1970.
    at: u64,
}

impl Message {
    /// In China's time, which is UTC+8 all year.
    fn time_of_day(&self) -> String {
        let second = (self.at + 8 * 3600) % 86_400;
        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Newest first.
#[derive(Default)]
pub struct Messages(VecDeque<Message>);

impl Messages {
    /// An order that came before is a retry: the person does not get it twice.
    fn take(&mut self, order: Order, at: u64) {
        if self.0.iter().any(|message| message.request_id == order.request_id) {
            return;
        }
        let Order { request_id, phone, text } = order;
        self.0.truncate(MOST_MESSAGES - 1);
        self.0.push_front(Message { request_id, phone: national(&phone), text, at });
    }

    fn to(&self, phone: &str) -> Vec<Message> {
        let phone = national(phone);
        self.0.iter().filter(|message| message.phone == phone).cloned().collect()
    }
}

/// `POST /sms`
pub async fn send(
    State(registers): State<Arc<Registers>>,
    headers: HeaderMap,
    Json(order): Json<Order>,
) -> Response {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    // A provider that only simulates SMS keeps its key to itself; one that shows a key shows the right one.
    let right = |value: &str| value.strip_prefix("Bearer ").is_some_and(|key| registers.key.is(key));
    if !header.is_none_or(right) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "wrong_key"}))).into_response();
    }
    if let Err(failure) = registers.faults.meet(Register::Sms).strike().await {
        return failure;
    }
    let answer = json!({"request_id": order.request_id});
    lock(&registers.messages).take(order, now());
    Json(answer).into_response()
}

#[derive(Deserialize)]
pub struct Wanted {
    phone: Option<String>,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    title: &'static str,
    department: &'static str,
    messages: Vec<Message>,
}

/// `GET /sms?phone=…`: that phone's messages as JSON. `GET /sms`: everybody's, as a page.
pub async fn read(State(registers): State<Arc<Registers>>, Query(wanted): Query<Wanted>) -> Response {
    let messages = lock(&registers.messages);
    match wanted.phone {
        Some(phone) => Json(messages.to(&phone)).into_response(),
        None => {
            let messages = messages.0.iter().take(SHOWN_ON_THE_PAGE).cloned().collect();
            page(StatusCode::OK, &MessagesPage { title: "短信", department: "短信网关模拟器", messages })
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a simulator outside the provider has a clock of its own")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|past| past.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(request_id: usize, phone: &str) -> Order {
        Order { request_id: request_id.to_string(), phone: phone.into(), text: format!("code {request_id}") }
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut messages = Messages::default();
        (0..1500).for_each(|number| messages.take(order(number, "13800000000"), 0));
        let kept = messages.to("+8613800000000");
        assert_eq!(kept.len(), 1000);
        assert_eq!((kept[0].text.as_str(), kept[999].text.as_str()), ("code 1499", "code 500"));
    }

    #[test]
    fn a_retry_is_one_message() {
        let mut messages = Messages::default();
        messages.take(order(1, "13800000000"), 0);
        messages.take(order(1, "13800000000"), 5);
        assert_eq!(messages.to("13800000000").len(), 1);
        assert_eq!(messages.to("13800000000")[0].time_of_day(), "08:00:00");
    }
}
