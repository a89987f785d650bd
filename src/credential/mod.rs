//! Rank 3: how a person proves to be the owner of an account (and an operator to be one), and what stands
//! between an account and those who guess.

mod counter;
mod holder;

pub mod attempts;
pub mod browser;
pub mod chip;
pub mod factors;
pub mod legacy_hash;
pub mod passkey;
pub mod password;
pub mod pin;
pub mod proof;
pub mod quota;
pub mod recovery;
pub mod recovery_code;
pub mod sms_code;
pub mod totp;

#[cfg(test)]
mod trial;

pub use attempts::{Attempt, Attempts, Factor};
pub use counter::Wait;
pub use factors::{Owned, SecondFactor};
pub use holder::{Holder, Whose};
pub use legacy_hash::{LegacyHash, Scheme};
pub use passkey::{PasskeyProof, Passkeys};
pub use password::{Busy, Hasher, Verdict};
pub use proof::Proof;
pub use quota::{Quota, Rationed};

use crate::crypto::Unopenable;
use crate::{audit, db, transient};

/// Why a proof was not taken. The person is told only that it was not; the log may say this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("nothing is under way by that handle: made up, expired, used, or somebody else's")]
    Unknown,
    #[error("not of the form it should have")]
    Malformed,
    #[error("does not prove what it should")]
    Wrong,
    #[error("the passkey's counter does not go on: it may have been copied")]
    Copied,
    #[error("the passkey is registered already")]
    Registered,
    #[error("too many passkeys")]
    TooMany,
    #[error("too many tries at one code")]
    Spent,
    #[error("the last of its kind, which must remain")]
    Last,
}

/// What a step of a proof can end in, other than well.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Wait(#[from] Wait),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Transient(#[from] transient::Unavailable),
    #[error(transparent)]
    Keys(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
}
