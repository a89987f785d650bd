//! Sign-in by identifier and password. Every failure gets one answer at one time after the request came,
//! whatever the reason was, so that nobody learns which identifiers exist.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use uuid::Uuid;

use super::here::{Here, Posted, WAY_IN_COOKIE};
use super::identifier;
use super::legacy;
use super::recheck;
use super::view::{Fault, Methods, Other, Reason, SignIn, WayIn};
use crate::ask::{SignInReason, Step};
use crate::base::{Actor, AuthenticationLevel, Method, Secret, Visit};
use crate::credential::{self, Attempt, Factor, Proof, Verdict, browser, password, proof};
use crate::http::{Browser, Failure, cookies, urls};
use crate::identity::{self, PersonState};
use crate::legacy::Known;
use crate::logout;
use crate::session::{self, Before, Session};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(form) = form(&here).await? else { return Ok(here.go(&here.onward())) };
    Ok(here.page(StatusCode::OK, form.render(&here.frame()?)))
}

/// The form as the Ask wants it; `None` if there is nothing to sign in for.
async fn form(here: &Here) -> Result<Option<SignIn>, Failure> {
    let passkeys = here.offers(Method::Passkey);
    let methods = match (passkeys, here.last_way_in) {
        (false, _) => Methods::Password,
        (true, Some(WayIn::Passkey)) => Methods::PasskeyThenPassword,
        (true, _) => Methods::PasswordThenPasskey,
    };
    let reason = match (&here.session, here.step().await?) {
        (None, _) | (_, Some(Step::SignIn(SignInReason::SomebodyElse))) => Reason::First,
        (Some(session), Some(Step::SignIn(_))) => Reason::Again { person: masked_name(here, session).await? },
        _ => return Ok(None),
    };
    let hint = here.way.as_ref().and_then(|way| way.ask.login_hint.clone()).unwrap_or_default();
    let mut others = if here.session.is_none() { others(here) } else { Vec::new() };
    let last = others.iter().position(|other| Some(other.way_in()) == here.last_way_in);
    let first = last.map(|place| others.remove(place));
    let earlier =
        crate::legacy::Source::any_name(&mut &here.app.db).await?.map(|source| format!("zhangsan@{source}"));
    Ok(Some(SignIn { reason, methods, first, others, earlier, identifier: hint, faults: Vec::new() }))
}

