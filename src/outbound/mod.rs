//! Rank 2: the ways out of the house. [`Web`] leads to addresses that clients give, [`Registers`],
//! [`Sms`], [`Face`], [`NetworkIdentity`] and [`National`] and
//! [`OldSystems`] to those that the operator configured.
//!
//! None of them follows a redirect, asks the environment for a proxy, or puts into an error or a log what
//! it was asked to carry.

mod breaker;
mod checker;
pub mod face;
mod guard;
pub mod http;
pub mod national;
pub mod network_identity;
pub mod old_systems;
pub mod registers;
pub mod sms;
mod transport;

#[cfg(test)]
mod testing;

pub use face::Face;
pub use http::{FetchError, Web};
pub use national::National;
pub use network_identity::NetworkIdentity;
pub use old_systems::OldSystems;
pub use registers::{Answer, LegalPerson, LegalPersonAnswer, NoAnswer, Registers};
pub use sms::{SentSms, Sms, SmsError};

/// A setting that no way out can be made of: which key, and why.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {why}")]
pub struct OpenError {
    pub key: &'static str,
    pub why: String,
}

impl OpenError {
    fn new(key: &'static str, why: impl std::fmt::Display) -> Self {
        Self { key, why: why.to_string() }
    }
}
