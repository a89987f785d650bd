//! A request of another screen, answered here: the code, the question, what has become of it.

mod confirm;

pub use confirm::{show as show_confirm, submit as submit_confirm};

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{AskUserCode, Done, Fault, RequestDone};
use crate::ask::elsewhere::{self, Outcome, Request, UserCode};
use crate::ask::{self, Ask};
use crate::credential::{self, Factor};
use crate::http::{Failure, urls};
use crate::terminal::{self, Terminal};

/// With a code in the address (RFC 8628 section 3.3.1: `verification_uri_complete`) on at once: what is asked
/// then is whether the other screen shows the same.
pub async fn show(here: Here) -> Result<Response, Failure> {
    match here.query.get("user_code").map(str::to_owned) {
        Some(typed) => look(&here, &typed).await,
        None => page(&here, StatusCode::OK, "", Vec::new()),
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    look(&here, form.get("user_code").unwrap_or_default()).await
}

/// One try at a code. What is wrong, over and used up has one answer.
async fn look(here: &Here, typed: &str) -> Result<Response, Failure> {
    if typed.trim().is_empty() {
        return page(here, StatusCode::UNPROCESSABLE_ENTITY, "", vec![Fault::UserCodeMissing]);
    }
    let (app, keys) = (&here.app, here.app.keys.data());
    // Whoever is signed in guesses in their own name, others in that of their source.
    let who = match &here.session {
        Some(session) => session.person.to_string(),
        None => here.visit.address.to_string(),
    };
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::UserCode, &who, None)?;
    if let Err(error) = attempt.check().await {
        let credential::Error::Wait(wait) = error else { return Err(error.into()) };
        let fault = Fault::UserCodesTooMany(Duration::from_secs(wait.seconds));
        let mut response = page(here, StatusCode::TOO_MANY_REQUESTS, typed, vec![fault])?;
        response.headers_mut().insert(header::RETRY_AFTER, wait.seconds.into());
        return Ok(response);
    }
    let Some(request) = waiting(here, typed).await? else {
        attempt.failed().await?;
        return page(here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![Fault::UserCodeWrong]);
    };
    if !stands_there(here, &request, typed).await? {
        return page(here, StatusCode::UNPROCESSABLE_ENTITY, "", vec![Fault::UserCodeOld]);
    }
    begin(here, &request).await
}

/// Whether the code stands on the terminal's screen now: it was given to it a moment ago, or the terminal itself
/// says so. Other devices are at home, and are not asked.
async fn stands_there(here: &Here, request: &Request, typed: &str) -> Result<bool, Failure> {
    let Some(at) = &request.terminal else { return Ok(true) };
    let now = here.visit.now;
    if now.since(request.asked_at) <= terminal::FRESH {
        return Ok(true);
    }
    let query = |name| here.query.get(name).unwrap_or_default();
    let (Ok(shown), Some(code)) = (query("shown").parse::<i64>(), UserCode::read(typed)) else {
        return Ok(false);
    };
    let found = terminal::find(&mut &here.app.db, &here.app.keys.data(), at.id).await?;
    let shows = |terminal: Terminal| {
        terminal.refusal(now).is_none() && terminal.shows(&code.shown(), shown, query("proof"), now)
    };
    Ok(found.is_some_and(shows))
}

/// The request that waits for the code as it was typed.
async fn waiting(here: &Here, typed: &str) -> Result<Option<Request>, Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let Some(code) = UserCode::read(typed) else { return Ok(None) };
    Ok(match code.request(&app.transient, &keys).await? {
        Some(id) => elsewhere::find(&app.transient, id).await?,
        None => None,
    })
}

/// On the way to answer it, in this browser.
pub(super) async fn begin(here: &Here, request: &Request) -> Result<Response, Failure> {
    let app = &here.app;
    let mut ask: Ask = request.ask.clone();
    if let Some(way) = ask.elsewhere_mut() {
        way.browser = Some(here.browser.id);
    }
    let life = Duration::from_secs(app.config.token.ask_minutes * 60);
    let id = ask::keep(&app.transient, &app.chance, &ask, life).await?;
    Ok(here.go(&urls::resume(&id)))
}

fn page(here: &Here, status: StatusCode, typed: &str, faults: Vec<Fault>) -> Result<Response, Failure> {
    let typed = typed.chars().take(40).collect();
    let mut frame = here.frame()?;
    frame.path = urls::DEVICE.to_owned();
    Ok(here.page(status, AskUserCode { typed, faults }.render(&frame)))
}

pub async fn done(here: Here) -> Result<Response, Failure> {
    let outcome: Option<Outcome> = here.query.get("outcome").and_then(|word| word.parse().ok());
    let Some(outcome) = outcome else { return Ok(here.go(urls::DEVICE)) };
    ended(&here, StatusCode::OK, Done::Answered(outcome))
}

pub(super) fn ended(here: &Here, status: StatusCode, done: Done) -> Result<Response, Failure> {
    Ok(here.page(status, RequestDone { done }.render(&here.frame()?)))
}
