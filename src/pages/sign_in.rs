//! Sign-in by identifier and password. Every failure gets one answer at one time after the request came,
//! whatever the reason was, so that nobody learns which identifiers exist.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use uuid::Uuid;

use super::here::{Here, Posted};
use super::identifier;
use super::view::{Fault, Methods, Reason, SignIn};
use crate::ask::{self, SignInReason, Step};
use crate::base::{Actor, Secret, Visit};
use crate::credential::{self, Factor, Proof, Verdict, browser, password, proof};
use crate::grant;
use crate::http::{Failure, cookies};
use crate::identity;
use crate::logout;
use crate::session::{self, Session};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(form) = form(&here).await? else { return Ok(here.go(&here.onward())) };
    Ok(here.page(StatusCode::OK, form.render(&here.frame()?)))
}

/// The form as the Ask wants it; `None` if there is nothing to sign in for.
async fn form(here: &Here) -> Result<Option<SignIn>, Failure> {
    let with_passkeys = here.app.passkeys.is_some();
    let mut methods = if with_passkeys { Methods::PasswordThenPasskey } else { Methods::Password };
    let reason = match (&here.way, &here.session) {
        (_, None) => Reason::First,
        (None, Some(_)) => return Ok(None),
        (Some(way), Some(session)) => {
            let consent = grant::consent_of(&mut &here.app.db, session.person, &way.client.id).await?;
            match ask::next(&way.ask, &way.client, Some(session), consent, here.visit.now) {
                Step::SignIn(SignInReason::SomebodyElse | SignInReason::NoSession) => Reason::First,
                Step::SignIn(SignInReason::TooOld) => {
                    Reason::Again { person: masked_name(here, session).await? }
                }
                Step::StepUp(_) if with_passkeys => {
                    methods = Methods::Passkey;
                    Reason::Stronger { person: masked_name(here, session).await? }
                }
                Step::StepUp(_) => {
                    return Err(Failure::new(StatusCode::FORBIDDEN, "unmet_authentication_requirements"));
                }
                _ => return Ok(None),
            }
        }
    };
    let hint = here.way.as_ref().and_then(|way| way.ask.login_hint.clone()).unwrap_or_default();
    Ok(Some(SignIn { reason, methods, identifier: hint, faults: Vec::new() }))
}

async fn masked_name(here: &Here, session: &Session) -> Result<String, Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    Ok(person.map(|person| person.name.masked()).unwrap_or_default())
}

pub async fn submit(Posted { here, form: sent }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let typed = sent.get("identifier").unwrap_or_default();
    let secret = Secret::new(sent.get("password").unwrap_or_default());
    let mut missing = Vec::new();
    if typed.trim().is_empty() {
        missing.push(Fault::IdentifierMissing);
    }
    if secret.is_empty() {
        missing.push(Fault::SignInPasswordMissing);
    }
    if !missing.is_empty() {
        return again(&here, typed, StatusCode::UNPROCESSABLE_ENTITY, missing).await;
    }
    match try_password(&here, typed, secret).await? {
        Tried::Right(person) => enter(&here, person, &[Proof::Password]).await,
        Tried::Wrong => {
            let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
            tokio::time::sleep_until(came + answer_after).await;
            again(&here, typed, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::SignInRefused]).await
        }
        Tried::Wait(seconds) => {
            let fault = Fault::TooMany(Duration::from_secs(seconds));
            let mut response = again(&here, typed, StatusCode::TOO_MANY_REQUESTS, vec![fault]).await?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Tried::Busy => {
            let fault = Fault::Busy(Duration::from_secs(5));
            let mut response = again(&here, typed, StatusCode::SERVICE_UNAVAILABLE, vec![fault]).await?;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            Ok(response)
        }
    }
}

enum Tried {
    Right(Uuid),
    Wrong,
    Wait(u64),
    Busy,
}

