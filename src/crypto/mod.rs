//! Rank 1: cryptography. Every ciphertext, index, seal and ticket names its suite and key version in its
//! first three bytes, so that a second suite is a configuration and a re-keying, not a rewrite.

pub mod certificate;
pub mod field;
pub mod form;
pub mod index;
pub mod jws;
pub mod master;
pub mod ring;
pub mod seal;
pub mod signing;
pub mod suite;
pub mod thumbprint;
pub mod ticket;

pub use certificate::Authorities;
pub use field::Place;
pub use index::BlindIndex;
pub use master::MasterKey;
pub use ring::{DataKey, DataKeys, Purpose, Ring};
pub use signing::{Algorithm, SigningKey};
pub use suite::Suite;
pub use thumbprint::thumbprint;
pub use ticket::{Ticket, TicketKind};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Base64url without padding, the encoding of JOSE (RFC 7515 section 2).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of base64url text; `None` if it is not.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256. For what is random already (codes, tokens), never for a number or a password.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 of what is read bit by bit.
#[derive(Clone)]
pub struct Sha256(aws_lc_rs::digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256 {
    pub fn new() -> Self {
        Self(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256))
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that there was until now; more may follow.
    pub fn so_far(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.clone().finish().as_ref());
        out
    }
}

/// SHA-512, for the same.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    let mut out = [0; 64];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, bytes).as_ref());
    out
}

/// Compares in constant time.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    a.ct_eq(b).into()
}

/// Something protected does not open: another key, another place, or changed bytes. It does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("protected data does not open")]
pub struct Unopenable;
