//! `refresh_token` (RFC 6749 section 6). A bearer refresh token is rotated at each use, and its grant is
//! revoked when an old one comes again (RFC 9700 section 4.14.2).

use crate::app::App;
use crate::base::{Scopes, Visit};
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind};
use crate::grant::{self, Rotation};
use crate::http::Params;
use crate::oidc::OAuthError;
use crate::oidc::error::Code;
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let unusable =
        || OAuthError::invalid_grant("the refresh token is expired, revoked, used or not from here");
    let token = required(params, "refresh_token")?;
    let keys = app.keys.data();
    let ticket = Ticket::read(&keys, TicketKind::Refresh, token).map_err(|_| unusable())?;
    let found = grant::find_active(&mut &app.db, &keys, visit, ticket.id, &app.config.trust).await?;
    let mut grant = found.filter(|grant| grant.client == client.id).ok_or_else(unusable)?;
    let scopes = narrowed(params, grant.scopes)?;
    grant.jkt = bound(client, grant.jkt, jkt)?;
    let mut tx = app.db.begin().await?;
    let rotation = grant::rotate(&mut tx, &keys, visit, &grant, ticket.counter).await?;
    // The revocation of a replay is kept as well.
    tx.commit().await?;
    match rotation {
        Rotation::Replayed => Err(unusable()),
        Rotation::Rotated(generation) => {
            grant.generation = generation;
            // The grant keeps its scopes; only these tokens have fewer.
            grant.scopes = scopes;
            issue(app, visit, client, &grant, None).await
        }
    }
}

/// What began bound to a key stays bound. A public client has nothing but the key to show that the refresh
/// token is its own; one that authenticates may bring a new key (RFC 9449 section 5).
fn bound(
    client: &Client,
    before: Option<String>,
    proven: Option<String>,
) -> Result<Option<String>, OAuthError> {
    match (before, proven) {
        (None, proven) => Ok(proven),
        (Some(_), None) => Err(OAuthError::new(
            Code::InvalidDpopProof,
            "DPoP: the header is missing, and the grant is bound to a key",
        )),
        (Some(before), Some(proven)) if before != proven && client.metadata.is_public() => {
            Err(OAuthError::invalid_grant("the refresh token is bound to another key"))
        }
        (Some(_), proven) => Ok(proven),
    }
}

/// RFC 6749 section 6: fewer scopes may be asked for, never more.
fn narrowed(params: &Params, granted: Scopes) -> Result<Scopes, OAuthError> {
    match params.get("scope").map(Scopes::parse) {
        None => Ok(granted),
        Some(asked) if asked.is_within(granted) => Ok(asked),
        Some(_) => Err(OAuthError::new(Code::InvalidScope, "scope exceeds what was granted")),
    }
}
