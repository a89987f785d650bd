//! The userinfo endpoint (OpenID Connect Core section 5.3): what the person allowed the client to know, the
//! official number among it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::Code;
use super::presented::{Presented, Refusal};
use super::{OAuthError, subject_claims};
use crate::app::App;
use crate::base::{Scope, Visit};
use crate::grant::{self, AccessClaims, ActingClaims};
use crate::http::urls;

pub async fn serve(
    State(app): State<App>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let presented = Presented::in_header(&headers).ok_or_else(OAuthError::invalid_token)?;
    answer(&app, &visit, &method, &headers, presented).await
}

/// RFC 6750 section 2.2: the token may stand in a form, when it stands nowhere else.
pub async fn serve_post(
    State(app): State<App>,
    visit: Visit,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    if let Some(presented) = Presented::in_header(&headers) {
        return answer(&app, &visit, &method, &headers, presented).await;
    }
    let params = super::client_authentication::form(&headers, &body)?;
    let token = params.get("access_token").ok_or_else(OAuthError::invalid_token)?;
    answer(&app, &visit, &method, &headers, Presented::in_form(token)).await
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

async fn answer(
    app: &App,
    visit: &Visit,
    method: &Method,
    headers: &HeaderMap,
    presented: Presented<'_>,
) -> Result<Response, Refusal> {
    let claims = presented.claims(app, visit, headers, (method.as_str(), urls::USERINFO)).await?;
    about(app, visit, &claims).await.map_err(|error| presented.refuse(error))
}

async fn about(app: &App, visit: &Visit, claims: &AccessClaims) -> Result<Response, OAuthError> {
    let id = claims
        .grant
        .ok_or_else(|| OAuthError::new(Code::InsufficientScope, "a client's own token names no person"))?;
    let found = grant::find_active(&mut &app.db, &app.keys.data(), visit, id, &app.config.trust).await?;
    let mut grant = found.ok_or_else(OAuthError::invalid_token)?;
    app.note_presence(visit, &grant).await?;
    // A token with fewer scopes than its grant gives no more than its own.
    grant.scopes = grant.scopes.and(claims.scope);
    if !grant.scopes.contains(Scope::OpenId) {
        return Err(OAuthError::new(Code::InsufficientScope, "the token lacks openid"));
    }
    let mut person = subject_claims::for_userinfo(app, &grant, &grant.client).await?;
    if let Ok(Value::Object(acting)) = serde_json::to_value(ActingClaims::of(&grant)) {
        person.extend(acting);
    }
    person.insert("sub".to_owned(), grant.sub.into());
    person.insert("trust_level".to_owned(), u8::from(grant.trust).into());
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(person)).into_response())
}
