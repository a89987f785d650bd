//! The face check: agreed to apart and each time anew (personal-information law, articles 28, 29 and 31), done by
//! somebody else, and taken back where it was agreed to. Never the only way: the counter does the same.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use crate::audit::{self, About, Event};
use crate::credential::Rationed;
use crate::http::{Failure, urls};
use crate::identity::{self, FaceCheck, FaceOutcome, Person};
use crate::mandate::Minor;
use crate::outbound::face::Outcome;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskFace, Fault};
use crate::session::Session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    page(&here, session, StatusCode::OK, None, None).await
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    match form.get("decision") {
        Some("allow") => begin(&here, session).await,
        Some("deny") => deny(&here, session).await,
        _ => Err(Failure::bad_request("invalid_request")),
    }
}

/// The person comes back. How it ended, the service tells us, not the browser.
pub async fn done(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let id = here.query.get("check").and_then(|id| id.parse::<Uuid>().ok()).ok_or_else(Failure::expired)?;
    let (app, visit) = (&here.app, &here.visit);
    let check = identity::open_face_check(&mut &app.db, visit, session.person, id).await?;
    let check = check.ok_or_else(Failure::expired)?;
    let outcome = match app.face.outcome(visit, check.id, &check.reference).await {
        Ok(Outcome::Passed) => FaceOutcome::Passed,
        Ok(Outcome::Failed) => FaceOutcome::Failed,
        Ok(Outcome::Pending) => return unfinished(&here, session, id, Fault::FaceUnfinished).await,
        Err(_) => return unfinished(&here, session, id, Fault::FaceSilent).await,
    };
    let mut tx = app.db.begin().await?;
    let keys = app.keys.data();
    if !identity::end_face_check(&mut tx, &keys, visit, &check, outcome, &app.config.trust).await? {
        return Err(Failure::expired());
    }
    tx.commit().await?;
    match outcome {
        FaceOutcome::Passed => Ok(here.go(&here.onward())),
        FaceOutcome::Failed => {
            page(&here, session, StatusCode::UNPROCESSABLE_ENTITY, None, Some(Fault::FaceFailed)).await
        }
    }
}

pub async fn withdraw(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let (app, keys) = (&here.app, here.app.keys.data());
    let mut tx = app.db.begin().await?;
    identity::withdraw_face(&mut tx, &keys, &here.visit, session.person, &app.config.trust).await?;
    tx.commit().await?;
    Ok(here.go(&here.along(urls::RAISE)))
}

async fn begin(here: &Here, session: &Session) -> Result<Response, Failure> {
    let (app, visit, keys) = (&here.app, &here.visit, here.app.keys.data());
    let person = person(here, session).await?;
    if person.is_untold() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    if needs_guardian(here, &person) {
        return page(here, session, StatusCode::FORBIDDEN, None, None).await;
    }
    app.quota.take(&keys, visit, Rationed::Proof { by: person.id }).await?;
    let id = visit.id();
    // The Ask's id is worth nothing outside this browser.
    let return_to = match &here.way {
        Some(way) => format!("{}{}?check={id}&ask={}", app.config.issuer(), urls::PROOF_FACE_DONE, way.id),
        None => format!("{}{}?check={id}", app.config.issuer(), urls::PROOF_FACE_DONE),
    };
    let silent = || page(here, session, StatusCode::SERVICE_UNAVAILABLE, None, Some(Fault::FaceSilent));
    let Ok(begun) = app.face.begin(visit, id, &person.number, &person.name, &return_to).await else {
        return silent().await;
    };
    let source = app.config.face.name.clone();
    let check = FaceCheck { id, person: person.id, source, reference: begun.reference };
    let mut tx = app.db.begin().await?;
    if !identity::agree_to_face(&mut tx, &keys, visit, &check).await? {
        tracing::warn!(request = %visit.request_id, "the face check's reference was used before");
        return silent().await;
    }
    tx.commit().await?;
    Ok(here.go(begun.address.as_str()))
}

async fn deny(here: &Here, session: &Session) -> Result<Response, Failure> {
    let mut tx = here.app.db.begin().await?;
    let about = About { person: Some(session.person), client: None };
    let event = Event::ProofDenied { method: "face" };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, about).await?;
    tx.commit().await?;
    Ok(here.go(&here.along(urls::RAISE)))
}

async fn unfinished(here: &Here, session: &Session, id: Uuid, fault: Fault) -> Result<Response, Failure> {
    let status = match fault {
        Fault::FaceSilent => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(here, session, status, Some(id), Some(fault)).await
}

async fn page(
    here: &Here,
    session: &Session,
    status: StatusCode,
    unfinished: Option<Uuid>,
    fault: Option<Fault>,
) -> Result<Response, Failure> {
    let app = &here.app;
    if !app.face.configured() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    let person = person(here, session).await?;
    let again = unfinished.map(|id| {
        let address = here.along(urls::PROOF_FACE_DONE);
        format!("{address}{}check={id}", if address.contains('?') { '&' } else { '?' })
    });
    let page = AskFace {
        checker: app.config.face.name.clone(),
        needs_guardian: needs_guardian(here, &person),
        agreed: identity::agreed_to_face(&mut &app.db, person.id).await?.map(|at| at.day()),
        again,
        counter_hours: app.config.server.counter_hours.clone(),
        faults: fault.into_iter().collect(),
    };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::PROOF_FACE);
    // The form's answer leads to who does the check.
    Ok(here.page_leading_to(status, page.render(&frame), app.face.pages()))
}

async fn person(here: &Here, session: &Session) -> Result<Person, Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    person.ok_or_else(|| Failure::internal(&"a session without its person"))
}

fn needs_guardian(here: &Here, person: &Person) -> bool {
    let today = here.visit.now.day();
    Minor::of(&person.number, today).is_some_and(|minor| minor.needs_guardian(today))
}
