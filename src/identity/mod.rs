//! Rank 3: persons and organizations, the numbers they are bound to, and how sure we are of it.

mod arrive;
mod binding;
mod cases;
mod change;
mod face;
mod handle;
mod language;
mod network;
mod meant;
mod number_index;
mod organization;
mod person;
mod register;
mod rekey;
mod trust;
mod unclaimed;
pub mod verification;

pub use arrive::{Arrival, arrive, close_account};
pub use binding::{Binding, BindingState, NewEvidence};
pub use cases::{
    Case, CaseKind, CaseState, Due, OPEN_DAYS, Verdict, find_case, list_cases, open_case, open_cases,
    settle_case,
};
pub use change::{
    Because, Renumbered, find_by_former_number, hold, note_person_check, release, rename, renumber, set_phone,
};
pub use face::{
    FaceCheck, FaceOutcome, agree_to_face, agreed_to_face, end_face_check, open_face_check, withdraw_face,
};
pub use handle::{HandleKind, find_by_handle, user_name};
pub use language::{language_of, note_language};
pub use meant::{Meant, meant};
pub use network::{NetworkBound, bind_network, find_by_network, prove_by_network, register_by_network, tell};
pub use number_index::{find_by_number, holder_of, index_domain};
pub use organization::{
    Known, Life, Organization, contest, found, load_organization, note_check, organizations_to_check, update,
};
pub use person::{Person, PersonState, load, state_of};
pub use register::{NewPerson, Registered, register, register_provisional};
pub use rekey::{Rekeyed, rekey_step};
pub use trust::{Evidence, Level, evidence_of, lapses_at, level, prove, renew, withdraw};
pub use unclaimed::{Holder, Wanted, Who, accounts_for, claim, unclaim, unmake, who};
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
    #[error("the evidence gives less than level 4")]
    TooWeak,
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Storage(error) => Self::Storage(error),
            audit::Error::Seal(error) => Self::Sealed(error),
        }
    }
}
