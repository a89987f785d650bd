//! ASP.NET Identity's `PasswordHasher`, in base64. Version 2: `00`, salt of 16 bytes, key of 32 (HMAC-SHA1, 1,000
//! rounds). Version 3: `01`, then as big-endian 32-bit numbers which HMAC, rounds, length of the salt; salt; key.

use super::pbkdf2::{Hmac, check};
use super::{Check, Scheme, from_base64};

pub(super) fn read(scheme: Scheme, stored: &str) -> Option<Box<dyn Check>> {
    let whole = from_base64(stored)?;
    let (version, rest) = whole.split_first()?;
    match (scheme, version) {
        (Scheme::AspNetV2, 0) => {
            let (salt, key) = rest.split_at_checked(16)?;
            if key.len() == 32 { check(Hmac::Sha1, 1000, salt, key) } else { None }
        }
        (Scheme::AspNetV3, 1) => {
            let (hmac, rest) = number(rest)?;
            let (rounds, rest) = number(rest)?;
            let (length, rest) = number(rest)?;
            let (salt, key) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            let hmac = match hmac {
                0 => Hmac::Sha1,
                1 => Hmac::Sha256,
                2 => Hmac::Sha512,
                _ => return None,
            };
            check(hmac, rounds, salt, key)
        }
        _ => None,
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}
