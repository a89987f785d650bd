//! The code that was sent, or a counter's ticket. For who is unknown none is right.

use std::time::Duration;

use axum::response::Response;
use tokio::time::Instant;
use uuid::Uuid;

use super::settle::{self, With};
use super::{By, Recovery, Stage, answer, refused, stopped};
use crate::base::{AuthenticationLevel, Method, Secret};
use crate::credential::{self, Factor, Proof, factors, recovery, sms_code};
use crate::http::Failure;
use crate::pages::here::{Here, Posted};
use crate::pages::kept;
use crate::pages::sign_in::known_browser;
use crate::pages::view::{Fault, RecoverCode};

/// Signs of a code by SMS, and of a ticket without its dashes.
const CODE: usize = 6;
const TICKET: usize = 16;

/// What was typed, and right.
enum Right {
    Sms,
    Ticket(Uuid),
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, recovery) = kept::find::<Recovery>(&here, &here.query).await?;
    match recovery.stage {
        Stage::Code { .. } => page(&here, &recovery, handle, Vec::new()),
        _ => Ok(here.go(&recovery.next(&here, handle))),
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let (handle, recovery) = kept::find::<Recovery>(&here, &form).await?;
    let Stage::Code { sent } = recovery.stage else { return Ok(here.go(&recovery.next(&here, handle))) };
    let typed = form.get("code").unwrap_or_default();
    let typed = Secret::new(typed.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>());
    match typed.reveal().len() {
        0 => return page(&here, &recovery, handle, vec![Fault::FactorCodeMissing]),
        CODE | TICKET => {}
        _ => return page(&here, &recovery, handle, vec![Fault::CodeMalformed]),
    }
    let fault = match tried(&here, &recovery, sent, &typed).await? {
        Ok((person, right)) => return goes_on(&here, recovery, handle, person, right).await,
        Err(fault) => fault,
    };
    let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
    tokio::time::sleep_until(came + answer_after).await;
    page(&here, &recovery, handle, vec![fault])
}

/// One try. What can be wrong with it has one answer.
async fn tried(
    here: &Here,
    recovery: &Recovery,
    sent: Uuid,
    typed: &Secret,
) -> Result<Result<(Uuid, Right), Fault>, Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let known = match recovery.person {
        Some(person) => known_browser(here, person, AuthenticationLevel::TwoFactors).await?,
        None => None,
    };
    let attempt = app.attempts.attempt(&keys, &here.visit, Factor::Recovery, &recovery.identifier, known)?;
    if let Some(wait) = stopped(attempt.check().await)? {
        return Ok(Err(wait));
    }
    let right = if typed.reveal().len() == CODE {
        if here.offers(Method::Sms) { by_sms(here, sent, typed).await? } else { None }
    } else {
        match recovery.person {
            Some(person) => recovery::look(&mut &app.db, &keys, &here.visit, person, typed).await?,
            None => None,
        }
        .map(Right::Ticket)
    };
    let (Some(person), Some(right)) = (recovery.person, right) else {
        attempt.failed().await?;
        refused(here, recovery.person, "code").await?;
        return Ok(Err(Fault::RecoverCodeWrong));
    };
    Ok(match stopped(attempt.succeeded().await)? {
        Some(wait) => Err(wait),
        None => Ok((person, right)),
    })
}

async fn by_sms(here: &Here, sent: Uuid, typed: &Secret) -> Result<Option<Right>, Failure> {
    match sms_code::check(&here.app.transient, &here.app.keys.data(), sent, typed).await {
        Ok(_) => Ok(Some(Right::Sms)),
        Err(credential::Error::Refused(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

async fn goes_on(
    here: &Here,
    mut recovery: Recovery,
    handle: Uuid,
    person: Uuid,
    right: Right,
) -> Result<Response, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    if let Right::Ticket(ticket) = right {
        return recovery.goes_on(here, handle, Stage::Password { by: By::Counter(ticket) }).await;
    }
    recovery.proofs.push(Proof::SmsCode);
    let waited = recovery::waiting(&mut read, &keys, &here.visit, person).await?;
    if let Some(waited) = waited.filter(|waited| waited.is_ready(here.visit.now)) {
        return recovery.goes_on(here, handle, Stage::Password { by: By::Delay(waited.id) }).await;
    }
    let owned = factors::owned(&mut read, person).await?.as_offered(|method| here.offers(method));
    if owned.totp || owned.recovery_codes > 0 {
        return recovery.goes_on(here, handle, Stage::Second).await;
    }
    settle::settle(here, recovery, handle, person, With::PhoneAlone).await
}

fn page(here: &Here, recovery: &Recovery, handle: Uuid, faults: Vec<Fault>) -> Result<Response, Failure> {
    let counter_hours = here.app.config.server.counter_hours.clone();
    let by_sms = here.offers(Method::Sms);
    let page = RecoverCode { recovery: handle.to_string(), by_sms, counter_hours, faults };
    let mut frame = here.frame()?;
    frame.path = recovery.next(here, handle);
    Ok(answer(here, page.render(&frame), &page.faults))
}
