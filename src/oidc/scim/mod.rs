//! SCIM 2.0 (RFC 7643, RFC 7644), inbound: a system that still opens accounts opens them here, as accounts of its own
//! source. It sees no others, and no list: what it asks for it names.

mod attributes;
mod discovery;
mod patch;
mod problem;
mod users;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;

use super::access_token;
use super::client_token;
use super::userinfo::bearer;
use crate::app::App;
use crate::base::{Actor, Scope, Visit};
use crate::http::urls;
use crate::legacy::Source;
use problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(urls::SCIM_USERS, get(users::search).post(users::create))
        .route(
            urls::SCIM_USER,
            get(users::read).put(users::replace).patch(users::change).delete(users::remove),
        )
        .route(urls::SCIM_CONFIG, get(discovery::config))
        .route(urls::SCIM_SCHEMAS, get(discovery::schemas))
        .route(urls::SCIM_SCHEMA, get(discovery::schema))
        .route(urls::SCIM_TYPES, get(discovery::types))
        .route(urls::SCIM_TYPE, get(discovery::resource_type))
}

/// The source of whoever asks: by the client's own token with the scope `scim`, and the one source that is the client's.
async fn source(app: &App, visit: &mut Visit, headers: &HeaderMap) -> Result<Source, Problem> {
    let token = bearer(headers).ok_or_else(Problem::unauthorized)?;
    let claims = access_token::verify(app, visit, token).map_err(|_| Problem::unauthorized())?;
    // A person's token opens nothing here, whatever its scopes.
    if claims.grant.is_some() || client_token::is_revoked(app, &claims).await? {
        return Err(Problem::unauthorized());
    }
    if !claims.scope.contains(Scope::Scim) {
        return Err(Problem::forbidden("the token lacks the scope scim"));
    }
    if app.client(&claims.client_id).await?.is_none() {
        return Err(Problem::unauthorized());
    }
    visit.actor = Actor::Client(claims.client_id.clone());
    let source = Source::of_client(&mut &app.db, &claims.client_id).await?;
    source.ok_or_else(|| Problem::forbidden("no source, or more than one, belongs to this client"))
}
