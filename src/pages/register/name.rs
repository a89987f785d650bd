//! Step 3: name and number, matched with the phone against the register.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use tokio::time::Instant;

use super::Kept;
use super::kept::{Matched, next};
use super::refused::{Why, refuse};
use crate::audit::{self, About, Event};
use crate::base::number::{NumberKind, OfficialNumber, Reason};
use crate::base::{PersonName, TrustLevel};
use crate::credential::{Rationed, factors};
use crate::db::Read;
use crate::http::{Failure, Params, urls};
use crate::identity::{self, Claimed, verification};
use crate::mandate::Minor;
use crate::outbound::registers::Answer;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskName, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, kept) = Kept::find(&here, &here.query).await?;
    if kept.code.is_some() {
        return Ok(here.go(&next(&here, urls::REGISTER_CODE, handle)));
    }
    page(&here, handle, StatusCode::OK, &Params::default(), Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let (handle, mut kept) = Kept::find(&here, &form).await?;
    if kept.code.is_some() {
        return Err(Failure::expired());
    }
    let name = form.get("name").unwrap_or_default();
    let mut faults = Vec::new();
    let parsed_name = PersonName::parse(name);
    if parsed_name.is_err() {
        faults.push(if name.trim().is_empty() { Fault::NameMissing } else { Fault::NameMalformed });
    }
    let today = here.visit.now.day();
    let parsed_number = document(&form, today);
    match &parsed_number {
        Err(fault) => faults.push(*fault),
        // The number itself tells: who is asked for a guardian learns nothing of any account.
        Ok(number) if Minor::of(number, today).is_some_and(|minor| minor.needs_guardian(today)) => {
            faults.push(Fault::GuardianNeeded);
        }
        Ok(_) => {}
    }
    let (Ok(name), Ok(number), true) = (&parsed_name, parsed_number, faults.is_empty()) else {
        return page(&here, handle, StatusCode::UNPROCESSABLE_ENTITY, &form, faults);
    };
    let keys = here.app.keys.data();
    here.app.quota.take(&keys, &here.visit, Rationed::Registration { number: number.as_str() }).await?;
    let phone = kept.phone()?;
    let claimed = Claimed { number, name: name.clone(), phone: phone.clone() };
    let answer = match verification::find_match(&mut &here.app.db, &keys, here.visit.now, &claimed).await? {
        Some(reference) => Answer::Match { reference },
        None => here.app.registers.person(&here.visit, claimed.number.as_str(), name, &phone).await,
    };
    let holder = owner(&here, &claimed.number).await?;
    let why = match (answer, holder) {
        (Answer::Match { reference }, None) => {
            let (number, name) = (claimed.number.as_str().to_owned(), name.as_str().to_owned());
            let matched = Matched { kind: claimed.number.kind(), number, name, reference };
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

/// Who holds the number and can sign in. An account that others made, a child's by its guardian, has no way in
/// yet: its owner, who is as sure as anybody who registers, takes it over.
async fn owner(here: &Here, number: &OfficialNumber) -> Result<Option<uuid::Uuid>, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let Some(holder) = identity::find_by_number(&mut read, &keys, number).await? else { return Ok(None) };
    Ok(is_in_use(&mut read, here, holder).await?.then_some(holder))
}

/// Whether somebody signs in to an account: they have a way in of ours, or came by better proof than registering
/// gives.
pub(super) async fn is_in_use(
    read: &mut impl Read,
    here: &Here,
    account: uuid::Uuid,
) -> Result<bool, Failure> {
    if factors::owned(read, account).await?.ways_in() > 0 {
        return Ok(true);
    }
    let person = identity::load(read, &here.app.keys.data(), account).await?;
    let trust = person.map(|person| person.binding.trust(here.visit.now, &here.app.config.trust));
    Ok(trust.is_some_and(|trust| trust > TrustLevel::Matched))
}

/// The number of the document that was chosen: the identity card unless another is.
fn document(form: &Params, today: Date) -> Result<OfficialNumber, Fault> {
    let typed = form.get("number").unwrap_or_default();
    let kind = form.get("document").map_or(Some(NumberKind::CitizenId), |word| word.parse().ok());
    let kind = kind.filter(|kind| kind.is_of_a_document()).ok_or(Fault::NumberMistyped)?;
    if typed.trim().is_empty() {
        return Err(Fault::NumberMissing);
    }
    let country = form.get("country").unwrap_or_default().trim().to_uppercase();
    let text = match kind {
        NumberKind::Passport if country.is_empty() => return Err(Fault::CountryMissing),
        NumberKind::Passport => format!("{country}:{typed}"),
        _ => typed.to_owned(),
    };
    let text = zeroize::Zeroizing::new(text);
    OfficialNumber::parse(kind, &text, today).map_err(|refusal| fault_of(refusal.reason))
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
    form: &Params,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let text = |name: &str, longest: usize| -> String {
        form.get(name).unwrap_or_default().chars().take(longest).collect()
    };
    let page = AskName {
        registration: handle.to_string(),
        name: text("name", 100),
        document: form.get("document").and_then(|word| word.parse().ok()).unwrap_or(NumberKind::CitizenId),
        country: text("country", 3),
        number: text("number", 40),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = next(here, urls::REGISTER_NAME, handle);
    Ok(here.page(status, page.render(&frame)))
}
