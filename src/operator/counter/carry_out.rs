//! What is done when the time of a deed has come.

use uuid::Uuid;

use super::deed::{change, note};
use super::{Deed, DeedKind, DeedState, Reading};
use crate::base::{Phone, Secret, TrustLevel, Visit};
use crate::config;
use crate::credential::{factors, pin, recovery, recovery_code};
use crate::db::{self, Tx};
use crate::identity::{self, Arrival, NewEvidence, NewPerson, PersonState};
use crate::keys::KeyRing;
use crate::operator::{Error, Refused};

/// What a deed that was carried out gives into the person's hands.
#[derive(Default)]
pub struct Given {
    pub person: Option<Uuid>,
    /// With which they set a password, now or after the day.
    pub ticket: Option<Secret>,
    /// The recovery sheet.
    pub codes: Vec<Secret>,
}

/// Does what the deed is for, if its time has come. A ticket is given while the person is at the window, and opens
/// when its time has come.
///
/// # Errors
/// [`Refused::Changed`]: it was called off or done before; [`Refused::NumberHeld`]: an account holds the number
/// on proof as good; [`Refused::NoPin`]: the person has not chosen one.
pub async fn carry_out(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    deed: &Deed,
    at_window: bool,
    policy: &config::Trust,
) -> Result<Given, Error> {
    let keys = ring.data();
    if deed.state != DeedState::Delayed {
        return Err(Refused::Changed.into());
    }
    let pin = deed.pin(&keys)?;
    let lacks_pin = deed.kind.takes_pin() && pin.is_none();
    if lacks_pin && at_window {
        return Err(Refused::NoPin.into());
    }
    let mut given = Given { person: deed.person, ..Given::default() };
    let reference = deed.id.to_string();
    if let (DeedKind::Recover, Some(person), true) = (deed.kind, deed.person, at_window) {
        given.ticket = Some(recovery::issue_from(tx, &keys, visit, person, &reference, deed.ready_at).await?);
    }
    if deed.ready_at > visit.now {
        return Ok(given);
    }
    let stopped = match deed.person {
        Some(person) => identity::state_of(tx, person).await? != Some(PersonState::Active),
        None => false,
    };
    if stopped || lacks_pin {
        // Closed or stopped since it was asked for, or left unfinished: nothing is done to such an account.
        let next = Deed { state: DeedState::Cancelled, changed_at: visit.now, ..deed.clone() };
        let next = change(tx, &keys, deed, next).await?;
        note(tx, &keys, visit, &next, "cancelled").await?;
        return Ok(given);
    }
    match (deed.kind, deed.person) {
        (DeedKind::Raise, Some(person)) => {
            identity::prove(tx, &keys, visit, person, &evidence(deed), policy).await?;
        }
        (DeedKind::Phone, Some(person)) => {
            let phone = Phone::parse(deed.content(&keys)?.reveal());
            let phone = phone.map_err(|_| db::Error::corrupt("deed", "phone"))?;
            identity::set_phone(tx, &keys, visit, person, &phone).await?;
        }
        (DeedKind::Open, _) => {
            let reading = deed.reading(&keys)?.ok_or_else(|| db::Error::corrupt("deed", "reading"))?;
            let person = open_account(tx, ring, visit, deed, reading, policy).await?;
            given.person = Some(person);
            given.codes = recovery_code::make(tx, &keys, visit, person).await?;
            given.ticket = Some(recovery::issue(tx, &keys, visit, person, &reference).await?);
        }
        _ => {}
    }
    if let (Some(hash), Some(person)) = (pin, given.person) {
        pin::set(tx, &keys, visit, person, hash.reveal()).await?;
    }
    // What it was about stands where it belongs now, and nowhere twice.
    let done = Deed {
        state: DeedState::Done,
        person: given.person,
        content: None,
        changed_at: visit.now,
        ..deed.clone()
    };
    let done = change(tx, &keys, deed, done).await?;
    note(tx, &keys, visit, &done, "done").await?;
    Ok(given)
}

async fn open_account(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    deed: &Deed,
    reading: Reading,
    policy: &config::Trust,
) -> Result<Uuid, Error> {
    let new = NewPerson {
        number: reading.number,
        name: reading.name,
        phone: None,
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence: evidence(deed),
    };
    match identity::arrive(tx, ring, visit, &new, policy).await? {
        Arrival::New(person) => Ok(person),
        Arrival::Displaced { old, new } => {
            factors::forget(tx, old).await?;
            Ok(new)
        }
        Arrival::Known(_) => Err(Refused::NumberHeld.into()),
    }
}

fn evidence(deed: &Deed) -> NewEvidence {
    NewEvidence {
        method: "counter",
        source: format!("operator:{}", deed.clerk),
        reference: deed.id.to_string(),
        trust: TrustLevel::Attended,
    }
}
