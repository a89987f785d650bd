//! The first who may grant for an organization whose representative cannot sign in: who shows its electronic business
//! licence. Once somebody may grant, mandates come from them.

use uuid::Uuid;

use super::licence::{self, Chain};
use super::store::{self, Papers, mandates, select};
use super::{Error, Mandate, MandateScope, Party, Refused, Role, State};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity::{self, PersonState};

/// What an enterprise's electronic business licence says.
pub struct Licence<'a> {
    /// The certificates that were shown.
    pub chain: &'a Chain<'a>,
    /// The end of its validity.
    pub until: Moment,
    /// Who gave it, and its number.
    pub evidence: &'a str,
}

/// Makes `person` an administrator of the organization as long as its licence is good; who was made one so before rests
/// on this licence from now on. A mandate that came in another way is theirs already and stays as it is.
///
/// # Errors
/// [`Refused::Governed`]: somebody else who can sign in may grant for it.
pub async fn appoint_first(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    organization: Uuid,
    person: Uuid,
    licence: Licence<'_>,
) -> Result<Mandate, Error> {
    let Licence { chain, until: ends_at, evidence } = licence;
    if ends_at <= visit.now {
        return Err(Refused::Period.into());
    }
    let active =
        mandates!("grantor = $1 and state = 'active' and grantee_kind = 'person' and parent is null");
    let mut own = None;
    for mandate in select(tx, keys, active, values![organization]).await? {
        if !mandate.role.may_grant_at_all() || !mandate.is_current(visit.now) {
            continue;
        }
        let Some(grantee) = mandate.grantee else { continue };
        if grantee == person {
            own = Some(mandate);
        } else if can_sign_in(tx, grantee).await? {
            return Err(Refused::Governed.into());
        }
    }
    if let Some(mut mandate) = own {
        let renewed = licence::renew(tx, keys, visit, mandate.id, chain).await?;
        if renewed && mandate.ends_at.is_some_and(|end| end < ends_at) {
            mandate.ends_at = Some(ends_at);
            mandate.changed_at = visit.now;
            if !store::replace(tx, keys, &mut mandate, None).await? {
                return Err(Refused::Unknown.into());
            }
            note(tx, keys, visit, &mandate).await?;
        }
        return Ok(mandate);
    }
    let mut mandate = Mandate {
        id: visit.id(),
        state: State::Active,
        grantor: organization,
        grantor_kind: Party::Organization,
        grantee: Some(person),
        grantee_kind: Party::Person,
        invited: None,
        role: Role::Administrator,
        scope: MandateScope::ALL,
        starts_at: visit.now,
        ends_at: Some(ends_at),
        parent: None,
        changed_at: visit.now,
        seal: Vec::new(),
    };
    let papers = Papers { evidence, granted_by: "licence", invited: None };
    store::insert(tx, keys, &mut mandate, papers).await?;
    licence::keep(tx, keys, visit, mandate.id, chain).await?;
    note(tx, keys, visit, &mandate).await?;
    Ok(mandate)
}

/// A mandate of somebody whose account is closed or on hold helps nobody.
async fn can_sign_in(read: &mut impl Read, person: Uuid) -> Result<bool, Error> {
    Ok(identity::state_of(read, person).await? == Some(PersonState::Active))
}

async fn note(tx: &mut Tx, keys: &DataKeys, visit: &Visit, mandate: &Mandate) -> Result<(), Error> {
    let event = Event::MandateAccepted { mandate: mandate.id, role: mandate.role.as_str() };
    let about = About { person: mandate.grantee, client: None };
    Ok(audit::record(tx, keys, visit, event, about).await?)
}
