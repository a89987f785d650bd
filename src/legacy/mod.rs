//! Accounts of the systems already built. They are taken over as they are (import), found out to be somebody's
//! (match), linked to that person's account (merge), and can be let go again (undo).

mod account;
pub mod index;
mod numbers;
pub mod profile;
pub mod reader;
mod rekey;
mod row;
mod run;
mod seal;
mod source;

pub use account::{Contact, Password, Record, State, Status, SubjectKind};
pub use numbers::{Canonical, Found, KeyKind};
pub use profile::{InvalidProfile, Profile};
pub use rekey::rekey_step;
pub use row::{Fields, Rejection, Understood, understand};
pub use run::{Counts, Position, Run, Stored, has_old_digests};
pub use seal::Sealer;
pub use source::{NewSource, Source, SourceState};

use crate::crypto::Unopenable;
use crate::{audit, db};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error("a source of the name {0:?} is there already")]
    SourceExists(String),
    #[error("the index keys have changed meanwhile: run it again")]
    KeysChanged,
    #[error("another import of this source has taken this one over")]
    TakenOver,
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Storage(error) => Self::Storage(error),
            audit::Error::Seal(error) => Self::Sealed(error),
        }
    }
}
