//! Django's `pbkdf2_sha256$rounds$salt$base64`: the salt is used as the text that it is.

use super::pbkdf2::{Hmac, check};
use super::{Check, from_base64};

pub(super) fn read(stored: &str) -> Option<Box<dyn Check>> {
    let mut parts = stored.strip_prefix("pbkdf2_sha256$")?.split('$');
    let (rounds, salt, key) = (parts.next()?, parts.next()?, from_base64(parts.next()?)?);
    if parts.next().is_some() || key.len() != 32 {
        return None;
    }
    check(Hmac::Sha256, rounds.parse().ok()?, salt.as_bytes(), &key)
}
