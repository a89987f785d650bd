//! The name under which something is held.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A kind, which operators may read in the store, and the SHA-256 of an id, which they may not.
///
/// The hash hides ids that cannot be guessed (codes, handles, `jti`). An official number or a phone can be:
/// give its keyed blind index instead.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    kind: &'static str,
    text: String,
}

impl Key {
    /// `kind` is one lower-case word of the domain, such as `code` or `ask`.
    pub fn new(kind: &'static str, id: impl AsRef<[u8]>) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, id.as_ref()));
        Self { kind, text: format!("{kind}:{hash}") }
    }

    /// `kind:hash`, as both homes name it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// The kind only: whoever holds a list of ids could find the hash in it.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}…)", self.kind)
    }
}
