//! Access tokens whose signature has been checked. Whether they are revoked is read anew each time.

use std::sync::Arc;
use std::time::Duration;

use crate::grant::AccessClaims;

/// By the SHA-256 of the token: the cache holds nothing that could be used.
pub struct VerifiedTokens(moka::sync::Cache<[u8; 32], Arc<AccessClaims>>);

impl Default for VerifiedTokens {
    fn default() -> Self {
        let life = Duration::from_secs(300);
        Self(moka::sync::Cache::builder().max_capacity(10_000).time_to_live(life).build())
    }
}

impl VerifiedTokens {
    pub fn get(&self, digest: &[u8; 32]) -> Option<Arc<AccessClaims>> {
        self.0.get(digest)
    }

    pub fn insert(&self, digest: [u8; 32], claims: Arc<AccessClaims>) {
        self.0.insert(digest, claims);
    }
}
