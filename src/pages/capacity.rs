//! As whom the person acts: oneself, or somebody they hold a mandate of.

use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{ActingFor, ChooseCapacity, Fault};
use crate::ask::{Choice, Chosen, Facts, Step};
use crate::http::Failure;
use crate::identity;
use crate::mandate::{Mandate, Party};
use crate::session::{self, Session};

/// The value of the first choice; the others are mandates' ids.
const ONESELF: &str = "self";

pub async fn show(here: Here) -> Result<Response, Failure> {
    page(&here, StatusCode::OK, Vec::new()).await
}

async fn page(here: &Here, status: StatusCode, faults: Vec<Fault>) -> Result<Response, Failure> {
    let Some((session, mandates)) = open_choice(here).await? else { return Ok(here.go(&here.onward())) };
    let keys = here.app.keys.data();
    let person = identity::load(&mut &here.app.db, &keys, session.person).await?;
    let mut choices = Vec::with_capacity(mandates.len());
    for mandate in &mandates {
        choices.extend(card(here, mandate, session.capacity == Some(mandate.id)).await?);
    }
    let own_name = person.map(|person| person.name.masked()).unwrap_or_default();
    let html = ChooseCapacity { own_name, choices, faults }.render(&here.frame()?);
    Ok(here.page(status, html))
}

/// The choice the Ask has open, if it has one: otherwise it was made already, in another tab perhaps.
async fn open_choice(here: &Here) -> Result<Option<(Session, Vec<Mandate>)>, Failure> {
    Ok(match here.decided().await? {
        Some((Step::Capacity, Some(Facts { session, choice: Choice::Open(mandates), .. }))) => {
            Some((session, mandates))
        }
        _ => None,
    })
}

pub(super) async fn card(here: &Here, mandate: &Mandate, chosen: bool) -> Result<Option<ActingFor>, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let named = match mandate.grantor_kind {
        Party::Organization => identity::load_organization(&mut read, &keys, mandate.grantor)
            .await?
            .map(|organization| (organization.name.as_str().to_owned(), organization.code.masked())),
        Party::Person => identity::load(&mut read, &keys, mandate.grantor)
            .await?
            .map(|person| (person.name.masked(), person.number.masked())),
    };
    Ok(named.map(|(name, number)| ActingFor {
        value: mandate.id.to_string(),
        name,
        number,
        role: mandate.role,
        until: mandate.ends_at.map(|end| end.day()),
        chosen,
    }))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some((session, mandates)) = open_choice(&here).await? else { return Ok(here.go(&here.onward())) };
    let chosen = match form.get("capacity") {
        None => return page(&here, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::CapacityMissing]).await,
        Some(ONESELF) => Chosen::Oneself,
        Some(id) => {
            let offered = mandates.iter().find(|mandate| mandate.id.to_string() == id);
            Chosen::Mandate(offered.ok_or_else(|| Failure::bad_request("invalid_request"))?.id)
        }
    };
    let mandate = match chosen {
        Chosen::Oneself => None,
        Chosen::Mandate(id) => Some(id),
    };
    let mut tx = here.app.db.begin().await?;
    session::choose_capacity(&mut tx, &here.app.keys.data(), &here.visit, &session, mandate).await?;
    tx.commit().await?;
    here.note(|ask| ask.capacity = Some(chosen)).await?;
    Ok(here.go(&here.onward()))
}
