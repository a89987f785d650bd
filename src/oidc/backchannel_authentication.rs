//! The backchannel authentication endpoint (OpenID CIBA section 7): a client that the person stands before, or
//! has on the telephone, names them, and they answer on a screen of their own.
//!
//! A hint that means nobody gets the same answer at the same time, and waits until it expires. So does one whose
//! person has a request before them already, or does not want to be asked by this client.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::Instant;
use uuid::Uuid;

use super::OAuthError;
use super::checks::{self, Door, Draft};
use super::client_authentication::{authenticate, form};
use super::device_authorization::{at_terminal, holder, ticket};
use super::error::Code;
use super::hinted::hinted;
use crate::app::App;
use crate::ask::elsewhere::{self, Asking, Kind, Matching, Request};
use crate::ask::{Elsewhere, Hinted, Way};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Scopes, Visit};
use crate::client::{Client, GrantType};
use crate::credential::Rationed;
use crate::crypto::{TicketKind, base64url};
use crate::grant::Assisted;
use crate::http::Params;
use crate::identity::{self, PersonState};

/// OpenID CIBA section 7.3.
#[derive(Serialize)]
pub(super) struct Acknowledgement {
    auth_req_id: String,
    expires_in: u64,
    interval: u64,
    /// Ours: the number that the client shows, and that the person finds among three.
    match_number: u8,
    #[serde(skip)]
    pub(super) request: Uuid,
}

pub async fn serve(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let came = Instant::now();
    let params = form(&headers, &body)?;
    let client = authenticate(&app, &mut visit, &headers, &params).await?;
    if client.metadata.is_public() || !client.metadata.may_use(GrantType::BackChannel) {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            format!("the client is not registered for {}", GrantType::BackChannel.as_str()),
        ));
    }
    let mut draft =
        checks::run(Door::BackChannel, &checks::Request { app: &app, params: &params, client: &client })?;
    let meant = whom(&app, &visit, &params, &mut draft).await?;
    let answer = ask(&app, &visit, &client, draft, meant, None).await;
    // Good or bad: how long it took tells nothing.
    tokio::time::sleep_until(came + Duration::from_millis(app.config.password.answer_after_ms)).await;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer?)).into_response())
}

/// Whom a hint means, and what it is counted at.
pub(super) struct Whom {
    pub counted: String,
    pub hinted: Option<Hinted>,
}

/// That a clerk asks, in a matter that ends at this moment.
pub(super) struct ByClerk {
    pub assisted: Assisted,
    pub ends_at: Moment,
}

pub(super) async fn whom(
    app: &App,
    visit: &Visit,
    params: &Params,
    draft: &mut Draft,
) -> Result<Whom, OAuthError> {
    if let Some(hint) = draft.hint.take() {
        return Ok(Whom { counted: hint.sub.clone(), hinted: hinted(app, &hint).await? });
    }
    let Some(given) = params.get("login_hint") else {
        return Err(OAuthError::invalid_request("login_hint_token is not supported: send one of the others"));
    };
    let found = identity::meant(&mut &app.db, &app.keys.data(), visit, given).await?;
    // Its form tells nothing about anybody.
    let meant =
        found.ok_or_else(|| OAuthError::invalid_request("login_hint: an official number or a phone"))?;
    // Whom a number names may act for others: as whom, they say to this request.
    draft.prompts.select_account = !draft.scopes.and(Scopes::CAPACITY).is_empty();
    let hinted = meant.person.map(|person| Hinted { person, represented: None });
    Ok(Whom { counted: meant.canonical, hinted })
}

pub(super) async fn ask(
    app: &App,
    visit: &Visit,
    client: &Client,
    draft: Draft,
    Whom { counted, hinted }: Whom,
    clerk: Option<ByClerk>,
) -> Result<Acknowledgement, OAuthError> {
    let (transient, keys) = (&app.transient, app.keys.data());
    let holder = holder(visit, client);
    app.quota.take(&keys, visit, Rationed::Request { by: &holder, source: false }).await?;
    app.quota.take(&keys, visit, Rationed::Asking { by: &client.id, whom: &counted }).await?;
    let settings = &app.config.request;
    let seconds = draft.requested_expiry.unwrap_or(settings.back_channel_seconds);
    let life = Duration::from_secs(seconds.clamp(30, settings.back_channel_longest_seconds.max(30)));
    let life = clerk.as_ref().map_or(life, |clerk| life.min(clerk.ends_at.since(visit.now)));
    let digest = keys.blind("request-about", &counted).into_iter().next();
    let about = base64url(&digest.ok_or(crate::crypto::Unopenable)?.digest);
    if !elsewhere::ask_about(transient, &about, life).await? {
        return Err(OAuthError::new(
            Code::TooMany,
            "a request for this hint is open: wait until it is answered",
        )
        .retry_after(life.as_secs()));
    }
    let person = match &hinted {
        Some(hinted) if may_be_asked(app, visit, client, hinted.person).await? => Some(hinted.person),
        _ => None,
    };
    let id = visit.id();
    let token = match &draft.notification_token {
        Some(token) => Some(elsewhere::ping::sealed(visit, &keys, id, token)?),
        None => None,
    };
    let way = Elsewhere { request: id, confirmed: false, prove_again: true, browser: None };
    let (binding_message, matter) = (draft.binding_message.clone(), draft.matter.clone());
    let matching = Matching::draw(&visit.chance);
    let request = Request {
        id,
        kind: Kind::BackChannel,
        ask: draft.ask(client, Way::Elsewhere(way), hinted, visit.now),
        asked_at: visit.now,
        expires_at: visit.now.plus(life),
        matching: Some(matching),
        user_code: None,
        binding_message,
        matter: matter.or_else(|| client.metadata.purpose.clone()),
        terminal: at_terminal(app, visit).await?,
        back_channel: Some(Asking { person, about, notification_token: token }),
        assisted: clerk.map(|clerk| clerk.assisted),
    };
    elsewhere::keep(transient, &keys, &request, None).await?;
    let mut tx = app.db.begin().await?;
    let about = About { person, client: Some(&client.id) };
    audit::record(&mut tx, &keys, visit, Event::RequestMade { request: id }, about).await?;
    tx.commit().await?;
    if let Some(person) = person {
        elsewhere::lay_before(transient, &request, person, visit.now).await?;
    }
    Ok(Acknowledgement {
        auth_req_id: ticket(&request).write_for(&keys, TicketKind::BackChannel, &holder)?,
        expires_in: life.as_secs(),
        interval: settings.interval_seconds,
        match_number: matching.number,
        request: request.id,
    })
}

/// Whether requests of this client are shown to the person.
async fn may_be_asked(app: &App, visit: &Visit, client: &Client, person: Uuid) -> Result<bool, OAuthError> {
    let mut read = &app.db;
    let active = identity::state_of(&mut read, person).await? == Some(PersonState::Active);
    let blocked = elsewhere::blocked(&mut read, person, visit.now).await?;
    Ok(active && !blocked.iter().any(|(by, _)| *by == client.id))
}
