//! What waits for the person's answer, on the phone. The provider tells of each change (server-sent events, WHATWG
//! HTML section 9.2); where no stream is to be had the phone asks now and then. Answers are given on the
//! provider's own pages, where a passkey can be shown.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use askama::Template;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use clients_example::relying_party::SignedIn;
use openidconnect::http::StatusCode;
use serde::Deserialize;
use tokio::sync::watch;
use url::Url;

use crate::phone::Phone;

/// The provider sends a sign of life more often.
const SILENCE: Duration = Duration::from_secs(40);
/// Between one stream and the next.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the phone asks while it cannot listen.
const ASK_EVERY: Duration = Duration::from_secs(5);

#[derive(Clone, PartialEq, Deserialize)]
pub struct Request {
    service: String,
    department: Option<String>,
    place: Option<String>,
    matter: Option<String>,
    binding_message: Option<String>,
    /// Seconds since 1970.
    expires_at: i64,
    /// Where it is answered.
    address: Url,
}

impl Request {
    /// Where the other screen stands, or whose it is.
    fn title(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.service)
    }

    /// In the province's time zone, eight hours ahead.
    fn until(&self) -> String {
        let minutes = (self.expires_at / 60 + 8 * 60).rem_euclid(24 * 60);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[derive(Deserialize)]
struct Waiting {
    requests: Vec<Request>,
}

/// What the phone knows.
#[derive(Clone, Default, PartialEq)]
pub enum Inbox {
    /// Nobody is signed in, or nothing was heard yet.
    #[default]
    Unheard,
    Known(Vec<Request>),
    NoContact,
    /// The sign-in was ended somewhere else.
    Over,
}

impl Inbox {
    fn requests(&self) -> &[Request] {
        match self {
            Self::Known(requests) => requests,
            Self::Unheard | Self::NoContact | Self::Over => &[],
        }
    }

    /// What to say in place of requests.
    fn words(&self) -> &'static str {
        match self {
            Self::Unheard => "正在查看……",
            Self::Known(_) => "现在没有等待您确认的请求。自助终端或服务窗口请您确认时，会出现在这里。",
            Self::NoContact => "暂时联系不上统一身份认证，正在重试。",
            Self::Over => "本机的登录已在别处结束，请退出后重新登录。",
        }
    }
}

/// The part of the page that changes by itself.
#[derive(Template)]
#[template(path = "inbox.html")]
pub struct Part {
    inbox: Inbox,
}

impl Part {
    pub fn of(phone: &Phone) -> Self {
        Self { inbox: phone.inbox.borrow().clone() }
    }
}

