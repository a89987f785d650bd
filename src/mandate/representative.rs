//! The legal representative: named by the register, dismissed when the register names another.

use uuid::Uuid;

use super::store::{self, Papers, mandates, select};
use super::{Error, Mandate, MandateScope, Party, Role, State, end};
use crate::audit::{self, About, Event};
use crate::base::{PersonName, Visit};
use crate::crypto::DataKeys;
use crate::db::{Tx, values};
use crate::identity;

/// Makes `person` the representative, and dismisses whoever was: those mandates that have ended by it.
pub async fn name_representative(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    organization: Uuid,
    person: Uuid,
    evidence: &str,
) -> Result<Vec<Mandate>, Error> {
    let mut dismissed = Vec::new();
    let mut theirs = None;
    for mandate in representatives(tx, keys, organization).await? {
        if mandate.grantee == Some(person) && theirs.is_none() {
            theirs = Some(mandate);
        } else {
            end(tx, keys, visit, &mandate, "register").await?;
            dismissed.push(mandate);
        }
    }
    if theirs.is_some() {
        return Ok(dismissed);
    }
    let mut mandate = Mandate {
        id: visit.id(),
        state: State::Active,
        grantor: organization,
        grantor_kind: Party::Organization,
        grantee: Some(person),
        grantee_kind: Party::Person,
        invited: None,
        role: Role::LegalRepresentative,
        scope: MandateScope::ALL,
        starts_at: visit.now,
        ends_at: None,
        parent: None,
        changed_at: visit.now,
        seal: Vec::new(),
    };
    let papers = Papers { evidence, granted_by: "register", invited: None };
    store::insert(tx, keys, &mut mandate, papers).await?;
    let event = Event::MandateAccepted { mandate: mandate.id, role: mandate.role.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(dismissed)
}

/// Dismisses the representatives, and tells whose mandates ended by it; those who still have the name that a
/// register without numbers gives, stay.
pub async fn dismiss_representatives(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    organization: Uuid,
    but: Option<&PersonName>,
) -> Result<Vec<Mandate>, Error> {
    let mut dismissed = Vec::new();
    for mandate in representatives(tx, keys, organization).await? {
        if let (Some(name), Some(person)) = (but, mandate.grantee) {
            let person = identity::load(tx, keys, person).await?;
            if person.is_some_and(|person| person.name.folded() == name.folded()) {
                continue;
            }
        }
        if end(tx, keys, visit, &mandate, "register").await? {
            dismissed.push(mandate);
        }
    }
    Ok(dismissed)
}

async fn representatives(tx: &mut Tx, keys: &DataKeys, organization: Uuid) -> Result<Vec<Mandate>, Error> {
    let active = mandates!("grantor = $1 and state = 'active' and role = $2");
    select(tx, keys, active, values![organization, Role::LegalRepresentative.as_str()]).await
}
