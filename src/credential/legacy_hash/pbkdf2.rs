//! PBKDF2 (RFC 8018 section 5.2), which three frameworks wrap each in its own way.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use zeroize::Zeroizing;

use super::Check;

/// Rounds that one comparison may cost: more than any framework's default of today (Django's 1,000,000 in 2024),
/// and under half a second. A row that says a thousand times as many would hold a worker for minutes.
const MOST_ROUNDS: u32 = 1_500_000;
/// Bytes of a derived key: with fewer, too many passwords would match; with more, each is worked for again.
const KEY: std::ops::RangeInclusive<usize> = 16..=64;
const LONGEST_SALT: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hmac {
    Sha1,
    Sha256,
    Sha512,
}

struct Derived {
    hmac: Hmac,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

/// `None` if it would cost too much, or too little to mean anything.
pub(super) fn check(hmac: Hmac, rounds: u32, salt: &[u8], key: &[u8]) -> Option<Box<dyn Check>> {
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= MOST_ROUNDS)?;
    // Each piece of a longer key than the digest costs all rounds again.
    let longest = if hmac == Hmac::Sha512 { *KEY.end() } else { 32 };
    if !KEY.contains(&key.len()) || key.len() > longest || salt.len() > LONGEST_SALT {
        return None;
    }
    Some(Box::new(Derived { hmac, rounds, salt: salt.to_vec(), key: Zeroizing::new(key.to_vec()) }))
}

impl Check for Derived {
    fn matches(&self, password: &[u8]) -> bool {
        let algorithm = match self.hmac {
            Hmac::Sha1 => PBKDF2_HMAC_SHA1,
            Hmac::Sha256 => PBKDF2_HMAC_SHA256,
            Hmac::Sha512 => PBKDF2_HMAC_SHA512,
        };
        pbkdf2::verify(algorithm, self.rounds, &self.salt, password, &self.key).is_ok()
    }
}
