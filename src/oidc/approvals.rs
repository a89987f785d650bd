//! What waits for a person's answer, for the app on their phone: once, or as it changes (server-sent events, WHATWG
//! HTML section 9.2). Who asks shows the session's cookie, or an access token with the scope `approvals`.
//!
//! Answers are given on pages, where a passkey can be shown: each request has an address.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::OAuthError;
use super::error::Code;
use super::presented::{Presented, Refusal};
use crate::app::App;
use crate::ask::elsewhere::{self, Kind, Request};
use crate::base::{Channel, Scope, Visit};
use crate::grant;
use crate::http::{Cookies, urls};
use crate::session;

/// How often a stream looks: another node may have taken the request.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it looks whether who listens still may.
const ASK_EVERY: u32 = 10;
/// Then the app comes again, perhaps to another node.
const LONGEST: Duration = Duration::from_secs(300);

#[derive(PartialEq, Serialize)]
struct Waiting {
    requests: Vec<Entry>,
}

#[derive(PartialEq, Serialize)]
struct Entry {
    id: Uuid,
    kind: Kind,
    service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    channel: Channel,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding_message: Option<String>,
    /// Seconds since 1970.
    asked_at: i64,
    expires_at: i64,
    /// Where the person answers.
    address: String,
}

/// What is shown: a session, or an app's grant. Both may end while a stream is open.
#[derive(Clone, Copy)]
enum Shown {
    Session(Uuid),
    Grant(Uuid),
}

pub async fn list(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Refusal> {
    let shown = shown(&app, &visit, &headers, urls::APPROVALS_LIST).await?;
    let person = person(&app, &visit, shown).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(waiting(&app, person).await?)).into_response())
}

pub async fn events(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Refusal> {
    let shown = shown(&app, &visit, &headers, urls::APPROVALS_EVENTS).await?;
    let person = person(&app, &visit, shown).await?;
    let busy = || OAuthError::new(Code::TemporarilyUnavailable, "too many streams are open");
    let place = app.streams.clone().try_acquire_owned().map_err(|_| busy())?;
    let until = Instant::now() + LONGEST;
    let watch = Watch { app, visit, shown, person, told: None, looks: 0, until, _place: place };
    let stream = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    let mut response =
        Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An open stream.
struct Watch {
    app: App,
    visit: Visit,
    shown: Shown,
    person: Uuid,
    told: Option<Waiting>,
    looks: u32,
    until: Instant,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// The next change. `None` ends the stream: it is time to come again, who listens may no more, or the store
    /// does not answer.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.told.is_some() {
                sleep(LOOK_EVERY).await;
            }
            if Instant::now() >= self.until {
                return None;
            }
            self.looks += 1;
            if self.looks.is_multiple_of(ASK_EVERY) {
                let visit = Visit { now: self.app.clock.now(), ..self.visit.clone() };
                person(&self.app, &visit, self.shown).await.ok()?;
            }
            let now = waiting(&self.app, self.person).await.ok()?;
            if self.told.as_ref() != Some(&now) {
                let event = Event::default().event("approvals").json_data(&now).ok()?;
                self.told = Some(now);
                return Some(event);
            }
        }
    }
}

async fn shown(app: &App, visit: &Visit, headers: &HeaderMap, path: &str) -> Result<Shown, Refusal> {
    let Some(presented) = Presented::in_header(headers) else {
        let session = Cookies::of(app, headers).session();
        return Ok(session.map(Shown::Session).ok_or_else(OAuthError::invalid_token)?);
    };
    let claims = presented.claims(app, visit, headers, ("GET", path)).await?;
    match claims.grant.filter(|_| claims.scope.contains(Scope::Approvals)) {
        Some(grant) => Ok(Shown::Grant(grant)),
        None => Err(presented.refuse(OAuthError::new(Code::InsufficientScope, "the token lacks approvals"))),
    }
}

async fn person(app: &App, visit: &Visit, shown: Shown) -> Result<Uuid, OAuthError> {
    let (mut read, keys) = (&app.db, app.keys.data());
    let person = match shown {
        Shown::Session(id) => {
            let session = session::find(&mut read, &keys, visit, id, &app.config).await?;
            session.filter(|session| !session.is_unfinished()).map(|session| session.person)
        }
        Shown::Grant(id) => {
            let grant = grant::find_active(&mut read, &keys, visit, id, &app.config.trust).await?;
            grant.map(|grant| grant.person)
        }
    };
    person.ok_or_else(OAuthError::invalid_token)
}

async fn waiting(app: &App, person: Uuid) -> Result<Waiting, OAuthError> {
    let mut requests = Vec::new();
    for request in elsewhere::waiting(&app.transient, person).await? {
        requests.extend(entry(app, request).await?);
    }
    Ok(Waiting { requests })
}

async fn entry(app: &App, request: Request) -> Result<Option<Entry>, OAuthError> {
    let Some(client) = app.client(&request.ask.client_id).await? else { return Ok(None) };
    Ok(Some(Entry {
        id: request.id,
        kind: request.kind,
        service: client.metadata.client_name.clone(),
        department: client.metadata.department.clone(),
        channel: client.metadata.channel,
        place: request.terminal.map(|terminal| terminal.place),
        matter: request.matter,
        binding_message: request.binding_message,
        asked_at: request.asked_at.seconds(),
        expires_at: request.expires_at.seconds(),
        address: format!("{}{}", app.config.issuer(), urls::approval(request.id)),
    }))
}
