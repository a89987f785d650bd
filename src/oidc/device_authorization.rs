//! The device authorization endpoint (RFC 8628 section 3.1): a device without a keyboard, or a screen in a
//! public place, gets a code that its user opens on a screen of their own.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::OAuthError;
use super::checks::{self, Door, Draft};
use super::client_authentication::{authenticate, form};
use super::error::Code;
use crate::app::App;
use crate::ask::elsewhere::{self, AtTerminal, Kind, Matching, Request, UserCode};
use crate::ask::{Elsewhere, Way};
use crate::base::{Channel, Visit};
use crate::client::{Client, GrantType};
use crate::credential::Rationed;
use crate::crypto::{Ticket, TicketKind};
use crate::http::urls;
use crate::terminal;

/// RFC 8628 section 3.2.
#[derive(Serialize)]
struct DeviceAuthorization {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
    /// Ours: the number that a terminal shows beside the code, and that its user finds among three.
    #[serde(skip_serializing_if = "Option::is_none")]
    match_number: Option<u8>,
}

pub async fn serve(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let params = form(&headers, &body)?;
    let client = authenticate(&app, &mut visit, &headers, &params).await?;
    if !client.metadata.may_use(GrantType::DeviceCode) {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            format!("the client is not registered for {}", GrantType::DeviceCode.as_str()),
        ));
    }
    let draft = checks::run(Door::Device, &checks::Request { app: &app, params: &params, client: &client })?;
    let keys = app.keys.data();
    let source = client.metadata.is_public();
    let holder = holder(&visit, &client);
    app.quota.take(&keys, &visit, Rationed::Request { by: &holder, source }).await?;

    let (mut request, code) = request(&app, &visit, &client, draft)?;
    request.terminal = at_terminal(&app, &visit).await?;
    elsewhere::keep(&app.transient, &keys, &request, Some(&code)).await?;
    let uri = format!("{}{}", app.config.issuer(), urls::DEVICE);
    let user_code = code.shown();
    let answer = DeviceAuthorization {
        device_code: ticket(&request).write_for(&keys, TicketKind::Device, &holder)?,
        verification_uri_complete: format!("{uri}?user_code={user_code}"),
        user_code,
        verification_uri: uri,
        expires_in: request.left(visit.now).as_secs(),
        interval: app.config.request.interval_seconds,
        match_number: request.matching.map(|matching| matching.number),
    };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(answer)).into_response())
}

pub(super) fn holder(visit: &Visit, client: &Client) -> String {
    elsewhere::holder(visit.terminal, &client.id)
}

/// Where it is asked, if that is at an enrolled terminal.
pub(super) async fn at_terminal(app: &App, visit: &Visit) -> Result<Option<AtTerminal>, OAuthError> {
    let Some(id) = visit.terminal else { return Ok(None) };
    let found = terminal::find(&mut &app.db, &app.keys.data(), id).await?;
    Ok(found.map(|terminal| AtTerminal { id, place: terminal.place }))
}

/// The ticket by which the client asks; it says itself when it is over.
pub(super) fn ticket(request: &Request) -> Ticket {
    let expires = request.expires_at.seconds();
    Ticket { id: request.id, counter: u32::try_from(expires).unwrap_or(u32::MAX) }
}

fn request(
    app: &App,
    visit: &Visit,
    client: &Client,
    draft: Draft,
) -> Result<(Request, UserCode), OAuthError> {
    let (id, code) = (visit.id(), UserCode::draw(&visit.chance));
    let settings = &app.config.request;
    // Strangers pass by it: its user must show that they stand before it, and that they are who they say.
    let in_public = matches!(client.metadata.channel, Channel::Kiosk | Channel::Counter);
    let minutes = if in_public { settings.terminal_minutes } else { settings.device_minutes };
    let user_code = match in_public {
        true => None,
        false => Some(code.sealed(&visit.chance, &app.keys.data(), id)?),
    };
    let matter = draft.matter.clone();
    let way = Elsewhere { request: id, confirmed: false, prove_again: in_public, browser: None };
    let request = Request {
        id,
        kind: Kind::Device,
        ask: draft.ask(client, Way::Elsewhere(way), None, visit.now),
        asked_at: visit.now,
        expires_at: visit.now.plus(Duration::from_secs(minutes * 60)),
        matching: in_public.then(|| Matching::draw(&visit.chance)),
        user_code,
        binding_message: None,
        matter: matter.or_else(|| client.metadata.purpose.clone()),
        terminal: None,
        back_channel: None,
        assisted: None,
    };
    Ok((request, code))
}
