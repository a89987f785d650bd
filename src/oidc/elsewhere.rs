//! The answer to a request that came from another screen: the client finds it when it asks next, the person
//! gets a page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::approve::approval_of;
use crate::app::App;
use crate::ask::elsewhere::{self, Decision, Outcome, Request};
use crate::ask::{Facts, Refusal};
use crate::base::{Scopes, Visit};
use crate::client::Client;
use crate::http::answering::answer;
use crate::http::{Failure, urls};

/// The person has allowed it and proven what was wanted.
pub async fn allow(
    app: &App,
    visit: &Visit,
    client: &Client,
    request: Uuid,
    facts: Facts,
    allowed: Scopes,
) -> Result<Response, Failure> {
    let by = (facts.session.person, facts.session.id);
    let request = theirs(app, request, by.0).await?;
    let mut approval = approval_of(app, visit, client, &request.ask, facts, allowed, request.id).await?;
    approval.assisted.clone_from(&request.assisted);
    let decision = Decision::Approved(Box::new(approval));
    settle(app, visit, &request, by, Outcome::Allowed, decision).await
}

/// It ends without: the person said no, or cannot prove what is wanted.
pub async fn refuse(
    app: &App,
    visit: &Visit,
    request: Uuid,
    facts: Option<Facts>,
    refusal: Refusal,
) -> Result<Response, Failure> {
    let session = facts.map(|facts| facts.session).ok_or_else(Failure::expired)?;
    let by = (session.person, session.id);
    let request = theirs(app, request, by.0).await?;
    let outcome = match refusal {
        Refusal::AccessDenied => Outcome::Denied,
        _ => Outcome::Unproven,
    };
    settle(app, visit, &request, by, outcome, Decision::Denied).await
}

/// The request, if this person has it open. They may have changed since the page: the browser is the same, who
/// is signed in need not be.
async fn theirs(app: &App, request: Uuid, person: Uuid) -> Result<Request, Failure> {
    let request = elsewhere::find(&app.transient, request).await?.ok_or_else(Failure::expired)?;
    match elsewhere::opener(&app.transient, request.id).await? {
        Some(opener) if opener == person => Ok(request),
        _ => Err(Failure::expired()),
    }
}

async fn settle(
    app: &App,
    visit: &Visit,
    request: &Request,
    by: (Uuid, Uuid),
    outcome: Outcome,
    decision: Decision,
) -> Result<Response, Failure> {
    if !answer(app, visit, request, by, outcome, decision).await? {
        return Err(Failure::expired());
    }
    let to = HeaderValue::from_str(&urls::device_done(outcome)).map_err(|e| Failure::internal(&e))?;
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
