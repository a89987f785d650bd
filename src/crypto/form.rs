//! The head of everything protected: one byte of suite, two bytes of key version.

use super::{Suite, Unopenable};

pub const HEAD: usize = 3;

pub fn head(suite: Suite, version: u16) -> [u8; HEAD] {
    let [high, low] = version.to_be_bytes();
    [suite as u8, high, low]
}

/// The key version that the bytes name, and what follows it.
pub fn split(bytes: &[u8]) -> Result<(u16, &[u8]), Unopenable> {
    match bytes {
        [suite, high, low, rest @ ..] if *suite == Suite::International as u8 => {
            Ok((u16::from_be_bytes([*high, *low]), rest))
        }
        _ => Err(Unopenable),
    }
}
