//! Revocation of a client's own access tokens: they have no grant, so the token itself is remembered until
//! it would have expired.

use std::time::Duration;

use crate::app::App;
use crate::base::Visit;
use crate::grant::AccessClaims;
use crate::transient::{Key, Unavailable};

pub async fn revoke(app: &App, visit: &Visit, claims: &AccessClaims) -> Result<bool, Unavailable> {
    let left = u64::try_from(claims.exp - visit.now.seconds()).unwrap_or(0) + 1;
    app.transient.claim(&key(claims), Duration::from_secs(left)).await
}

pub async fn is_revoked(app: &App, claims: &AccessClaims) -> Result<bool, Unavailable> {
    Ok(app.transient.get(&key(claims)).await?.is_some())
}

fn key(claims: &AccessClaims) -> Key {
    Key::new("revoked", claims.jti)
}
