//! `client_secret_jwt` and `private_key_jwt` (RFC 7523 section 3, OpenID Connect Core section 9).

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::OAuthError;
use crate::app::App;
use crate::base::Visit;
use crate::client::{AuthMethod, Client};
use crate::crypto::from_base64url;
use crate::http::urls;
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

pub async fn check(app: &App, visit: &Visit, client: &Client, assertion: &str) -> Result<(), OAuthError> {
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
    let key = if by_secret {
        let secret = client.secret.as_ref().ok_or_else(|| refused("the client has no secret"))?;
        DecodingKey::from_secret(secret.reveal().as_bytes())
    } else {
        public_key(app, client, header.kid.as_deref())
            .await
            .ok_or_else(|| refused("no such key of the client"))?
    };
    let mut validation = Validation::new(header.alg);
    validation.validate_aud = false;
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(assertion, &key, &validation)
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
    if first { Ok(()) } else { Err(refused("the jti has been used")) }
}

fn is_for_us(app: &App, audience: &Audience) -> bool {
    let issuer = app.config.issuer();
    let ours = |aud: &str| aud == issuer || aud.strip_prefix(issuer) == Some(urls::TOKEN);
    match audience {
        Audience::One(aud) => ours(aud),
        Audience::Many(all) => all.iter().any(|aud| ours(aud)),
    }
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
