//! An operator's passkeys: signing in by one, adding one. The script is that of the people's pages.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::desk::{Desk, Scripted};
use super::rights::{Anyone, Right};
use super::sign_in::enter;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::credential::passkey::{self, Started};
use crate::credential::{Factor, Holder, Passkeys, Proof, Whose};
use crate::http::{Failure, urls};
use crate::operator::{self, Operator, OperatorSession};
use crate::view::ConsolePasskey;

/// How long after a sign-in a passkey may be added: who finds the desk empty cannot.
const RECENT: Duration = Duration::from_secs(5 * 60);

pub async fn show(Anyone { desk, session }: Anyone) -> Result<Response, Failure> {
    let present = passkey::list(&mut &desk.app.db, Holder::Operator(session.operator.id)).await?;
    let page = ConsolePasskey {
        present: present.into_iter().map(|passkey| passkey.label).collect(),
        too_old: !is_recent(&session, desk.visit.now),
    };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}

pub async fn start_sign_in(Scripted { desk, .. }: Scripted) -> Result<Response, Response> {
    let started =
        passkeys(&desk).ok_or_else(none_here)?.start_sign_in(&desk.visit, &desk.app.transient).await;
    Ok(offered(started.map_err(refused)?))
}

pub async fn finish_sign_in(Scripted { desk, sent }: Scripted) -> Result<Response, Response> {
    let (operator, proof) = proven(&desk, &sent).await?;
    // Beside the password of the same operator it is one proof more; else it is the sign-in.
    let mut proofs = match &desk.session {
        Some(session) if session.operator.id == operator.id => session.proofs.clone(),
        _ => Vec::new(),
    };
    proofs.retain(|shown| *shown != proof);
    proofs.push(proof);
    let cookie = enter(&desk, &operator, &proofs).await.map_err(IntoResponse::into_response)?;
    let mut response = Json(json!({ "next": urls::CONSOLE })).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The active operator whose passkey has answered.
pub async fn proven(desk: &Desk, sent: &Value) -> Result<(Operator, Proof), Response> {
    let app = &desk.app;
    let credential = sent["credential"].to_string();
    let id = passkey::credential_of(&credential).ok_or_else(not_taken)?;
    let keys = app.keys.data();
    let attempt = app.attempts.attempt(&keys, &desk.visit, Factor::Passkey, &id, None).map_err(failed)?;
    attempt.check().await.map_err(refused)?;
    let handle = sent["handle"].as_str().unwrap_or_default();
    let ceremonies = passkeys(desk).ok_or_else(none_here)?;
    let checked =
        ceremonies.finish_sign_in(&mut &app.db, Whose::Operators, &app.transient, handle, &credential).await;
    let assertion = match checked {
        Ok(assertion) => assertion,
        Err(error) => {
            attempt.failed().await.map_err(failed)?;
            return Err(refused(error));
        }
    };
    attempt.succeeded().await.map_err(refused)?;
    let mut tx = app.db.begin().await.map_err(failed)?;
    let proof = assertion.settle(&mut tx, &desk.visit).await.map_err(refused)?;
    tx.commit().await.map_err(failed)?;
    let found = operator::find(&mut &app.db, &keys, proof.holder.id()).await.map_err(failed)?;
    let operator = found.filter(Operator::is_active).ok_or_else(not_taken)?;
    Ok((operator, proof.into()))
}

pub async fn start_adding(Scripted { desk, .. }: Scripted) -> Result<Response, Response> {
    let by = recent(desk).ok_or_else(too_old)?;
    let (app, operator) = (&by.desk.app, &by.session.operator);
    let holder = Holder::Operator(operator.id);
    let started = passkeys(&by.desk)
        .ok_or_else(none_here)?
        .start_adding(&mut &app.db, &by.desk.visit, &app.transient, holder, operator.name.reveal())
        .await;
    Ok(offered(started.map_err(refused)?))
}

pub async fn finish_adding(Scripted { desk, sent }: Scripted) -> Result<Response, Response> {
    let by = recent(desk).ok_or_else(too_old)?;
    let (app, visit) = (&by.desk.app, &by.desk.visit);
    let holder = Holder::Operator(by.session.operator.id);
    let (handle, credential) = (sent["handle"].as_str().unwrap_or_default(), sent["credential"].to_string());
    let made = passkeys(&by.desk)
        .ok_or_else(none_here)?
        .finish_adding(&app.transient, holder, handle, &credential)
        .await;
    let made = made.map_err(refused)?;
    let label = sent["name"].as_str().unwrap_or_default();
    keep(app, visit, made, label).await.map_err(IntoResponse::into_response)?;
    Ok(Json(json!({ "next": urls::CONSOLE_PASSKEY })).into_response())
}

async fn keep(
    app: &crate::app::App,
    visit: &Visit,
    made: passkey::NewPasskey,
    label: &str,
) -> Result<(), Failure> {
    let mut tx = app.db.begin().await?;
    made.keep(&mut tx, visit, label).await?;
    audit::record(&mut tx, &app.keys.data(), visit, Event::PasskeyAdded, About::default()).await?;
    Ok(tx.commit().await?)
}

/// Whoever is signed in, and was a moment ago.
fn recent(desk: Desk) -> Option<Anyone> {
    Anyone::of(desk).ok().filter(|by| is_recent(&by.session, by.desk.visit.now))
}

fn too_old() -> Response {
    said(StatusCode::FORBIDDEN, "proof_too_old")
}

fn is_recent(session: &OperatorSession, now: Moment) -> bool {
    now.since(session.authenticated_at) <= RECENT
}

fn passkeys(desk: &Desk) -> Option<&Passkeys> {
    desk.app.passkeys.as_ref()
}

/// An issuer on an IP address has none.
fn none_here() -> Response {
    said(StatusCode::NOT_FOUND, "no_passkeys_here")
}

fn offered(started: Started) -> Response {
    let mut answer = json!({ "handle": started.handle });
    answer["publicKey"] = started.options["publicKey"].clone();
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

pub fn not_taken() -> Response {
    said(StatusCode::UNPROCESSABLE_ENTITY, "passkey_refused")
}

/// The script is told a code; the words stand in the page.
pub fn said(status: StatusCode, code: &str) -> Response {
    (status, Json::<Value>(json!({ "error": code }))).into_response()
}

fn refused(error: crate::credential::Error) -> Response {
    match error {
        crate::credential::Error::Refused(why) => {
            tracing::info!(%why, "an operator's passkey was refused");
            not_taken()
        }
        crate::credential::Error::Wait(wait) => {
            let mut response = said(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts");
            response.headers_mut().insert(header::RETRY_AFTER, wait.seconds.into());
            response
        }
        other => failed(other),
    }
}

pub fn failed(error: impl Into<Failure>) -> Response {
    error.into().into_response()
}
