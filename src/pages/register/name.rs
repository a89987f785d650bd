//! Step 3: name and number, matched with the phone against the register.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::Kept;
use super::kept::{Matched, next};
use super::refused::{Why, refuse};
use crate::audit::{self, About, Event};
use crate::base::PersonName;
use crate::base::number::{CitizenId, Reason};
use crate::credential::Rationed;
use crate::http::{Failure, urls};
use crate::identity::{self, Claimed, verification};
use crate::outbound::registers::Answer;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskName, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, kept) = Kept::find(&here, &here.query).await?;
    if kept.code.is_some() {
        return Ok(here.go(&next(&here, urls::REGISTER_CODE, handle)));
    }
    page(&here, handle, StatusCode::OK, "", "", Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let (handle, mut kept) = Kept::find(&here, &form).await?;
    if kept.code.is_some() {
        return Err(Failure::expired());
    }
    let (name, number) = (form.get("name").unwrap_or_default(), form.get("number").unwrap_or_default());
    let mut faults = Vec::new();
    let parsed_name = PersonName::parse(name);
    if parsed_name.is_err() {
        faults.push(if name.trim().is_empty() { Fault::NameMissing } else { Fault::NameMalformed });
    }
    let parsed_number = CitizenId::parse(number, here.visit.now.day());
    if let Err(refusal) = &parsed_number {
        faults.push(fault_of(refusal.reason));
    }
    let (Ok(name), Ok(number)) = (&parsed_name, parsed_number) else {
        return page(&here, handle, StatusCode::UNPROCESSABLE_ENTITY, name, number, faults);
    };
    let keys = here.app.keys.data();
    here.app.quota.take(&keys, &here.visit, Rationed::Registration { number: number.as_str() }).await?;
    let phone = kept.phone()?;
    let claimed = Claimed { number: number.into(), name: name.clone(), phone: phone.clone() };
    let answer = match verification::find_match(&mut &here.app.db, &keys, here.visit.now, &claimed).await? {
        Some(reference) => Answer::Match { reference },
        None => here.app.registers.person(&here.visit, claimed.number.as_str(), name, &phone).await,
    };
    let holder = identity::find_by_number(&mut &here.app.db, &keys, &claimed.number).await?;
    let why = match (answer, holder) {
        (Answer::Match { reference }, None) => {
            let (number, name) = (claimed.number.as_str().to_owned(), name.as_str().to_owned());
            let matched = Matched { number, name, reference };
            kept.matched = Some(matched);
            kept.keep(&here, Some(handle)).await?;
            return Ok(here.go(&next(&here, urls::REGISTER_PASSWORD, handle)));
        }
        (Answer::Match { .. }, Some(_)) => Why::Registered,
        (Answer::Mismatch, _) => Why::Mismatch,
        (Answer::NoRecord, _) => Why::NoRecord,
        (Answer::Deceased | Answer::NotInForce, _) => Why::NotInForce,
        (Answer::NoAnswer(_), _) => {
            wait(&here, &claimed).await?;
            Why::NoAnswer
        }
    };
    let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
    refuse(&here, &phone, why, came + answer_after).await
}

/// A duty goes on asking for what no register answered.
async fn wait(here: &Here, claimed: &Claimed) -> Result<(), Failure> {
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    if verification::wait(&mut tx, &keys, &here.visit, claimed).await? {
        audit::record(&mut tx, &keys, &here.visit, Event::VerificationPending, About::default()).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn fault_of(reason: Reason) -> Fault {
    match reason {
        Reason::Empty => Fault::NumberMissing,
        Reason::Length | Reason::ExcelScientific | Reason::ExcelFloat => Fault::NumberLength,
        Reason::IllegalCharacter | Reason::XPosition | Reason::Masked => Fault::NumberCharacters,
        Reason::BirthDate | Reason::BirthFuture | Reason::BirthRange => Fault::NumberDate,
        _ => Fault::NumberMistyped,
    }
}

fn page(
    here: &Here,
    handle: uuid::Uuid,
    status: StatusCode,
    name: &str,
    number: &str,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let page = AskName {
        registration: handle.to_string(),
        name: name.chars().take(100).collect(),
        number: number.chars().take(40).collect(),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = next(here, urls::REGISTER_NAME, handle);
    Ok(here.page(status, page.render(&frame)))
}
