//! Accepting: nobody becomes a handler without saying yes.

use uuid::Uuid;

use super::offer::no_circle;
use super::{Error, Invitation, Mandate, Party, Refused, State, store};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::Tx;

/// Accepts for `account`, whose number and name found the invitation: the person, or the agency for which
/// somebody in authority says yes.
///
/// # Errors
/// [`Refused::Circle`]: the agency lets the grantor act for it.
pub async fn accept(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    invitation: &Invitation,
    account: Uuid,
    person: Uuid,
) -> Result<Mandate, Error> {
    let mut mandate = invitation.mandate.clone();
    if mandate.state != State::Offered || mandate.ends_at.is_some_and(|end| end <= visit.now) {
        return Err(Refused::Unknown.into());
    }
    // Both may have been offered before either was accepted, or the agency's account been made since.
    if mandate.grantee_kind == Party::Organization {
        no_circle(tx, keys, mandate.grantor, account).await?;
    }
    mandate.state = State::Active;
    mandate.grantee = Some(account);
    mandate.changed_at = visit.now;
    if !store::replace(tx, keys, &mut mandate, None).await? {
        return Err(Refused::Unknown.into());
    }
    let event = Event::MandateAccepted { mandate: mandate.id, role: mandate.role.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(mandate)
}
