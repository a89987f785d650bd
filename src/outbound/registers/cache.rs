//! Matches that were found a short while ago, by a keyed digest of what was asked. Only matches: whoever was
//! refused may have mended it meanwhile.

use std::time::Duration;

use aws_lc_rs::hmac;

use super::question::About;
use crate::transient::{Key, Transient};

pub(super) struct Cache {
    transient: Transient,
    /// Made from the key that signs questions: without it nobody can find out who is in the cache.
    key: Option<hmac::Key>,
    life: Duration,
}

impl Cache {
    pub(super) fn new(transient: Transient, signing: Option<&hmac::Key>, life: Duration) -> Self {
        let derived = |signing| hmac::sign(signing, b"yihao register cache");
        let key = signing.map(|signing| hmac::Key::new(hmac::HMAC_SHA256, derived(signing).as_ref()));
        Self { transient, key, life }
    }

    /// The reference of the match that was found for this.
    pub(super) async fn find(&self, about: About<'_>) -> Option<String> {
        let found = self.transient.get(&self.place(about)?).await;
        let found = found.inspect_err(|error| tracing::warn!(%error, "a kept match cannot be read"));
        String::from_utf8(found.ok()??).ok()
    }

    pub(super) async fn keep(&self, about: About<'_>, reference: &str) {
        let Some(place) = self.place(about).filter(|_| !self.life.is_zero()) else { return };
        if let Err(error) = self.transient.put(&place, reference.as_bytes(), self.life).await {
            tracing::warn!(%error, "a match cannot be kept");
        }
    }

    fn place(&self, about: About<'_>) -> Option<Key> {
        let mut mac = hmac::Context::with_key(self.key.as_ref()?);
        for (name, text) in about {
            // A length before each: no two questions have one digest.
            for part in [*name, *text] {
                mac.update(&part.len().to_be_bytes());
                mac.update(part.as_bytes());
            }
        }
        Some(Key::new("register-match", mac.sign()))
    }
}
