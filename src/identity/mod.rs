//! Rank 3: persons, the numbers they are bound to, and how sure we are of it.

mod binding;
mod handle;
mod number_index;
mod person;
mod register;
mod rekey;
pub mod verification;

pub use binding::{Binding, BindingState, NewEvidence};
pub use handle::{HandleKind, find_by_handle, user_name};
pub use number_index::find_by_number;
pub use person::{Person, PersonState, load};
pub use register::{NewPerson, Registered, register};
pub use rekey::{Rekeyed, rekey_step};
pub use verification::{Claimed, Verification, VerificationState};

use crate::crypto::Unopenable;
use crate::{audit, db};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    /// Another node has made or retired an index key since this one last looked: reload and try again.
    #[error("the index keys have changed")]
    KeysChanged,
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Storage(error) => Self::Storage(error),
            audit::Error::Seal(error) => Self::Sealed(error),
        }
    }
}
