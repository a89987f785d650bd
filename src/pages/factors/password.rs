//! Another password. The present one is asked for too, where there is one.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use super::announce::{self, News};
use super::gate;
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Secret};
use crate::credential::{self, Factor, Owned, Proof, Verdict, password, recovery};
use crate::http::{Failure, urls};
use crate::identity;
use crate::logout;
use crate::pages::here::{Here, Posted};
use crate::pages::register::password::weak;
use crate::pages::sign_in::known_browser;
use crate::pages::view::{ChangePassword, Fault};
use crate::session::Session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    match gate(&here, urls::FACTORS_PASSWORD).await? {
        Ok((session, owned)) => page(&here, asks_current(session, &owned), StatusCode::OK, Vec::new()),
        Err(first) => Ok(here.go(&first)),
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (session, owned) = match gate(&here, urls::FACTORS_PASSWORD).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let asks_current = asks_current(session, &owned);
    let (app, keys) = (&here.app, here.app.keys.data());
    let person = identity::load(&mut &app.db, &keys, session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let secret = Secret::new(form.get("password").unwrap_or_default());
    let faults = weak(&secret, form.get("again"), &person.number, &person.name, person.phone.as_ref());
    if !faults.is_empty() {
        return page(&here, asks_current, StatusCode::UNPROCESSABLE_ENTITY, faults);
    }
    let current = Secret::new(form.get("current").unwrap_or_default());
    if asks_current && let Err(fault) = is_current(&here, person.id, current).await? {
        return page(&here, asks_current, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]);
    }
    let phc = app.hasher.hash(secret).await.map_err(|_| Failure::busy())?;
    let mut tx = app.db.begin().await?;
    password::set(&mut tx, &here.visit, person.id, &phc).await?;
    let about = About { person: Some(person.id), client: None };
    audit::record(&mut tx, &keys, &here.visit, Event::PasswordSet, about).await?;
    recovery::settle(&mut tx, &here.visit, person.id).await?;
    let but = Some(session.id);
    logout::end_all(&mut tx, &keys, &here.visit, person.id, but, "password changed").await?;
    tx.commit().await?;
    app.logout_queued.notify_one();
    announce::tell(&here, person.id, News::PasswordChanged).await?;
    Ok(here.go(&here.along(urls::FACTORS)))
}

/// Who came in by passkey alone has shown the best there is, and may be here because they forgot the password.
fn asks_current(session: &Session, owned: &Owned) -> bool {
    owned.password && session.proofs != [Proof::Passkey { user_verified: true }]
}

/// Counted like a sign-in: a session that was left open is no place to guess.
async fn is_current(here: &Here, person: Uuid, typed: Secret) -> Result<Result<(), Fault>, Failure> {
    let app = &here.app;
    let Some(stored) = password::of(&mut &app.db, person).await? else { return Ok(Ok(())) };
    let known = known_browser(here, person, AuthenticationLevel::OneFactor).await?;
    let attempt =
        app.attempts.attempt(&app.keys.data(), &here.visit, Factor::Password, &person.to_string(), known)?;
    match attempt.check().await {
        Err(credential::Error::Wait(wait)) => {
            return Ok(Err(Fault::TooMany(Duration::from_secs(wait.seconds))));
        }
        other => other?,
    }
    let Verdict::Yes { .. } = app.hasher.verify(Some(&stored), typed).await.map_err(|_| Failure::busy())?
    else {
        attempt.failed().await?;
        return Ok(Err(Fault::CurrentWrong));
    };
    attempt.succeeded().await?;
    Ok(Ok(()))
}

fn page(
    here: &Here,
    asks_current: bool,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let wait = match faults.first() {
        Some(Fault::TooMany(wait)) => Some(wait.as_secs()),
        _ => None,
    };
    let status = wait.map_or(status, |_| StatusCode::TOO_MANY_REQUESTS);
    let page = ChangePassword { asks_current, shortest: password::SHORTEST as u32, faults };
    let mut response = here.page(status, page.render(&here.frame()?));
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
