//! `client_credentials` (RFC 6749 section 4.4): a program for itself. No person, no ID token, no refresh.

use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::{Channel, Scope, Scopes, Visit};
use crate::client::Client;
use crate::http::Params;
use crate::oidc::issue::{TokenResponse, token_type};
use crate::oidc::{OAuthError, access_token};

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    // Scopes of a person mean nothing here: there is none.
    let own = |scope: &Scope| {
        scope.is_clients_own() && !(scope.needs_approval() && client.metadata.self_registered)
    };
    let own: Scopes = Scope::ALL.into_iter().filter(own).collect();
    let asked = params.get("scope").map_or(Scopes::NONE, Scopes::parse);
    let scope = asked.and(client.metadata.scope).and(own);
    let mut tx = app.db.begin().await?;
    let about = About { person: None, client: Some(&client.id) };
    audit::record(&mut tx, &app.keys.data(), visit, Event::ClientTokenIssued { scopes: scope }, about)
        .await?;
    tx.commit().await?;
    Ok(TokenResponse {
        token_type: token_type(jkt.as_deref()),
        access_token: access_token::of_client(app, visit, client, scope, jkt)?,
        expires_in: app.config.access_life(Channel::System).as_secs(),
        scope,
        refresh_token: None,
        id_token: None,
        issued_token_type: None,
        device_secret: None,
    })
}
