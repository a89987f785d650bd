//! Ending: by either side, at once, with everything that rests on it (`force`).

use uuid::Uuid;

use super::{Error, Mandate, Refused, State, force, store};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::Tx;

/// Ends a mandate; `false` if it had ended.
pub async fn end(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    mandate: &Mandate,
    reason: &str,
) -> Result<bool, Error> {
    let mut mandate = mandate.clone();
    if mandate.state == State::Ended {
        return Ok(false);
    }
    mandate.state = State::Ended;
    mandate.changed_at = visit.now;
    if !store::replace(tx, keys, &mut mandate, Some(reason)).await? {
        return Ok(false);
    }
    let event = Event::MandateEnded { mandate: mandate.id, reason };
    audit::record(tx, keys, visit, event, About { person: mandate.grantee, client: None }).await?;
    Ok(true)
}

/// Ends a mandate because this person says so: who holds it, whom it represents, or who may grant for
/// either side. The register's representative is dismissed by the register only.
///
/// # Errors
/// [`Refused::Unknown`] to everybody else, as if there were no such mandate.
pub async fn end_by(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    person: Uuid,
) -> Result<Mandate, Error> {
    let mandate = store::find(tx, keys, id).await?.ok_or(Refused::Unknown)?;
    let reason = if mandate.grantee == Some(person) {
        "grantee"
    } else if mandate.grantor == person {
        "grantor"
    } else {
        let held = force::of_person(tx, keys, visit, person, super::Party::Organization).await?;
        let governs = |organization| {
            held.iter().any(|own| own.grantor == organization && own.role.may_grant(mandate.role))
        };
        if governs(mandate.grantor) {
            "grantor"
        } else if mandate.grantee.is_some_and(governs) || agency_of(tx, keys, &mandate, governs).await? {
            "grantee"
        } else {
            return Err(Refused::Unknown.into());
        }
    };
    if mandate.role == super::Role::LegalRepresentative {
        return Err(Refused::Role.into());
    }
    if !end(tx, keys, visit, &mandate, reason).await? {
        return Err(Refused::Unknown.into());
    }
    Ok(mandate)
}

/// Whether the mandate was passed on by an agency that the person governs.
async fn agency_of(
    tx: &mut Tx,
    keys: &DataKeys,
    mandate: &Mandate,
    governs: impl Fn(Uuid) -> bool,
) -> Result<bool, Error> {
    let Some(parent) = mandate.parent else { return Ok(false) };
    let parent = store::find(tx, keys, parent).await?;
    Ok(parent.and_then(|parent| parent.grantee).is_some_and(governs))
}