/// One try: counters, one hash, counters. An identifier that means nobody takes the same way and costs the
/// same hash.
async fn try_password(here: &Here, typed: &str, secret: Secret) -> Result<Tried, Failure> {
    let app = &here.app;
    let keys = app.keys.data();
    let mut read = &app.db;
    let identifier = identifier::read(here, typed).await?;
    let known = match identifier.person {
        Some(person) if !here.browser.is_new => {
            browser::is_known(&mut read, here.browser.id, person).await?.then_some(here.browser.id)
        }
        _ => None,
    };
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::Password, &identifier.canonical, known)?;
    if let Some(stopped) = stopped(attempt.check().await)? {
        return Ok(stopped);
    }
    let stored = match identifier.person {
        Some(person) => password::of(&mut read, person).await?,
        None => None,
    };
    let verdict = match app.hasher.verify(stored.as_deref(), secret.clone()).await {
        Ok(verdict) => verdict,
        Err(_) => return Ok(Tried::Busy),
    };
    let (Verdict::Yes { needs_rehash }, Some(person)) = (verdict, identifier.person) else {
        attempt.failed().await?;
        return Ok(Tried::Wrong);
    };
    if let Some(stopped) = stopped(attempt.succeeded().await)? {
        return Ok(stopped);
    }
    if needs_rehash && let (Some(old), Ok(new)) = (&stored, app.hasher.hash(secret).await) {
        let mut tx = app.db.begin().await?;
        password::rehash(&mut tx, person, old, &new).await?;
        tx.commit().await?;
    }
    Ok(Tried::Right(person))
}

fn stopped(result: Result<(), credential::Error>) -> Result<Option<Tried>, Failure> {
    match result {
        Ok(()) => Ok(None),
        Err(credential::Error::Wait(wait)) => Ok(Some(Tried::Wait(wait.seconds))),
        Err(other) => Err(other.into()),
    }
}

async fn again(
    here: &Here,
    typed: &str,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let Some(mut form) = form(here).await? else { return Ok(here.go(&here.onward())) };
    form.identifier = typed.chars().take(100).collect();
    form.faults = faults;
    Ok(here.page(status, form.render(&here.frame()?)))
}

/// The person has proven who they are: begins the session, or strengthens the one they have, and sends
/// them on.
pub async fn enter(here: &Here, person: Uuid, proofs: &[Proof]) -> Result<Response, Failure> {
    let cookie = begin_session(here, person, proofs).await?;
    let mut response = here.go(&here.onward());
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response.into_response())
}

/// Begins a session and gives its cookie; where the person has a session here already, strengthens that one.
pub async fn begin_session(
    here: &Here,
    person: Uuid,
    proofs: &[Proof],
) -> Result<Option<HeaderValue>, Failure> {
    let app = &here.app;
    let keys = app.keys.data();
    let aal = proof::aal(proofs).ok_or_else(|| Failure::internal(&"nothing was proven"))?;
    let amr = proof::amr(proofs).join(" ");
    let visit = Visit { actor: Actor::Person(person), ..here.visit.clone() };
    let mut tx = app.db.begin().await?;
    browser::remember(&mut tx, &visit, here.browser.id, person).await?;
    let mut to_deliver = false;
    let cookie = match &here.session {
        Some(session) if session.person == person => {
            session::step_up(&mut tx, &keys, &visit, session, aal, &united(&session.amr, &amr)).await?;
            None
        }
        other => {
            if let Some(session) = other {
                let ended =
                    logout::end(&mut tx, &keys, &visit, session.id, session.person, "another person").await?;
                to_deliver = ended.is_some_and(|farewell| farewell.to_deliver > 0);
            }
            let (browser, device) = (here.browser.id, here.device);
            let sign_in = session::SignIn { person, browser, aal, amr: &amr, device };
            let id = session::start(&mut tx, &keys, &visit, sign_in, &app.config.session).await?;
            Some(cookies::set_session(app, id)?)
        }
    };
    tx.commit().await?;
    if to_deliver {
        app.logout_queued.notify_one();
    }
    Ok(cookie)
}

/// The methods of before and of now, each once.
fn united(before: &str, now: &str) -> String {
    let mut all: Vec<&str> = before.split_ascii_whitespace().collect();
    all.extend(
        now.split_ascii_whitespace().filter(|method| !before.split_ascii_whitespace().any(|b| b == *method)),
    );
    all.join(" ")
}
