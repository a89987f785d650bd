//! The phone's side: which screen asks, where, and whether it is the one the person stands before.

use axum::extract::{FromRequestParts, Path};
use axum::http::{StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use crate::ask::scan::{self, Answer, Opened, Scan};
use crate::audit::{self, About, Event};
use crate::base::AuthenticationLevel;
use crate::http::{Failure, cookies, urls};
use crate::pages::factors::gate_of_mandates;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{ConfirmScan, Fault, ScanDone};
use crate::session::Session;

/// Which code.
pub struct Code(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Code {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<Uuid>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| Failure::new(StatusCode::NOT_FOUND, "not_found"))
    }
}

pub async fn show(Code(id): Code, here: Here) -> Result<Response, Failure> {
    match opened(&here, id).await? {
        Found::Theirs { scan, .. } => page(&here, StatusCode::OK, &scan, Vec::new()).await,
        Found::Otherwise(response) => Ok(response),
    }
}

pub async fn submit(Code(id): Code, Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (scan, session) = match opened(&here, id).await? {
        Found::Theirs { scan, session } => (scan, session),
        Found::Otherwise(response) => return Ok(response),
    };
    let chosen = match (form.get("decision"), form.get("match")) {
        (Some("deny"), _) => return settle(&here, &scan, &session, ScanDone::Denied, Answer::Denied).await,
        (Some("allow"), None) => {
            return page(&here, StatusCode::UNPROCESSABLE_ENTITY, &scan, vec![Fault::ScanNumberMissing])
                .await;
        }
        (Some("allow"), Some(chosen)) => chosen,
        _ => return Err(Failure::bad_request("invalid_request")),
    };
    // Who sees another number stands before another screen: whatever this was, it is over.
    if !scan.matching.is(chosen) {
        return settle(&here, &scan, &session, ScanDone::WrongNumber, Answer::Denied).await;
    }
    // Whoever holds an open phone is not enough.
    let session = match gate_of_mandates(&here, &urls::scan_with(id, chosen)).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let two_factors = session.aal >= AuthenticationLevel::TwoFactors;
    let lent = Answer::Lent { person: session.person, session: session.id, two_factors };
    settle(&here, &scan, session, ScanDone::Allowed, lent).await
}

enum Found {
    Theirs { scan: Box<Scan>, session: Session },
    Otherwise(Response),
}

/// The code, opened for the person who is signed in here.
async fn opened(here: &Here, id: Uuid) -> Result<Found, Failure> {
    let transient = &here.app.transient;
    let Some(scan) = scan::find(transient, id).await? else {
        return Ok(Found::Otherwise(ended(here, StatusCode::GONE, ScanDone::Over)?));
    };
    if scan.browser == here.browser.id {
        // The phone's own code: there is no other screen.
        return Ok(Found::Otherwise(here.go(&here.onward())));
    }
    let session = match here.finished() {
        Ok(session) => session.clone(),
        Err(first) => {
            // Back to the code, after the sign-in.
            let mut response = here.go(&first);
            let cookie = cookies::set_scanned(&here.app, Some(id));
            response.headers_mut().append(header::SET_COOKIE, cookie);
            return Ok(Found::Otherwise(response));
        }
    };
    // A borrowed sign-in is not lent on.
    if session.lent_by.is_some() {
        return Err(Failure::new(StatusCode::FORBIDDEN, "not_in_this_session"));
    }
    match scan::open(transient, &scan, session.person, here.visit.now).await? {
        Opened::Theirs => Ok(Found::Theirs { scan: Box::new(scan), session }),
        Opened::ByAnother => Ok(Found::Otherwise(ended(here, StatusCode::CONFLICT, ScanDone::Taken)?)),
    }
}

async fn settle(
    here: &Here,
    scan: &Scan,
    session: &Session,
    done: ScanDone,
    answer: Answer,
) -> Result<Response, Failure> {
    let (app, visit) = (&here.app, &here.visit);
    if !scan::decide(&app.transient, scan, visit.now).await? {
        return ended(here, StatusCode::GONE, ScanDone::Over);
    }
    let mut tx = app.db.begin().await?;
    let about = About { person: Some(session.person), client: scan.client.as_deref() };
    let event = Event::ScanAnswered { scan: scan.id, outcome: done.as_str() };
    audit::record(&mut tx, &app.keys.data(), visit, event, about).await?;
    tx.commit().await?;
    scan::publish(&app.transient, scan, &answer, visit.now).await?;
    let mut response = here.go(&urls::scan_done(done.as_str()));
    response.headers_mut().append(header::SET_COOKIE, cookies::set_scanned(app, None));
    Ok(response)
}

/// What has become of it; shown again without doing anything.
pub async fn done(here: Here) -> Result<Response, Failure> {
    match here.query.get("outcome").and_then(|word| word.parse().ok()) {
        Some(done) => ended(&here, StatusCode::OK, done),
        None => Ok(here.go(urls::ACCOUNT)),
    }
}

fn ended(here: &Here, status: StatusCode, done: ScanDone) -> Result<Response, Failure> {
    let mut frame = here.frame()?;
    frame.path = urls::scan_done(done.as_str());
    Ok(here.page(status, done.render(&frame)))
}

async fn page(here: &Here, status: StatusCode, scan: &Scan, faults: Vec<Fault>) -> Result<Response, Failure> {
    let service = match &scan.client {
        Some(id) => here.app.client(id).await?.map(|client| client.metadata.client_name.clone()),
        None => None,
    };
    let page = ConfirmScan {
        action: urls::scan(scan.id),
        device: scan.device.clone(),
        network: scan.network.clone(),
        service,
        asked: scan.asked_at.local(),
        choices: scan.matching.choices.to_vec(),
        chosen: here.query.get("match").and_then(|number| number.parse().ok()),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = urls::scan(scan.id);
    Ok(here.page(status, page.render(&frame)))
}