/// The ways in that have a page of their own.
fn others(here: &Here) -> Vec<Other> {
    let (national, network) = (&here.app.national, &here.app.network_identity);
    let vouched = here.offers(Method::National);
    [
        here.offers(Method::Phone).then_some(Other::Scan),
        (vouched && national.configured()).then(|| Other::National(here.app.config.national.name.clone())),
        (vouched && network.configured())
            .then(|| Other::Network(here.app.config.network_identity.name.clone())),
        (here.app.authorities.is_some() && here.offers(Method::Certificate)).then_some(Other::Certificate),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether there is something to sign in for.
pub async fn is_wanted(here: &Here) -> Result<bool, Failure> {
    Ok(form(here).await?.is_some())
}

pub async fn masked_name(here: &Here, session: &Session) -> Result<String, Failure> {
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
        Tried::Old(known) => legacy::sign_in::goes_on(&here, &known).await,
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
    /// The old password of an account of an earlier system.
    Old(Box<Known>),
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
        Some(person) => known_browser(here, person, AuthenticationLevel::OneFactor).await?,
        None => None,
    };
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::Password, &identifier.canonical, known)?;
    if let Some(stopped) = stopped(attempt.check().await)? {
        return Ok(stopped);
    }
    if let Some(known) = identifier.legacy {
        return try_old(here, attempt, known, secret).await;
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

/// The same with an old password. An account has one or the other, so this too is one hash.
async fn try_old(here: &Here, attempt: Attempt, known: Known, secret: Secret) -> Result<Tried, Failure> {
    match legacy::sign_in::is_password(here, &known, secret).await? {
        Ok(legacy::Shown::Right) => {}
        Ok(legacy::Shown::Wrong) => {
            attempt.failed().await?;
            return Ok(Tried::Wrong);
        }
        // Said like every refusal, so that it tells nothing; counted as none.
        Ok(legacy::Shown::Unanswered) => return Ok(Tried::Wrong),
        Err(_) => return Ok(Tried::Busy),
    }
    Ok(stopped(attempt.succeeded().await)?.unwrap_or(Tried::Old(Box::new(known))))
}

fn stopped(result: Result<(), credential::Error>) -> Result<Option<Tried>, Failure> {
    match result {
        Ok(()) => Ok(None),
        Err(credential::Error::Wait(wait)) => Ok(Some(Tried::Wait(wait.seconds))),
        Err(other) => Err(other.into()),
    }
}

/// The form again, because another way in has ended here.
pub async fn refused(here: &Here, fault: Fault) -> Result<Response, Failure> {
    let Some(mut form) = form(here).await? else { return Ok(here.go(&here.onward())) };
    form.faults = vec![fault];
    let mut frame = here.frame()?;
    // The address that brought the person here is used up.
    frame.path = here.along(urls::SIGN_IN);
    Ok(here.page(StatusCode::UNPROCESSABLE_ENTITY, form.render(&frame)))
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
    let cookies = begin_session(here, person, Before::Dropped, proofs).await?;
    let mut response = here.go(&legacy::list::onward(here, person).await?);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response.into_response())
}

/// This browser, if the person has signed in from it before, at `aal` at least.
pub async fn known_browser(
    here: &Here,
    person: Uuid,
    aal: AuthenticationLevel,
) -> Result<Option<Uuid>, Failure> {
    let Browser { id, is_new } = here.browser;
    let known = !is_new && browser::is_known(&mut &here.app.db, id, person, aal).await?;
    Ok(known.then_some(id))
}

/// Begins a session and gives its cookies; where the person has a session here already, strengthens that one.
/// `before`: what becomes of what they had proven in it.
pub async fn begin_session(
    here: &Here,
    person: Uuid,
    before: Before,
    proofs: &[Proof],
) -> Result<Vec<HeaderValue>, Failure> {
    let begun = begin(here, person, before, proofs, None).await?;
    begun.ok_or_else(Failure::expired)
}

/// What a phone lends.
#[derive(Clone, Copy)]
pub struct Lent {
    /// The phone's session.
    pub by: Uuid,
    pub proof: Proof,
}

/// Begins a session of its own on what a phone lends; `None` if the phone has signed out meanwhile. This browser,
/// which may be anybody's, is not remembered as one of the person's.
pub async fn begin_lent_session(
    here: &Here,
    person: Uuid,
    lent: Lent,
) -> Result<Option<Vec<HeaderValue>>, Failure> {
    begin(here, person, Before::Dropped, &[lent.proof], Some(lent.by)).await
}

async fn begin(
    here: &Here,
    person: Uuid,
    before: Before,
    proofs: &[Proof],
    lent_by: Option<Uuid>,
) -> Result<Option<Vec<HeaderValue>>, Failure> {
    let app = &here.app;
    // The pages show what is offered; whoever gets past them is stopped here.
    if !proofs.iter().all(|proof| here.offers(proof.method())) {
        return Err(Failure::new(StatusCode::FORBIDDEN, "not_offered_here"));
    }
    let keys = app.keys.data();
    let visit = Visit { actor: Actor::Person(person), ..here.visit.clone() };
    let mut tx = app.db.begin().await?;
    // Only somebody who has just proven to be the owner is told.
    match identity::state_of(&mut tx, person).await? {
        Some(PersonState::Active) => {}
        Some(PersonState::Held) => return Err(Failure::new(StatusCode::FORBIDDEN, "account_held")),
        Some(PersonState::Closed | PersonState::Unclaimed) | None => {
            return Err(Failure::bad_request("refused"));
        }
    }
    if let Some(lender) = lent_by
        && !session::hold(&mut tx, lender).await?
    {
        return Ok(None);
    }
    let mut to_deliver = false;
    let (cookie, aal) = match &here.session {
        Some(session) if session.person == person && lent_by.is_none() => {
            (None, session::prove(&mut tx, &keys, &visit, session, before, proofs).await?)
        }
        other => {
            if let Some(session) = other {
                let reason = if session.person == person { "by phone" } else { "another person" };
                let ended = logout::end(&mut tx, &keys, &visit, session.id, session.person, reason).await?;
                to_deliver = ended.is_some_and(|farewell| farewell.to_deliver > 0);
            }
            let (browser, device) = (Some(here.browser.id), here.device);
            let sign_in = session::SignIn { person, browser, proofs, device, lent_by };
            let id = session::start(&mut tx, &keys, &visit, sign_in, &app.config).await?;
            (Some(cookies::set_session(app, id, visit.channel)?), proof::aal(proofs))
        }
    };
    if let (Some(aal), None) = (aal, lent_by) {
        browser::remember(&mut tx, &visit, here.browser.id, person, aal).await?;
        identity::note_language(&mut tx, person, visit.language).await?;
    }
    tx.commit().await?;
    if to_deliver {
        app.logout_queued.notify_one();
    }
    recheck::aside(here, person);
    Ok(Some(cookie.into_iter().chain(remembered(here, proofs)).collect()))
}

/// How the person came in, for the next time: what they chose is offered first.
fn remembered(here: &Here, proofs: &[Proof]) -> Option<HeaderValue> {
    let way_in = match proofs {
        [Proof::Password] => WayIn::Password,
        [Proof::Passkey { .. }] => WayIn::Passkey,
        [Proof::Phone { .. }] => WayIn::Scan,
        [Proof::Upstream { .. }] if here.is_at(urls::NETWORK_IDENTITY) => WayIn::Network,
        [Proof::Upstream { .. }] => WayIn::National,
        [Proof::Certificate { .. }] => WayIn::Certificate,
        _ => return None,
    };
    let known = here.last_way_in == Some(way_in);
    (!known).then(|| cookies::set_preference(&here.app, WAY_IN_COOKIE, way_in.as_str()))
}
