//! Rank 3: what relying systems were given: subjects, consents, grants.

mod access_claims;
mod assisted;
mod claims;
mod consent;
mod grants;
mod in_session;
mod offline;
mod subject;

pub use access_claims::{AccessClaims, ActingClaims, Confirmation};
pub use assisted::{Assisted, AssistedMatter, How};
pub use claims::{Claim, ClaimsRequest};
pub use consent::{Consent, Given, consent_of, consents_of, record_consent, withdraw_consent};
pub use grants::{Acting, Grant, Rotation, find_active, issue, made_for, revoke, rotate};
pub use in_session::{
    SignedIn, clients_acting_for, clients_in, clients_of, clients_under, given_since, revoke_all, revoke_at,
    revoke_at_terminal, revoke_in, session_at, sessions_of, told_since,
};
pub use offline::{Offline, offline};
pub use subject::{account_of, known_sub, sub_or_new, subs_of};

use crate::crypto::Unopenable;
use crate::{audit, db, mandate};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Mandate(#[from] mandate::Error),
}
