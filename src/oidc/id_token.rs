//! ID tokens (OpenID Connect Core section 2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::native_sso;
use crate::app::App;
use crate::base::{TrustLevel, Visit};
use crate::client::Client;
use crate::crypto::{Algorithm, Unopenable, base64url, jws, sha256, sha512};
use crate::grant::{ActingClaims, Grant};
use crate::logout::sid;

#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: &'static str,
    amr: Vec<&'a str>,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ds_hash: Option<String>,
    sid: String,
    trust_level: TrustLevel,
    channel: &'static str,
    #[serde(flatten)]
    acting: ActingClaims,
    #[serde(flatten)]
    person: Map<String, Value>,
}

/// What is given together with an ID token, which names it by its hash.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub access_token: &'a str,
    pub device_secret: Option<&'a str>,
}

/// Signs an ID token. `person` are the claims that were asked for in the ID token by name.
pub fn of_grant(
    app: &App,
    visit: &Visit,
    client: &Client,
    grant: &Grant,
    nonce: Option<&str>,
    beside: Beside<'_>,
    person: Map<String, Value>,
) -> Result<String, Unopenable> {
    let life = Duration::from_secs(app.config.token.id_minutes * 60);
    let claims = IdClaims {
        iss: app.config.issuer(),
        sub: &grant.sub,
        aud: &client.id,
        iat: visit.now.seconds(),
        exp: grant.at_most(visit.now.plus(life)).seconds(),
        auth_time: grant.authenticated_at.seconds(),
        nonce,
        acr: grant.aal.acr(),
        amr: grant.amr.split_ascii_whitespace().collect(),
        at_hash: at_hash(client.metadata.id_token_signed_response_alg, beside.access_token),
        ds_hash: beside.device_secret.map(native_sso::hash),
        sid: sid(grant.session, &client.id, &grant.sub),
        trust_level: grant.trust,
        channel: grant.channel.as_str(),
        acting: ActingClaims::of(grant),
        person,
    };
    let ring = app.keys.signing();
    jws::sign(ring.active(client.metadata.id_token_signed_response_alg)?, "JWT", &claims)
}

/// Section 3.1.3.6: the left half of the hash that goes with the algorithm. Ed25519's is SHA-512 (RFC 8032
/// section 5.1).
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let token = access_token.as_bytes();
    match algorithm {
        Algorithm::EdDSA => base64url(&sha512(token)[..32]),
        Algorithm::ES256 | Algorithm::RS256 | Algorithm::PS256 => base64url(&sha256(token)[..16]),
    }
}

/// Whom an ID token of ours is about and for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hint {
    pub sub: String,
    pub aud: String,
    /// The sign-in it was issued in; tokens of before there was a `sid` have none.
    #[serde(default)]
    pub sid: Option<String>,
    /// The device secret it goes with (OpenID Connect Native SSO section 3.3).
    #[serde(default)]
    pub ds_hash: Option<String>,
    /// Who acted, if `sub` is another's.
    #[serde(default)]
    pub act: Option<HintedActor>,
    #[serde(default)]
    pub mandate: Option<HintedMandate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HintedActor {
    pub sub: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HintedMandate {
    pub id: Uuid,
}

/// Reads an ID token as a hint: signed here, expired or not (OpenID Connect RP-Initiated Logout section 2).
pub fn read_hint(app: &App, token: &str) -> Option<Hint> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.typ.as_deref() != Some("JWT") {
        return None;
    }
    let ring = app.keys.signing();
    let (algorithm, key) = ring.public().decoding(header.kid.as_deref()?)?;
    let mut validation = jsonwebtoken::Validation::new(algorithm.jsonwebtoken());
    validation.set_issuer(&[app.config.issuer()]);
    validation.validate_aud = false;
    validation.validate_exp = false;
    Some(jsonwebtoken::decode::<Hint>(token, key, &validation).ok()?.claims)
}
