//! Passkeys: what the pages' script asks for and brings back, as JSON.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::factors::announce::{self, News};
use super::here::Here;
use super::sign_in::begin_session;
use crate::app::App;
use crate::ask::Step;
use crate::audit::{self, About, Event};
use crate::base::{Act, Visit};
use crate::credential::{self, Factor, Holder, Passkeys, Proof, SecondFactor, Whose, factors, passkey};
use crate::http::Failure;
use crate::identity::{self, PersonState};
use crate::session::{Before, Session};

/// A device has had a few seconds of the person's attention: the name they gave it, or none.
const LONGEST_LABEL: usize = 60;

/// What the script sends to begin.
#[derive(Deserialize)]
pub struct Start {
    #[serde(default)]
    ask: Option<String>,
}

/// What the script brings back from the device.
#[derive(Deserialize)]
pub struct Finish {
    handle: String,
    credential: Value,
    #[serde(default)]
    ask: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// JSON from the script of a page of ours, in this browser.
pub struct Scripted<T> {
    here: Here,
    sent: T,
}

pub trait Sent {
    fn ask(&self) -> Option<String>;
}

impl Sent for Start {
    fn ask(&self) -> Option<String> {
        self.ask.clone()
    }
}

impl Sent for Finish {
    fn ask(&self) -> Option<String> {
        self.ask.clone()
    }
}

impl<T: DeserializeOwned + Sent + Send> FromRequest<App> for Scripted<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
        let headers = parts.headers.clone();
        let body =
            Bytes::from_request(Request::from_parts(parts, body), app).await.map_err(|_| malformed())?;
        let sent: T = serde_json::from_slice(&body).map_err(|_| malformed())?;
        let here = Here::of_script(app, visit, &headers, sent.ask()).await?;
        Ok(Self { here, sent })
    }
}

/// A refusal to the script: a code; the words stand in the page.
pub struct Refusal(StatusCode, &'static str, Option<u64>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.0, Json(json!({ "error": self.1 }))).into_response();
        if let Some(seconds) = self.2 {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self(failure.status, failure.code, failure.retry_after)
    }
}

impl From<credential::Error> for Refusal {
    fn from(error: credential::Error) -> Self {
        match error {
            credential::Error::Refused(why) => {
                tracing::info!(%why, "a passkey was refused");
                Self(StatusCode::UNPROCESSABLE_ENTITY, "passkey_refused", None)
            }
            other => Failure::from(other).into(),
        }
    }
}

macro_rules! refused_as_failures {
    ($($error:ty),*) => { $(impl From<$error> for Refusal {
        fn from(error: $error) -> Self { Failure::from(error).into() }
    })* };
}
refused_as_failures!(
    crate::db::Error,
    crate::transient::Unavailable,
    identity::Error,
    audit::Error,
    crate::crypto::Unopenable
);

pub async fn start_sign_in(Scripted { here, .. }: Scripted<Start>) -> Result<Response, Refusal> {
    let started = passkeys(&here)?.start_sign_in(&here.visit, &here.app.transient).await?;
    Ok(offered(started))
}

pub async fn finish_sign_in(Scripted { here, sent }: Scripted<Finish>) -> Result<Response, Refusal> {
    let app = &here.app;
    let credential = sent.credential.to_string();
    let keys = app.keys.data();
    let id = passkey::credential_of(&credential).ok_or_else(malformed)?;
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::Passkey, &id, None)?;
    attempt.check().await?;
    let checked = passkeys(&here)?
        .finish_sign_in(&mut &app.db, Whose::Persons, &app.transient, &sent.handle, &credential)
        .await;
    let assertion = match checked {
        Ok(assertion) => assertion,
        Err(error) => {
            attempt.failed().await?;
            return Err(error.into());
        }
    };
    attempt.succeeded().await?;
    let mut tx = app.db.begin().await?;
    let proof = assertion.settle(&mut tx, &here.visit).await?;
    let who = proof.holder.id();
    factors::note_used(&mut tx, who, SecondFactor::Passkey).await?;
    tx.commit().await?;
    let person = identity::load(&mut &app.db, &keys, who).await?;
    if !person.is_some_and(|person| person.state == PersonState::Active) {
        return Err(malformed());
    }
    let before = match here.step().await? {
        Some(Step::SignIn(_)) => Before::Dropped,
        _ => Before::Kept,
    };
    let cookies = begin_session(&here, who, before, &[Proof::from(proof)]).await?;
    let mut response = Json(json!({ "next": here.onward() })).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub async fn start_adding(Scripted { here, .. }: Scripted<Start>) -> Result<Response, Refusal> {
    let app = &here.app;
    let session = signed_in(&here)?;
    if !session.may(Act::CreatePasskeys) {
        return Err(Refusal(StatusCode::FORBIDDEN, "not_in_this_session", None));
    }
    let owned = factors::owned(&mut &app.db, session.person).await?;
    if !session.may_change_factors(&owned, here.visit.now) {
        return Err(Refusal(StatusCode::FORBIDDEN, "proof_too_old", None));
    }
    let person = identity::load(&mut &app.db, &app.keys.data(), session.person).await?;
    // What the device shows beside the passkey: enough for its owner, nothing for who looks on.
    let shown = person.map(|person| person.name.masked()).unwrap_or_default();
    let started = passkeys(&here)?
        .start_adding(&mut &app.db, &here.visit, &app.transient, Holder::Person(session.person), &shown)
        .await?;
    Ok(offered(started))
}

pub async fn finish_adding(Scripted { here, sent }: Scripted<Finish>) -> Result<Response, Refusal> {
    let app = &here.app;
    let session = signed_in(&here)?;
    let credential = sent.credential.to_string();
    let made = passkeys(&here)?
        .finish_adding(&app.transient, Holder::Person(session.person), &sent.handle, &credential)
        .await?;
    let label: String = sent.name.unwrap_or_default().trim().chars().take(LONGEST_LABEL).collect();
    let mut tx = app.db.begin().await?;
    made.keep(&mut tx, &here.visit, &label).await?;
    let about = About { person: Some(session.person), client: None };
    audit::record(&mut tx, &app.keys.data(), &here.visit, Event::PasskeyAdded, about).await?;
    tx.commit().await?;
    announce::tell(&here, session.person, News::PasskeyAdded).await?;
    Ok(Json(json!({ "next": here.onward() })).into_response())
}

fn malformed() -> Refusal {
    Refusal(StatusCode::UNPROCESSABLE_ENTITY, "passkey_refused", None)
}

fn passkeys(here: &Here) -> Result<&Passkeys, Refusal> {
    here.app.passkeys.as_ref().ok_or(Refusal(StatusCode::NOT_FOUND, "no_passkeys_here", None))
}

fn signed_in(here: &Here) -> Result<&Session, Refusal> {
    here.session.as_ref().ok_or(Refusal(StatusCode::FORBIDDEN, "not_signed_in", None))
}

fn offered(started: passkey::Started) -> Response {
    let mut answer = json!({ "handle": started.handle });
    answer["publicKey"] = started.options["publicKey"].clone();
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
