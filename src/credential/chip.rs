//! What the reader of an identity card's chip says: it signs what it has read, for this Yihao and at this terminal.
//! The chip itself has no key that we could ask; the reader's security module has checked it.

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use uuid::Uuid;

use crate::base::number::CitizenId;
use crate::base::{Moment, Secret};

/// A card lies in the reader while its owner types a PIN.
const LIFE: Duration = Duration::from_secs(120);
/// Clocks may differ so much.
const SKEW: Duration = Duration::from_secs(30);

/// What stood in the chip. It is never kept.
#[derive(Debug)]
pub struct ChipRead {
    pub number: CitizenId,
    pub name: Secret,
    /// Names this reading; it counts once.
    pub reading: String,
    /// The reader that says so.
    pub reader: String,
    /// It says of itself that it is a simulator.
    pub simulated: bool,
}

/// Why a reading proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("not signed by a reader that is trusted")]
    Signature,
    #[error("for another issuer, or read at another terminal")]
    Elsewhere,
    #[error("read more than two minutes ago, or in the future")]
    Time,
    #[error("the card itself is over")]
    Card,
    #[error("no citizen ID, or no name")]
    Malformed,
}

/// The claims of a reading (`typ` is `chip+jwt`).
#[derive(Deserialize)]
struct Claims {
    aud: String,
    iat: i64,
    jti: String,
    terminal: Uuid,
    number: String,
    name: String,
    /// The last day on which the card is good, `2031-05-01`; absent where it is good for ever.
    #[serde(default)]
    valid_until: Option<jiff::civil::Date>,
    #[serde(default)]
    simulated: bool,
}

/// Reads what a trusted reader says. That it counts once is for the caller: the reading is its name.
pub fn read(
    readers: &JwkSet,
    issuer: &str,
    terminal: Uuid,
    now: Moment,
    reading: &str,
) -> Result<ChipRead, Unread> {
    let header = jsonwebtoken::decode_header(reading).map_err(|_| Unread::Signature)?;
    let kid = header.kid.ok_or(Unread::Signature)?;
    let fits = header.typ.as_deref() == Some("chip+jwt")
        && matches!(header.alg, Algorithm::ES256 | Algorithm::EdDSA);
    let jwk = readers.find(&kid).filter(|_| fits).ok_or(Unread::Signature)?;
    let key = DecodingKey::from_jwk(jwk).map_err(|_| Unread::Signature)?;
    let mut validation = Validation::new(header.alg);
    validation.validate_aud = false;
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(reading, &key, &validation);
    let claims = claims.map_err(|_| Unread::Signature)?.claims;
    if claims.aud != issuer || claims.terminal != terminal {
        return Err(Unread::Elsewhere);
    }
    let at = Moment::from_seconds(claims.iat);
    if now.since(at) > LIFE || at > now.plus(SKEW) {
        return Err(Unread::Time);
    }
    if claims.valid_until.is_some_and(|last| last < now.day()) {
        return Err(Unread::Card);
    }
    let number = CitizenId::parse(&claims.number, now.day()).map_err(|_| Unread::Malformed)?;
    if claims.name.trim().is_empty() || claims.jti.is_empty() || claims.jti.len() > 200 {
        return Err(Unread::Malformed);
    }
    let name = Secret::new(claims.name);
    Ok(ChipRead { number, name, reading: claims.jti, reader: kid, simulated: claims.simulated })
}
