//! Yes or no to an offered mandate, and the end of one.

use axum::response::Response;
use uuid::Uuid;

use super::own;
use crate::crypto::DataKeys;
use crate::db::Tx;
use crate::http::{Failure, urls};
use crate::identity::{self, Person};
use crate::logout;
use crate::mandate::{self, Invitation, Party};
use crate::pages::factors::gate_of_mandates;
use crate::pages::here::{Here, Posted};

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let accepts = form.get("decision") == Some("allow");
    let allowed = if accepts { gate_of_mandates(&here, urls::MANDATES).await? } else { here.finished() };
    let session = match allowed {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let person = own(&here, session.person).await?;
    let id = mandate_of(form.get("mandate"))?;
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    let (invitation, account) =
        find(&mut tx, &keys, &here, &person, id).await?.ok_or(mandate::Refused::Unknown)?;
    match form.get("decision") {
        Some("allow") => {
            mandate::accept(&mut tx, &keys, &here.visit, &invitation, account, person.id).await?;
        }
        Some("deny") => {
            mandate::end(&mut tx, &keys, &here.visit, &invitation.mandate, "declined").await?;
        }
        _ => return Err(Failure::bad_request("invalid_request")),
    }
    tx.commit().await?;
    let agency = account != person.id;
    Ok(here.go(&if agency { urls::organization(account) } else { urls::MANDATES.to_owned() }))
}

/// The invitation, if it was offered to this person, or to an agency that they may answer for; with the
/// account that accepts.
async fn find(
    tx: &mut Tx,
    keys: &DataKeys,
    here: &Here,
    person: &Person,
    id: Uuid,
) -> Result<Option<(Invitation, Uuid)>, Failure> {
    let own = mandate::invitations(tx, keys, &here.visit, &person.number, &person.name.folded()).await?;
    if let Some(invitation) = own.into_iter().find(|invitation| invitation.mandate.id == id) {
        return Ok(Some((invitation, person.id)));
    }
    for held in mandate::of_person(tx, keys, &here.visit, person.id, Party::Organization).await? {
        if !held.role.may_grant_at_all() {
            continue;
        }
        let Some(agency) = identity::load_organization(tx, keys, held.grantor).await? else { continue };
        let theirs =
            mandate::invitations(tx, keys, &here.visit, &agency.code.clone().into(), &agency.name.folded())
                .await?;
        if let Some(invitation) = theirs.into_iter().find(|invitation| invitation.mandate.id == id) {
            return Ok(Some((invitation, agency.id)));
        }
    }
    Ok(None)
}

pub async fn end(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let id = mandate_of(form.get("mandate"))?;
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    let ended = mandate::end_by(&mut tx, &keys, &here.visit, id, session.person).await?;
    let farewell = logout::end_mandate(&mut tx, &keys, &here.visit, &ended).await?;
    tx.commit().await?;
    if farewell.to_deliver > 0 {
        here.app.logout_queued.notify_one();
    }
    // Back to where the button was: the organization's page for those who govern it.
    let governs = ended.grantee != Some(session.person) && ended.grantor_kind == Party::Organization;
    Ok(here.go(&if governs { urls::organization(ended.grantor) } else { urls::MANDATES.to_owned() }))
}

fn mandate_of(text: Option<&str>) -> Result<Uuid, Failure> {
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| mandate::Error::from(mandate::Refused::Unknown).into())
}
