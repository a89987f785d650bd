//! Proofs that whoever sends a request has a key (DPoP, RFC 9449): a JWT in the header `DPoP`, signed for this
//! request alone. Tokens that are issued with one name its key, and are worth nothing without another.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::OAuthError;
use super::error::Code;
use crate::app::App;
use crate::base::{Moment, Visit};
use crate::client::Client;
use crate::crypto::{Algorithm, Ticket, TicketKind, base64url, from_base64url, sha256, thumbprint};
use crate::http::urls;
use crate::terminal;
use crate::transient::Key;

const PROOF: HeaderName = HeaderName::from_static("dpop");
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
/// A device's clock may be ahead so much.
const SKEW: i64 = 30;
/// An RSA key of 4096 bits and its signature take about half of it.
const LONGEST: usize = 4096;

/// The request that a proof is made for.
#[derive(Clone, Copy)]
pub struct Purpose<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// At a resource: the token that is shown with it.
    pub access_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Map<String, Value>,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: Url,
    iat: f64,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

/// At the token endpoint: the key that the tokens will be bound to, if the client wants that.
pub async fn at_token(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    client: &Client,
) -> Result<Option<String>, OAuthError> {
    let purpose = Purpose { method: "POST", path: urls::TOKEN, access_token: None };
    let jkt = proven(app, visit, headers, purpose).await?;
    if let Some(id) = visit.terminal {
        return of_terminal(app, id, jkt).await.map(Some);
    }
    if jkt.is_none() && client.metadata.dpop_bound_access_tokens {
        return Err(refused("the header is missing, and the client's tokens are always bound to a key"));
    }
    Ok(jkt)
}

/// What is issued to a terminal is bound to its key, which its assertion has shown already.
async fn of_terminal(app: &App, id: Uuid, jkt: Option<String>) -> Result<String, OAuthError> {
    let found = terminal::find(&mut &app.db, &app.keys.data(), id).await?;
    let terminal = found.ok_or_else(|| OAuthError::invalid_client("no such terminal"))?;
    let own = terminal.key.thumbprint();
    match jkt {
        Some(jkt) if jkt != own => Err(refused("the proof is of another key than the terminal's")),
        _ => Ok(own.to_owned()),
    }
}

/// The thumbprint of the key whose proof came with the request, or `None` if none came. Section 4.3 lists
/// what is checked.
pub async fn proven(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    purpose: Purpose<'_>,
) -> Result<Option<String>, OAuthError> {
    let mut all = headers.get_all(PROOF).iter();
    let Some(proof) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(refused("more than one"));
    }
    let proof = proof.to_str().ok().filter(|proof| proof.len() <= LONGEST);
    let (jkt, claims) = read(proof.ok_or_else(|| refused("not a JWT"))?)?;
    check(app, visit, purpose, &claims)?;
    // Once: so long as it would be good another time.
    let life = Duration::from_secs(app.config.dpop.proof_seconds + SKEW.unsigned_abs() + 1);
    let mark = Key::new("dpop", format!("{jkt}\n{}", claims.jti));
    if !app.transient.claim(&mark, life).await? {
        return Err(refused("the jti has been used"));
    }
    Ok(Some(jkt))
}

/// What is signed, and the thumbprint of the key that signed it.
fn read(proof: &str) -> Result<(String, Claims), OAuthError> {
    let header = proof.split('.').next().and_then(from_base64url);
    let header = header.and_then(|json| serde_json::from_slice::<Header>(&json).ok());
    let header = header.ok_or_else(|| refused("not a JWT with typ, alg and jwk"))?;
    if header.typ != "dpop+jwt" {
        return Err(refused("typ must be dpop+jwt"));
    }
    if header.crit.is_some() {
        return Err(refused("crit names what is not known here"));
    }
    let algorithm: Algorithm = header.alg.parse().map_err(|unknown| refused(format!("alg: {unknown}")))?;
    if ["d", "k", "p", "q"].iter().any(|secret| header.jwk.contains_key(*secret)) {
        return Err(refused("jwk holds a private key: it is not private any more"));
    }
    let jwk = serde_json::from_value::<Jwk>(Value::Object(header.jwk)).ok();
    let key = jwk.as_ref().and_then(|jwk| DecodingKey::from_jwk(jwk).ok());
    let jkt = jwk.as_ref().and_then(thumbprint);
    let (Some(key), Some(jkt)) = (key, jkt) else { return Err(refused("jwk is no public key")) };
    let mut validation = Validation::new(algorithm.jsonwebtoken());
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(proof, &key, &validation)
        .map_err(|_| refused("the signature does not verify, or jti, htm, htu or iat is missing"))?
        .claims;
    Ok((jkt, claims))
}

fn check(app: &App, visit: &Visit, purpose: Purpose<'_>, claims: &Claims) -> Result<(), OAuthError> {
    if claims.htm != purpose.method {
        return Err(refused(format!("htm must be {}", purpose.method)));
    }
    // Section 4.3: without query and fragment, and normalised, as both are when parsed.
    let mut htu = claims.htu.clone();
    htu.set_query(None);
    htu.set_fragment(None);
    if app.config.server.issuer.join(purpose.path).ok() != Some(htu) {
        return Err(refused(format!("htu must be {}{}", app.config.issuer(), purpose.path)));
    }
    let age = visit.now.seconds() as f64 - claims.iat;
    if !(-SKEW as f64..=app.config.dpop.proof_seconds as f64).contains(&age) {
        return Err(refused(format!(
            "iat is not within the last {} seconds by our clock",
            app.config.dpop.proof_seconds
        )));
    }
    if claims.jti.is_empty() || claims.jti.len() > 256 {
        return Err(refused("jti must have 1 to 256 characters"));
    }
    if let Some(token) = purpose.access_token
        && claims.ath.as_deref() != Some(&base64url(&sha256(token.as_bytes())))
    {
        return Err(refused("ath must be the hash of the access token"));
    }
    if app.config.dpop.nonce_seconds > 0
        && !claims.nonce.as_deref().is_some_and(|nonce| is_ours(app, visit, nonce))
    {
        return Err(OAuthError::new(
            Code::UseDpopNonce,
            "the proof needs the nonce that comes with this answer",
        ));
    }
    Ok(())
}

/// Section 8: a nonce is a ticket whose id tells when it was made, so nobody has to remember it.
fn is_ours(app: &App, visit: &Visit, nonce: &str) -> bool {
    Ticket::read(&app.keys.data(), TicketKind::DpopNonce, nonce).is_ok_and(|ticket| {
        visit.now.since(Moment::of_id(ticket.id)) <= Duration::from_secs(app.config.dpop.nonce_seconds)
    })
}

/// Sections 8.2 and 9: a fresh nonce with each answer, where nonces are asked for.
pub async fn with_nonce(State(app): State<App>, mut response: Response) -> Response {
    let id = app.chance.id_at(app.clock.now());
    let nonce = Ticket::of(id).write(&app.keys.data(), TicketKind::DpopNonce);
    if let Some(nonce) = nonce.ok().and_then(|nonce| HeaderValue::from_str(&nonce).ok()) {
        response.headers_mut().insert(NONCE, nonce);
    }
    response
}

/// The algorithms that proofs may be signed with, as a challenge lists them (section 7.1).
pub fn algorithms() -> String {
    Algorithm::ALL.map(Algorithm::as_str).join(" ")
}

fn refused(what: impl Into<String>) -> OAuthError {
    OAuthError::new(Code::InvalidDpopProof, format!("DPoP: {}", what.into()))
}
