//! The new password. Every session that was open ends with the old one.

use axum::http::header;
use axum::response::Response;
use uuid::Uuid;

use super::{By, Recovery, Stage, answer, visit_of};
use crate::audit::{self, About, Event};
use crate::base::Secret;
use crate::credential::{Proof, password, recovery};
use crate::grant;
use crate::http::Failure;
use crate::identity::{self, PersonState};
use crate::logout;
use crate::pages::factors::announce::{self, News};
use crate::pages::here::{Here, Posted};
use crate::pages::kept;
use crate::pages::register::password::weak;
use crate::pages::sign_in::begin_session;
use crate::pages::view::{Fault, RecoverPassword, Recovered};
use crate::session::Before;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, recovery) = kept::find::<Recovery>(&here, &here.query).await?;
    match recovery.stage {
        Stage::Password { .. } => page(&here, &recovery, handle, Vec::new()),
        _ => Ok(here.go(&recovery.next(&here, handle))),
    }
}

pub async fn submit(Posted { mut here, form }: Posted) -> Result<Response, Failure> {
    let (handle, recovery) = kept::find::<Recovery>(&here, &form).await?;
    let (Stage::Password { by }, Some(person)) = (recovery.stage, recovery.person) else {
        return Ok(here.go(&recovery.next(&here, handle)));
    };
    let loaded = identity::load(&mut &here.app.db, &here.app.keys.data(), person).await?;
    let loaded = loaded.ok_or_else(Failure::expired)?;
    let secret = Secret::new(form.get("password").unwrap_or_default());
    let faults = weak(&secret, form.get("again"), &loaded.number, &loaded.name, loaded.phone.as_ref());
    if !faults.is_empty() {
        return page(&here, &recovery, handle, faults);
    }
    let phc = here.app.hasher.hash(secret).await.map_err(|_| Failure::busy())?;
    let recovery: Recovery = kept::take(&here, &form).await?;
    set(&here, person, by, &phc).await?;
    announce::tell(&here, person, News::PasswordRecovered).await?;
    // Their session in this browser, if there was one, has ended with the others.
    here.session = here.session.filter(|session| session.person != person);
    let proofs = [recovery.proofs, vec![Proof::Password]].concat();
    let cookies = begin_session(&here, person, Before::Dropped, &proofs).await?;
    let html = Recovered { next: here.onward() }.render(&here.frame()?);
    let mut response = answer(&here, html, &[]);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// All of it, or nothing.
async fn set(here: &Here, person: Uuid, by: By, phc: &str) -> Result<(), Failure> {
    let (keys, visit) = (here.app.keys.data(), visit_of(here, person));
    let mut tx = here.app.db.begin().await?;
    if identity::state_of(&mut tx, person).await? != Some(PersonState::Active) {
        return Err(Failure::expired());
    }
    if let By::Delay(id) | By::Counter(id) = by
        && !recovery::use_up(&mut tx, &visit, person, id).await?
    {
        return Err(Failure::expired());
    }
    recovery::settle(&mut tx, &visit, person).await?;
    password::set(&mut tx, &visit, person, phc).await?;
    let event = Event::PasswordRecovered { by: by.as_str() };
    audit::record(&mut tx, &keys, &visit, event, About { person: Some(person), client: None }).await?;
    logout::end_all(&mut tx, &keys, &visit, person, None, "password recovered").await?;
    // A password that had to be set anew may have been somebody else's for a while.
    grant::revoke_all(&mut tx, person).await?;
    tx.commit().await?;
    here.app.logout_queued.notify_one();
    Ok(())
}

fn page(here: &Here, recovery: &Recovery, handle: Uuid, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = RecoverPassword { recovery: handle.to_string(), shortest: password::SHORTEST as u32, faults };
    let mut frame = here.frame()?;
    frame.path = recovery.next(here, handle);
    Ok(answer(here, page.render(&frame), &page.faults))
}
