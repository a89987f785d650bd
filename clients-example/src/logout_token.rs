//! Reading a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6): the provider's word, sent straight
//! to this system, that a session has ended.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Never `none`, and nothing that a shared secret could sign.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256];

/// Which sign-in has ended: that of `sid`, or every one of `sub` where there is no `sid`.
#[derive(Debug, Deserialize)]
pub struct LoggedOut {
    pub sub: Option<String>,
    pub sid: Option<String>,
    events: HashMap<String, Value>,
    nonce: Option<Value>,
}

/// The key that a token says it is signed with.
///
/// # Errors
/// It is no token, or does not say.
pub fn key_id(token: &str) -> Result<String> {
    jsonwebtoken::decode_header(token)?.kid.context("the token names no key")
}

/// # Errors
/// The token is not good; the session goes on.
pub fn read(token: &str, keys: &JwkSet, issuer: &str, client_id: &str) -> Result<LoggedOut> {
    let header = jsonwebtoken::decode_header(token)?;
    // An ID token is signed by the same keys and must not pass for this.
    ensure!(header.typ.as_deref() == Some("logout+jwt"), "not a logout token");
    ensure!(ALGORITHMS.contains(&header.alg), "not an algorithm we accept");
    let key = keys.find(&key_id(token)?).context("no such key at the provider")?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    let claims = jsonwebtoken::decode::<LoggedOut>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims;
    ensure!(claims.events.get(EVENT).is_some_and(Value::is_object), "it tells of something else");
    ensure!(claims.nonce.is_none(), "a logout token has no nonce");
    ensure!(claims.sub.is_some() || claims.sid.is_some(), "it does not say whose session");
    Ok(claims)
}