/// The page's own stream: the part as it is now, and again whenever it has changed.
pub async fn events(State(phone): State<Arc<Phone>>) -> Response {
    let mut told = phone.inbox.subscribe();
    told.mark_changed();
    let stream = futures_util::stream::unfold(told, |mut told| async move {
        told.changed().await.ok()?;
        let inbox = told.borrow_and_update().clone();
        let part = Part { inbox }.render().ok()?;
        Some((Ok::<_, Infallible>(Event::default().event("inbox").data(part)), told))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// Follows the inbox of whoever is signed in, for as long as the program runs.
pub async fn follow(phone: Arc<Phone>) {
    loop {
        let Some(first) = phone.signed_in() else {
            tell(&phone.inbox, Inbox::Unheard);
            phone.changed.notified().await;
            continue;
        };
        tokio::select! {
            () = phone.changed.notified() => tell(&phone.inbox, Inbox::Unheard),
            () = attend(&phone, &first) => {}
        }
    }
}

/// Listens once; afterwards it is time to listen again.
async fn attend(phone: &Phone, first: &Arc<SignedIn>) {
    let why = match listen(phone, first).await {
        Ok(Heard::Ended) => return tokio::time::sleep(PAUSE).await,
        Ok(Heard::Refused) => match phone.renew(first).await {
            Ok(true) => return tokio::time::sleep(PAUSE).await,
            Ok(false) => {
                tell(&phone.inbox, Inbox::Over);
                // Until somebody signs in or out here.
                return std::future::pending().await;
            }
            Err(why) => why,
        },
        Err(why) => why,
    };
    tracing::warn!(error = format!("{why:#}"), "the phone cannot listen");
    let asked = ask(phone, first).await;
    tell(&phone.inbox, asked.map_or(Inbox::NoContact, Inbox::Known));
    tokio::time::sleep(ASK_EVERY).await;
}

/// How a stream came to its end.
enum Heard {
    /// As it should: the provider closes it now and then.
    Ended,
    /// The access token is good no more.
    Refused,
}

async fn listen(phone: &Phone, first: &SignedIn) -> Result<Heard> {
    let address = phone.at("/approvals/events")?;
    let mut stream = phone.first.open(first, &address).await?;
    if stream.status() == StatusCode::UNAUTHORIZED {
        return Ok(Heard::Refused);
    }
    ensure!(stream.status().is_success(), "the provider answered {}", stream.status());
    let mut events = Events::default();
    loop {
        let chunk =
            tokio::time::timeout(SILENCE, stream.chunk()).await.context("the stream has fallen silent")?;
        let Some(chunk) = chunk? else { return Ok(Heard::Ended) };
        for data in events.take(&chunk) {
            let waiting: Waiting = serde_json::from_str(&data).context("an event that is no list")?;
            tell(&phone.inbox, Inbox::Known(ours(phone, waiting)));
        }
    }
}

async fn ask(phone: &Phone, first: &SignedIn) -> Result<Vec<Request>> {
    let answer = phone.first.fetch(first, &phone.at("/approvals")?).await?;
    ensure!(answer.status().is_success(), "the provider answered {}", answer.status());
    Ok(ours(phone, serde_json::from_slice(answer.body())?))
}

/// Those that are answered at the provider: a link to anywhere else would be somebody's trap.
fn ours(phone: &Phone, waiting: Waiting) -> Vec<Request> {
    let at_provider = |request: &Request| request.address.origin() == phone.issuer.origin();
    waiting.requests.into_iter().filter(at_provider).collect()
}

fn tell(inbox: &watch::Sender<Inbox>, now: Inbox) {
    inbox.send_if_modified(|inbox| {
        let differs = *inbox != now;
        *inbox = now;
        differs
    });
}

/// Puts events together from the pieces that a stream comes in.
#[derive(Default)]
struct Events {
    rest: Vec<u8>,
}

impl Events {
    /// The data of the events that are whole by now. Comments and other fields say nothing to us.
    fn take(&mut self, chunk: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(chunk);
        let mut whole = Vec::new();
        while let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = self.rest.drain(..end + 2).collect();
            let event = String::from_utf8_lossy(&event);
            let lines: Vec<&str> = event
                .lines()
                .filter_map(|line| line.strip_prefix("data:"))
                .map(|data| data.strip_prefix(' ').unwrap_or(data))
                .collect();
            if !lines.is_empty() {
                whole.push(lines.join("\n"));
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_any_pieces() {
        let text =
            ":\n\nevent: approvals\ndata: {\"窗\ndata:口\"}\n\n: alive\n\ndata: 2\n\ndata: 3".as_bytes();
        for size in [1, 2, 7, text.len()] {
            let mut events = Events::default();
            let whole: Vec<String> = text.chunks(size).flat_map(|chunk| events.take(chunk)).collect();
            assert_eq!(whole, ["{\"窗\n口\"}", "2"], "{size}");
        }
    }

    #[test]
    fn the_hour_is_the_provinces() {
        let request = |expires_at| Request {
            service: String::new(),
            department: None,
            place: None,
            matter: None,
            binding_message: None,
            expires_at,
            address: Url::parse("http://localhost/").unwrap(),
        };
        // 2026-11-25 23:59 and 15:59 UTC.
        assert_eq!(request(1_795_651_140).until(), "07:59");
        assert_eq!(request(1_795_622_340).until(), "23:59");
    }
}
