//! Rank 3: those who work here: who they are, what each may do, how they prove it, and their sessions. An
//! operator is no person of the accounts: none of this opens an account, and no account opens this.

mod authenticate;
pub mod ceremony;
pub mod certificate;
pub mod counter;
mod rekey;
mod role;
mod session;
mod store;

pub use authenticate::{authenticate, check_password};
pub use rekey::rekey_step;
pub use role::{Role, Roles};
pub use session::{OperatorSession, SignIn, choose_role, end, end_all, find_session, prove, start, touch};
pub use store::{Change, NewOperator, Operator, OperatorState, add, change, find, find_by_name, list};

use crate::crypto::Unopenable;
use crate::{audit, credential, db, identity, logout, terminal, transient};

/// What an operator is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("an operator of this name is there already")]
    NameTaken,
    #[error("a name is 1 to 64 characters on one line")]
    BadName,
    /// Unknown, suspended or a wrong password: one answer for all.
    #[error("operator and password do not fit")]
    NotAuthenticated,
    #[error("the operator does not have the right to this")]
    NoRight,
    #[error("nobody serves themselves")]
    OwnMatter,
    #[error("it was changed meanwhile, or is so already")]
    Changed,
    #[error("it is not known which citizen this operator is: `yihao operator number` says so")]
    NumberUnknown,
    #[error("not a window that clerks work at, or not open now")]
    NoWindow,
    #[error("nobody's ID card was read in this matter")]
    NobodyPresent,
    #[error("the second clerk is the first one")]
    SameClerk,
    #[error("an account holds this number on proof as good")]
    NumberHeld,
    #[error("the person has not chosen their PIN")]
    NoPin,
    #[error("the certificate names somebody else than this operator")]
    CertificateOther,
    #[error("the certificate is an operator's already")]
    CertificateTaken,
    #[error("the operator has as many certificates as one may have: remove one first")]
    TooManyCertificates,
    #[error("only at a window of a counter: an agent's device does one matter, with the person present")]
    OnlyAtCounter,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Credential(#[from] credential::Error),
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Transient(#[from] transient::Unavailable),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Session(#[from] crate::session::Error),
    #[error(transparent)]
    Logout(#[from] logout::Error),
    #[error(transparent)]
    Terminal(#[from] terminal::Error),
}
