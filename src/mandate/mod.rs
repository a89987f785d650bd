//! Rank 3: mandates, the standing permissions to act for an organization or for another person.
//!
//! A mandate is in force while it is active and within its time, while whom it represents lives and is not
//! contested, and, where an agency's own people act, while the agency's mandate is in force. That is looked
//! at whenever a token is made or used, so nothing has to be chased when a mandate ends: what rests on it
//! has ended with it.

mod accept;
mod end;
mod first;
mod force;
mod guardian;
mod invitation;
mod licence;
mod offer;
mod representative;
mod role;
mod scope;
mod store;

pub use accept::accept;
pub use end::{end, end_by};
pub use first::{Licence, appoint_first};
pub use force::{in_force, of_person, only_in_force};
pub use guardian::{Minor, guard, narrow_guardians};
pub use invitation::{Invitation, invitations, open};
pub use licence::{Due as DueLicence, licences_to_check, note_licence_check};
pub use offer::{Authority, Invited, Offer, authority_over, offer};
pub use representative::{dismiss_representatives, name_representative};
pub use role::Role;
pub use scope::MandateScope;
pub use store::{Mandate, Party, State, find, of_grantee_organization, of_grantor};

use crate::crypto::Unopenable;
use crate::{audit, db, identity};

/// Why a mandate is not granted, accepted or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("no such mandate here: unknown, ended, or somebody else's")]
    Unknown,
    #[error("who grants it may not grant this role")]
    Role,
    #[error("the scope goes beyond that of who grants it")]
    Scope,
    #[error("the period is empty, over, or longer than that of who grants it")]
    Period,
    #[error("an organization would act for itself, or two for each other")]
    Circle,
    #[error("an agency's mandate is passed on once, to a person")]
    Depth,
    #[error("there is such an invitation or mandate already")]
    Exists,
    #[error("somebody may grant for this organization already")]
    Governed,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Identity(#[from] identity::Error),
}
