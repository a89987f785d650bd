//! An operator's sign-in: a passkey, or name and password, then a second factor.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::time::Instant;
use uuid::Uuid;

use super::desk::{Desk, Sent};
use crate::audit::{self, About, Event};
use crate::base::{Actor, Secret, Visit};
use crate::credential::{self, Proof};
use crate::http::{Failure, cookies, urls};
use crate::operator::{self, Operator, Refused, SignIn};
use crate::view::{ConsoleSignIn, Fault};

pub async fn show(desk: Desk) -> Result<Response, Failure> {
    if desk.signed_in().is_some() {
        return Ok(desk.go(urls::CONSOLE));
    }
    form(&desk, StatusCode::OK, "", Vec::new())
}

fn form(desk: &Desk, status: StatusCode, typed: &str, faults: Vec<Fault>) -> Result<Response, Failure> {
    let identifier = typed.chars().take(100).collect();
    let page = ConsoleSignIn { passkeys: desk.app.passkeys.is_some(), identifier, faults };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

pub async fn submit(Sent { desk, form: sent }: Sent) -> Result<Response, Failure> {
    let came = Instant::now();
    let typed = sent.get("identifier").unwrap_or_default();
    let password = Secret::new(sent.get("password").unwrap_or_default());
    let mut missing = Vec::new();
    if typed.trim().is_empty() {
        missing.push(Fault::OperatorMissing);
    }
    if password.is_empty() {
        missing.push(Fault::SignInPasswordMissing);
    }
    if !missing.is_empty() {
        return form(&desk, StatusCode::UNPROCESSABLE_ENTITY, typed, missing);
    }
    let app = &desk.app;
    let keys = app.keys.data();
    let guards = (&app.attempts, &app.hasher);
    let name = Secret::new(typed);
    let checked = operator::check_password(&mut &app.db, &keys, &desk.visit, guards, &name, password).await;
    match checked {
        Ok(operator) => {
            let cookie = enter(&desk, &operator, &[Proof::Password]).await?;
            let mut response = desk.go(urls::CONSOLE_SECOND_FACTOR);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(operator::Error::Refused(Refused::NotAuthenticated)) => {
            let mut tx = app.db.begin().await?;
            let event = Event::OperatorRefused { reason: "password" };
            audit::record(&mut tx, &keys, &desk.visit, event, About::default()).await?;
            tx.commit().await?;
            let answer_after = Duration::from_millis(app.config.password.answer_after_ms);
            tokio::time::sleep_until(came + answer_after).await;
            form(&desk, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![Fault::OperatorRefused])
        }
        Err(operator::Error::Credential(credential::Error::Wait(wait))) => {
            let fault = Fault::TooMany(Duration::from_secs(wait.seconds));
            let mut response = form(&desk, StatusCode::TOO_MANY_REQUESTS, typed, vec![fault])?;
            response.headers_mut().insert(header::RETRY_AFTER, wait.seconds.into());
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}

/// Begins a session and gives its cookie; the one before ends.
pub async fn enter(desk: &Desk, operator: &Operator, proofs: &[Proof]) -> Result<HeaderValue, Failure> {
    let id = begin(desk, operator, proofs).await?;
    Ok(cookies::set_operator(&desk.app, id)?)
}

/// The same, and tells which session it is.
pub async fn begin(desk: &Desk, operator: &Operator, proofs: &[Proof]) -> Result<Uuid, Failure> {
    let app = &desk.app;
    let keys = app.keys.data();
    let visit = Visit { actor: Actor::Operator(operator.id), ..desk.visit.clone() };
    let mut tx = app.db.begin().await?;
    if let Some(before) = &desk.session {
        operator::end(&mut tx, &keys, &visit, (before.id, before.operator.id), "signed in anew").await?;
    }
    let sign_in = SignIn { operator, browser: desk.browser.id, proofs };
    let id = operator::start(&mut tx, &keys, &visit, sign_in, &app.config.operator).await?;
    tx.commit().await?;
    Ok(id)
}
