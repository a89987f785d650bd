//! `client_secret_jwt` and `private_key_jwt` (RFC 7523 section 3, OpenID Connect Core section 9).

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use uuid::Uuid;

use super::OAuthError;
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::{Actor, Visit};
use crate::client::{AuthMethod, Client};
use crate::crypto::from_base64url;
use crate::http::urls;
use crate::terminal::{self, Terminal};
use crate::transient::Key;

/// An assertion may be good so long at most: so long its `jti` is remembered.
const LONGEST: i64 = 3600;
/// Clocks may differ so much.
const SKEW: i64 = 30;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Whose key to look up. Says nothing yet: the signature has not been checked.
pub fn subject(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let claims = from_base64url(assertion.split('.').nth(1)?)?;
    serde_json::from_slice::<Subject>(&claims).ok().map(|claims| claims.sub)
}

/// Whose key signed.
enum Signer {
    Client(DecodingKey),
    /// A terminal shows its own key, and is allowed in by itself.
    Terminal(Box<Terminal>, DecodingKey),
}

impl Signer {
    const fn key(&self) -> &DecodingKey {
        match self {
            Self::Client(key) | Self::Terminal(_, key) => key,
        }
    }
}

/// Checks an assertion, and tells the terminal whose it is, if it is one's.
pub async fn check(
    app: &App,
    visit: &Visit,
    client: &Client,
    assertion: &str,
) -> Result<Option<Terminal>, OAuthError> {
    let refused = |what: &str| OAuthError::invalid_client(format!("client_assertion: {what}"));
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| refused("not a JWT"))?;
    let by_secret = client.metadata.token_endpoint_auth_method == AuthMethod::SecretJwt;
    let fits = match header.alg {
        Algorithm::HS256 => by_secret,
        Algorithm::ES256 | Algorithm::EdDSA | Algorithm::RS256 | Algorithm::PS256 => !by_secret,
        _ => false,
    };
    let registered = client.metadata.token_endpoint_auth_signing_alg.as_deref();
    if !fits || registered.is_some_and(|alg| alg != format!("{:?}", header.alg)) {
        return Err(refused("the alg is not the registered one"));
    }
    let signer = if by_secret {
        let secret = client.secret.as_ref().ok_or_else(|| refused("the client has no secret"))?;
        Signer::Client(DecodingKey::from_secret(secret.reveal().as_bytes()))
    } else {
        let found = signer(app, client, header.kid.as_deref()).await?;
        found.ok_or_else(|| refused("no such key of the client, nor such a terminal of it"))?
    };
    let mut validation = Validation::new(header.alg);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(assertion, signer.key(), &validation)
        .map_err(|_| refused("the signature does not verify, or iss, sub, aud, exp or jti is missing"))?
        .claims;
    let now = visit.now.seconds();
    if claims.iss != client.id || claims.sub != client.id {
        return Err(refused("iss and sub must be the client_id"));
    }
    if !is_for_us(app, &claims.aud) {
        return Err(refused("aud must be the issuer or the token endpoint"));
    }
    if claims.exp <= now - SKEW
        || claims.exp > now + LONGEST
        || claims.nbf.is_some_and(|nbf| nbf > now + SKEW)
    {
        return Err(refused("expired, not valid yet, or valid for more than an hour"));
    }
    // RFC 7523 section 3 rule 7: once.
    let life = Duration::from_secs(u64::try_from(claims.exp - now + SKEW + 1).unwrap_or(1));
    let first =
        app.transient.claim(&Key::new("assertion", format!("{}\n{}", client.id, claims.jti)), life).await?;
    if !first {
        return Err(refused("the jti has been used"));
    }
    match signer {
        Signer::Client(_) => Ok(None),
        // Only now: to who does not hold the key, nothing is told of the terminal.
        Signer::Terminal(terminal, _) => match terminal.refusal(visit.now) {
            None => Ok(Some(*terminal)),
            Some(why) => {
                note(app, visit, &terminal, why).await?;
                Err(refused(why))
            }
        },
    }
}

/// Somebody still uses the key of a terminal that may not act: its owner wants to know.
async fn note(app: &App, visit: &Visit, terminal: &Terminal, reason: &str) -> Result<(), OAuthError> {
    let visit = Visit {
        actor: Actor::Terminal(terminal.id),
        channel: terminal.kind.channel(),
        terminal: Some(terminal.id),
        ..visit.clone()
    };
    let about = About { person: None, client: Some(&terminal.client) };
    let event = Event::TerminalRefused { terminal: terminal.id, reason };
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &app.keys.data(), &visit, event, about).await?;
    Ok(tx.commit().await?)
}

fn is_for_us(app: &App, audience: &Audience) -> bool {
    let issuer = app.config.issuer();
    // OpenID CIBA section 7.1 wants its own endpoint to be taken too.
    let endpoints = [urls::TOKEN, urls::BACKCHANNEL_AUTHENTICATION];
    let ours =
        |aud: &str| aud == issuer || aud.strip_prefix(issuer).is_some_and(|path| endpoints.contains(&path));
    match audience {
        Audience::One(aud) => ours(aud),
        Audience::Many(all) => all.iter().any(|aud| ours(aud)),
    }
}

/// The client's own key of this name comes first; else it is the name of a terminal.
async fn signer(app: &App, client: &Client, kid: Option<&str>) -> Result<Option<Signer>, OAuthError> {
    if let Some(key) = public_key(app, client, kid).await {
        return Ok(Some(Signer::Client(key)));
    }
    let Some(id) = kid.and_then(|kid| kid.parse::<Uuid>().ok()) else { return Ok(None) };
    let found = terminal::find(&mut &app.db, &app.keys.data(), id).await?;
    let Some(terminal) = found.filter(|terminal| terminal.client == client.id) else { return Ok(None) };
    let key = DecodingKey::from_jwk(terminal.jwk()).ok();
    Ok(key.map(|key| Signer::Terminal(Box::new(terminal), key)))
}

async fn public_key(app: &App, client: &Client, kid: Option<&str>) -> Option<DecodingKey> {
    let keys = app.keys_of(client, kid).await?;
    let key = match kid {
        Some(kid) => keys.find(kid)?,
        None if keys.keys.len() == 1 => keys.keys.first()?,
        None => return None,
    };
    DecodingKey::from_jwk(key).ok()
}
