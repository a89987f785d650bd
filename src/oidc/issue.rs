//! The shared tail of all grants that a person stands behind: a grant becomes tokens.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::id_token::Beside;
use super::{OAuthError, access_token, id_token, native_sso, subject_claims};
use crate::app::App;
use crate::base::{Scope, Scopes, Visit};
use crate::client::{Client, GrantType};
use crate::crypto::{Ticket, TicketKind};
use crate::grant::Grant;

/// RFC 6749 section 5.1, with the `id_token` of OpenID Connect Core section 3.1.3.3.
#[derive(Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in: u64,
    pub scope: Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// RFC 8693 section 2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
    /// OpenID Connect Native SSO section 3.3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
}

/// Makes the tokens of a grant that has just been issued or refreshed.
pub async fn issue(
    app: &App,
    visit: &Visit,
    client: &Client,
    grant: &Grant,
    nonce: Option<&str>,
) -> Result<TokenResponse, OAuthError> {
    let access_token = access_token::of_grant(app, visit, grant)?;
    let device_secret = native_sso::device_secret(app, grant)?;
    let id_token = if grant.scopes.contains(Scope::OpenId) {
        let person = subject_claims::for_id_token(app, grant).await?;
        let beside = Beside { access_token: &access_token, device_secret: device_secret.as_deref() };
        Some(id_token::of_grant(app, visit, client, grant, nonce, beside, person)?)
    } else {
        None
    };
    let refresh_token = if client.metadata.may_use(GrantType::RefreshToken) {
        let ticket = Ticket { id: grant.id, counter: grant.generation };
        Some(ticket.write(&app.keys.data(), TicketKind::Refresh)?)
    } else {
        None
    };
    let life = app.config.access_life(grant.channel);
    Ok(TokenResponse {
        access_token,
        token_type: token_type(grant.jkt.as_deref()),
        expires_in: grant.at_most(visit.now.plus(life)).since(visit.now).as_secs(),
        scope: grant.scopes,
        refresh_token,
        id_token,
        issued_token_type: None,
        device_secret,
    })
}

/// RFC 6750 section 4, RFC 9449 section 5.
pub fn token_type(jkt: Option<&str>) -> &'static str {
    if jkt.is_some() { "DPoP" } else { "Bearer" }
}

impl IntoResponse for TokenResponse {
    fn into_response(self) -> Response {
        let headers = [
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::PRAGMA, HeaderValue::from_static("no-cache")),
        ];
        (headers, Json(self)).into_response()
    }
}
