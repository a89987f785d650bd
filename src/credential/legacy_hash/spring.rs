//! Spring Security's `DelegatingPasswordEncoder`: the encoder's id in braces, then what it made.

use zeroize::Zeroizing;

use super::digest::Algorithm;
use super::pbkdf2::{Hmac, check};
use super::{Check, Scheme, bcrypt, from_hex};
use crate::crypto;

/// `MessageDigestPasswordEncoder`: the salt goes into the digest with its braces.
struct Digested {
    algorithm: Algorithm,
    salt: String,
    expected: Zeroizing<Vec<u8>>,
}

/// `NoOpPasswordEncoder`.
struct Bare(Zeroizing<String>);

pub(super) fn read(scheme: Scheme, stored: &str) -> Option<Box<dyn Check>> {
    match scheme {
        Scheme::SpringMd5 => digested(Algorithm::Md5, stored.strip_prefix("{MD5}")?),
        Scheme::SpringSm3 => digested(Algorithm::Sm3, stored.strip_prefix("{SM3}")?),
        Scheme::SpringNoop => {
            let password = stored.strip_prefix("{noop}").filter(|password| !password.is_empty())?;
            Some(Box::new(Bare(password.to_owned().into())))
        }
        Scheme::SpringPbkdf2 => derived(Hmac::Sha1, 185_000, 8, stored.strip_prefix("{pbkdf2}")?),
        Scheme::SpringPbkdf2V58 => {
            derived(Hmac::Sha256, 310_000, 16, stored.strip_prefix("{pbkdf2@SpringSecurity_v5_8}")?)
        }
        Scheme::SpringBcrypt => bcrypt::read(stored.strip_prefix("{bcrypt}")?),
        _ => None,
    }
}

fn digested(algorithm: Algorithm, rest: &str) -> Option<Box<dyn Check>> {
    let (salt, digest) = match rest.rfind('}') {
        Some(end) if rest.starts_with('{') => rest.split_at(end + 1),
        _ => ("", rest),
    };
    let expected = from_hex(digest).filter(|expected| expected.len() == algorithm.length())?;
    Some(Box::new(Digested { algorithm, salt: salt.to_owned(), expected }))
}

/// `Pbkdf2PasswordEncoder` without a secret: salt and key of 32 bytes, in hexadecimal.
fn derived(hmac: Hmac, rounds: u32, salt: usize, rest: &str) -> Option<Box<dyn Check>> {
    let whole = from_hex(rest)?;
    let (salt, key) = whole.split_at_checked(salt)?;
    if key.len() == 32 { check(hmac, rounds, salt, key) } else { None }
}

impl Check for Digested {
    fn matches(&self, password: &[u8]) -> bool {
        crypto::equal(&self.expected, &self.algorithm.digest(&[password, self.salt.as_bytes()]))
    }
}

impl Check for Bare {
    fn matches(&self, password: &[u8]) -> bool {
        crypto::equal(self.0.as_bytes(), password)
    }
}
