//! The question: who asks, where, for what. Nothing is allowed unseen, and who denies need prove nothing.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;

use super::ended;
use crate::ask::Step;
use crate::ask::elsewhere::{self, Decision, Kind, Opened, Outcome, Request, UserCode};
use crate::audit::{self, About, Event};
use crate::base::Scope;
use crate::client::Client;
use crate::http::answering::answer;
use crate::http::{Failure, urls};
use crate::pages::account::names_of;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{ConfirmRequest, Done, Fault};
use crate::session::Session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    match opened(&here).await? {
        Found::Theirs { request, .. } => page(&here, StatusCode::OK, &request, Vec::new()),
        Found::Otherwise(response) => Ok(response),
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (request, session) = match opened(&here).await? {
        Found::Theirs { request, session } => (request, session),
        Found::Otherwise(response) => return Ok(response),
    };
    match (form.get("decision"), &request.matching, form.get("match")) {
        (Some("deny"), ..) => settle(&here, &request, &session, Outcome::Denied).await,
        (Some("block"), ..) if request.kind == Kind::BackChannel => {
            let response = settle(&here, &request, &session, Outcome::Denied).await?;
            block(&here, &request, &session).await?;
            Ok(response)
        }
        (Some("allow"), Some(_), None) => {
            page(&here, StatusCode::UNPROCESSABLE_ENTITY, &request, vec![Fault::MatchMissing])
        }
        // Who sees another number stands before another screen: whatever this was, it is over.
        (Some("allow"), Some(matching), Some(chosen)) if !matching.is(chosen) => {
            settle(&here, &request, &session, Outcome::WrongNumber).await
        }
        (Some("allow"), ..) => {
            here.note(|ask| {
                if let Some(way) = ask.elsewhere_mut() {
                    way.confirmed = true;
                }
            })
            .await?;
            Ok(here.go(&here.onward()))
        }
        _ => Err(Failure::bad_request("invalid_request")),
    }
}

enum Found {
    Theirs { request: Box<Request>, session: Session },
    Otherwise(Response),
}

/// The request, opened for the person who is signed in here.
async fn opened(here: &Here) -> Result<Found, Failure> {
    let Some(session) = here.session.clone() else { return Ok(Found::Otherwise(here.to_sign_in())) };
    let way = match (&here.way, here.step().await?) {
        (Some(way), Some(Step::Confirm)) => way,
        _ => return Ok(Found::Otherwise(here.go(&here.onward()))),
    };
    let id = way.ask.elsewhere().map(|way| way.request).unwrap_or_default();
    let app = &here.app;
    let Some(request) = elsewhere::find(&app.transient, id).await? else {
        return Ok(Found::Otherwise(ended(here, StatusCode::GONE, Done::Over)?));
    };
    match elsewhere::open(&app.transient, &request, session.person, here.visit.now).await? {
        Opened::Theirs => Ok(Found::Theirs { request: Box::new(request), session }),
        Opened::ByAnother => {
            let mut tx = app.db.begin().await?;
            let about = About { person: Some(session.person), client: Some(&request.ask.client_id) };
            let event = Event::RequestRelayed { request: request.id };
            audit::record(&mut tx, &app.keys.data(), &here.visit, event, about).await?;
            tx.commit().await?;
            Ok(Found::Otherwise(ended(here, StatusCode::CONFLICT, Done::Taken)?))
        }
    }
}

/// Requests of this client are not shown to the person for a while. It does not learn of it.
async fn block(here: &Here, request: &Request, session: &Session) -> Result<(), Failure> {
    let (app, client) = (&here.app, &request.ask.client_id);
    let until = here.visit.now.plus(Duration::from_secs(app.config.request.block_hours * 3600));
    let mut tx = app.db.begin().await?;
    elsewhere::block(&mut tx, &app.keys.data(), &here.visit, session.person, client, until).await?;
    Ok(tx.commit().await?)
}

async fn settle(
    here: &Here,
    request: &Request,
    session: &Session,
    outcome: Outcome,
) -> Result<Response, Failure> {
    let by = (session.person, session.id);
    if !answer(&here.app, &here.visit, request, by, outcome, Decision::Denied).await? {
        return ended(here, StatusCode::GONE, Done::Over);
    }
    Ok(here.go(&urls::device_done(outcome)))
}

fn page(here: &Here, status: StatusCode, request: &Request, faults: Vec<Fault>) -> Result<Response, Failure> {
    let Some(way) = &here.way else { return Err(Failure::expired()) };
    let metadata = &way.client.metadata;
    let code = request.user_code.as_deref().filter(|_| request.matching.is_none());
    let code =
        code.map(|sealed| UserCode::unsealed(sealed, &here.app.keys.data(), request.id)).transpose()?;
    let page = ConfirmRequest {
        service: metadata.client_name.clone(),
        department: metadata.department.clone(),
        place: request.terminal.as_ref().map(|terminal| terminal.place.clone()),
        channel: metadata.channel,
        matter: request.matter.clone(),
        message: request.binding_message.clone(),
        fields: names_of(request.ask.scopes.or(request.ask.claims.scopes())),
        life: life(here, &way.client, request),
        until: request.expires_at.local(),
        code: code.map(|code| code.shown()),
        may_block: request.kind == Kind::BackChannel,
        choices: request.matching.map(|matching| matching.choices.to_vec()).unwrap_or_default(),
        faults,
    };
    Ok(here.page(status, page.render(&here.frame()?)))
}

/// How long what is allowed lasts.
fn life(here: &Here, client: &Client, request: &Request) -> Duration {
    let config = &here.app.config;
    if request.ask.scopes.contains(Scope::OfflineAccess) {
        Duration::from_secs(config.token.offline_days * 24 * 3600)
    } else {
        let life = config.session_life(client.metadata.channel);
        match &request.assisted {
            // It ends with the clerk's matter.
            Some(_) => life.min(Duration::from_secs(config.operator.matter_minutes * 60)),
            None => life,
        }
    }
}
