//! Who a client is (RFC 6749 section 2.3, OpenID Connect Core section 9). One method a request, and the one
//! the client is registered for.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::OAuthError;
use super::client_assertion;
use crate::app::App;
use crate::base::{Actor, Visit};
use crate::client::{AuthMethod, Client};
use crate::crypto::{equal, sha256};
use crate::http::Params;

/// RFC 6749 section 3.2: the token endpoint and its kin take forms.
pub fn form(headers: &HeaderMap, body: &[u8]) -> Result<Params, OAuthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind
        .split(';')
        .next()
        .is_some_and(|k| k.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    {
        return Err(OAuthError::invalid_request("the body must be application/x-www-form-urlencoded"));
    }
    Ok(Params::parse(body)?)
}

/// What the request brings along.
enum Presented<'a> {
    Basic { id: String, secret: String },
    Post { id: &'a str, secret: &'a str },
    Assertion { assertion: &'a str },
    Nothing { id: &'a str },
}

/// The client that the request comes from. From here on the visit is its: actor, channel, and the terminal if
/// one of its terminals has shown its key.
pub async fn authenticate(
    app: &App,
    visit: &mut Visit,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Arc<Client>, OAuthError> {
    let presented = presented(headers, params)?;
    let id = match &presented {
        Presented::Basic { id, .. } => id.clone(),
        Presented::Post { id, .. } | Presented::Nothing { id } => (*id).to_owned(),
        Presented::Assertion { assertion } => client_assertion::subject(assertion)
            .ok_or_else(|| OAuthError::invalid_client("client_assertion is not a JWT with a sub"))?,
    };
    if params.get("client_id").is_some_and(|named| named != id) {
        return Err(OAuthError::invalid_request("client_id is not the client that authenticates"));
    }
    let unknown = || OAuthError::invalid_client("unknown client, or it does not authenticate as registered");
    let client = app.client(&id).await?.ok_or_else(unknown)?;
    let method = client.metadata.token_endpoint_auth_method;
    let mut terminal = None;
    let passed = match (method, &presented) {
        (AuthMethod::Basic, Presented::Basic { secret, .. }) => has_secret(&client, secret),
        (AuthMethod::Post, Presented::Post { secret, .. }) => has_secret(&client, secret),
        (AuthMethod::SecretJwt | AuthMethod::PrivateKeyJwt, Presented::Assertion { assertion }) => {
            terminal = client_assertion::check(app, visit, &client, assertion).await?;
            true
        }
        (AuthMethod::None, Presented::Nothing { .. }) => true,
        _ => false,
    };
    if !passed {
        return Err(unknown());
    }
    visit.channel = client.metadata.channel;
    visit.terminal = terminal.map(|terminal| terminal.id);
    visit.actor = match visit.terminal {
        Some(id) => Actor::Terminal(id),
        None => Actor::Client(client.id.clone()),
    };
    Ok(client)
}

fn presented<'a>(headers: &HeaderMap, params: &'a Params) -> Result<Presented<'a>, OAuthError> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let secret = params.get("client_secret");
    let assertion = params.get("client_assertion");
    let given =
        usize::from(basic.is_some()) + usize::from(secret.is_some()) + usize::from(assertion.is_some());
    if given > 1 {
        return Err(OAuthError::invalid_request("more than one client authentication"));
    }
    if let Some(value) = basic {
        return from_basic(value).ok_or_else(|| {
            OAuthError::invalid_client("the Authorization header is not Basic with id and secret")
        });
    }
    if let Some(assertion) = assertion {
        return Ok(Presented::Assertion { assertion });
    }
    let id = params.get("client_id").ok_or_else(|| OAuthError::invalid_client("no client authentication"))?;
    Ok(match secret {
        Some(secret) => Presented::Post { id, secret },
        None => Presented::Nothing { id },
    })
}

/// RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.
fn from_basic(value: &str) -> Option<Presented<'static>> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |part: &str| -> String {
        form_urlencoded::parse(part.as_bytes()).map(|(name, _)| name.into_owned()).collect()
    };
    Some(Presented::Basic { id: decoded(id), secret: decoded(secret) })
}

fn has_secret(client: &Client, given: &str) -> bool {
    // Hashed first: equal length, so that the comparison tells nothing of the secret's own.
    client
        .secret
        .as_ref()
        .is_some_and(|secret| equal(&sha256(secret.reveal().as_bytes()), &sha256(given.as_bytes())))
}
