//! Dynamic client registration (RFC 7591) and its management (RFC 7592). A client comes with an initial
//! access token that an operator made; what it says of itself gives it no sensitive scope, no first party's
//! silence and no right to look into others' tokens.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::OAuthError;
use super::error::Code;
use super::userinfo::bearer;
use crate::app::App;
use crate::base::{Actor, Channel, Secret, Visit};
use crate::client::{self, Client, ClientState, GrantType, LegalBasis, Metadata};
use crate::config::Channels;
use crate::crypto::{Ticket, TicketKind, sha256};
use crate::http::urls;

pub async fn register(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let keys = app.keys.data();
    let token = bearer(&headers).ok_or_else(OAuthError::invalid_token)?;
    let right =
        Ticket::read(&keys, TicketKind::InitialAccess, token).map_err(|_| OAuthError::invalid_token())?;
    let metadata = said(&body, None, &app.config.channel)?;
    let client = Client {
        id: visit.chance.id().to_string(),
        state: ClientState::Active,
        secret: metadata.token_endpoint_auth_method.uses_secret().then(|| Secret::new(visit.chance.token())),
        metadata,
    };
    let mut tx = app.db.begin().await?;
    if !client::registration::spend(&mut tx, &visit, right.id).await? {
        return Err(OAuthError::invalid_token());
    }
    client::insert(&mut tx, &keys, &visit, &client, "registration").await?;
    tx.commit().await?;
    Ok(answer(StatusCode::CREATED, &app, &visit, &client)?)
}

pub async fn read(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, OAuthError> {
    let client = own(&app, &headers, &id).await?;
    Ok(answer(StatusCode::OK, &app, &visit, &client)?)
}

/// RFC 7592 section 2.2: the new metadata take the place of the old as a whole.
pub async fn replace(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let mut client = own(&app, &headers, &id).await?;
    client.metadata = said(&body, Some(&client.metadata), &app.config.channel)?;
    if client.metadata.token_endpoint_auth_method.uses_secret() && client.secret.is_none() {
        return Err(OAuthError::new(
            Code::InvalidClientMetadata,
            "token_endpoint_auth_method: a client without a secret cannot change to one with",
        ));
    }
    visit.actor = Actor::Client(id.clone());
    let mut tx = app.db.begin().await?;
    client::set_metadata(&mut tx, &app.keys.data(), &visit, &id, &client.metadata).await?;
    tx.commit().await?;
    app.client_changed(&id);
    Ok(answer(StatusCode::OK, &app, &visit, &client)?)
}

/// RFC 7592 section 2.3. The client is disabled rather than deleted: audit and subjects refer to it.
pub async fn remove(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, OAuthError> {
    own(&app, &headers, &id).await?;
    visit.actor = Actor::Client(id.clone());
    let mut tx = app.db.begin().await?;
    client::set_state(&mut tx, &app.keys.data(), &visit, &id, ClientState::Disabled).await?;
    tx.commit().await?;
    app.client_changed(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Metadata as a client says them. What only an operator may say is kept from `before`, or not given.
fn said(body: &[u8], before: Option<&Metadata>, channels: &Channels) -> Result<Metadata, OAuthError> {
    let mut metadata: Metadata = serde_json::from_slice(body)
        .map_err(|e| OAuthError::new(Code::InvalidClientMetadata, format!("not client metadata: {e}")))?;
    let default = Metadata { self_registered: true, ..Metadata::default() };
    let before = before.unwrap_or(&default);
    metadata.first_party = before.first_party;
    metadata.resource_server = before.resource_server;
    metadata.self_registered = before.self_registered;
    metadata.vendor.clone_from(&before.vendor);
    metadata.cas_services.clone_from(&before.cas_services);
    metadata.cas_until = before.cas_until;
    metadata.legal_basis = if before.self_registered { LegalBasis::Consent } else { before.legal_basis };
    if matches!(metadata.channel, Channel::Kiosk | Channel::Counter) {
        metadata.channel = before.channel;
    }
    let asks = |metadata: &Metadata| metadata.may_use(GrantType::BackChannel);
    if asks(&metadata) && !asks(before) {
        let why = "grant_types: an operator alone lets a client ask people by OpenID CIBA";
        return Err(OAuthError::new(Code::InvalidClientMetadata, why));
    }
    let fits = client::validate(&metadata).and_then(|()| client::within_channel(&metadata, channels));
    fits.map_err(|invalid| {
        let code = match invalid.code() {
            "invalid_redirect_uri" => Code::InvalidRedirectUri,
            _ => Code::InvalidClientMetadata,
        };
        OAuthError::new(code, invalid.to_string())
    })?;
    Ok(metadata)
}

/// The client whose registration access token comes with the request; nobody learns which ids exist.
async fn own(app: &App, headers: &HeaderMap, id: &str) -> Result<Client, OAuthError> {
    let keys = app.keys.data();
    let token = bearer(headers).ok_or_else(OAuthError::invalid_token)?;
    let ticket =
        Ticket::read(&keys, TicketKind::Registration, token).map_err(|_| OAuthError::invalid_token())?;
    if ticket.id != ticket_id(id) {
        return Err(OAuthError::invalid_token());
    }
    let client = client::find(&mut &app.db, &keys, id).await?;
    client.filter(|client| client.state == ClientState::Active).ok_or_else(OAuthError::invalid_token)
}

/// Client ids may be any text, tickets hold 16 bytes.
fn ticket_id(client_id: &str) -> Uuid {
    let digest = sha256(client_id.as_bytes());
    Uuid::from_slice(&digest[..16]).unwrap_or_default()
}

/// RFC 7591 section 3.2.1 and RFC 7592 section 3.
fn answer(
    status: StatusCode,
    app: &App,
    visit: &Visit,
    client: &Client,
) -> Result<Response, crate::crypto::Unopenable> {
    let ticket = Ticket::of(ticket_id(&client.id)).write(&app.keys.data(), TicketKind::Registration)?;
    let mut body = serde_json::to_value(&client.metadata).unwrap_or_else(|_| json!({}));
    if let Value::Object(members) = &mut body {
        members.insert("client_id".to_owned(), json!(client.id));
        members.insert("client_id_issued_at".to_owned(), json!(visit.now.seconds()));
        members.insert("registration_access_token".to_owned(), json!(ticket));
        let uri = format!("{}{}/{}", app.config.issuer(), urls::CLIENTS, client.id);
        members.insert("registration_client_uri".to_owned(), json!(uri));
        if let Some(secret) = &client.secret {
            members.insert("client_secret".to_owned(), json!(secret.reveal()));
            members.insert("client_secret_expires_at".to_owned(), json!(0));
        }
    }
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
