//! The portable hashes of phpass: `$P$`, a sign for the cost, eight signs of salt, and MD5 again and again in an
//! alphabet of its own.

use md5::Digest as _;
use zeroize::Zeroizing;

use super::Check;
use crate::crypto;

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Powers of two: phpass itself takes 7 to 30; its own default is 8, WordPress' 13.
const COST: std::ops::RangeInclusive<usize> = 7..=16;

struct Hashed {
    rounds: u32,
    salt: [u8; 8],
    /// The last 22 signs.
    expected: Zeroizing<Vec<u8>>,
}

pub(super) fn read(stored: &str) -> Option<Box<dyn Check>> {
    let rest = stored.strip_prefix("$P$").or_else(|| stored.strip_prefix("$H$"))?.as_bytes();
    let (&cost, rest) = rest.split_first()?;
    let cost = ALPHABET.iter().position(|sign| *sign == cost).filter(|cost| COST.contains(cost))?;
    let (salt, expected) = rest.split_first_chunk::<8>()?;
    let expected = Zeroizing::new(expected.to_vec());
    (expected.len() == 22)
        .then(|| Box::new(Hashed { rounds: 1 << cost, salt: *salt, expected }) as Box<dyn Check>)
}

impl Check for Hashed {
    fn matches(&self, password: &[u8]) -> bool {
        let mut hash = md5::Md5::new().chain_update(self.salt).chain_update(password).finalize();
        for _ in 0..self.rounds {
            hash = md5::Md5::new().chain_update(hash).chain_update(password).finalize();
        }
        crypto::equal(&self.expected, &written(&hash))
    }
}

/// Six bits a sign, the lowest of the first byte first.
fn written(hash: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(22));
    for group in hash.chunks(3) {
        let bits = group.iter().rev().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        text.extend((0..=group.len()).map(|at| ALPHABET[(bits >> (6 * at) & 63) as usize]));
    }
    text
}
