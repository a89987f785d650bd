//! Step 4: a password. With it the account is made, all at once.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use tokio::time::Instant;
use uuid::Uuid;

use super::Kept;
use super::kept::{Matched, next};
use super::name::is_in_use;
use super::refused::{Why, refuse};
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Phone, Secret, TrustLevel};
use crate::credential::Proof;
use crate::credential::password::{self, Weakness, acceptable};
use crate::db::Tx;
use crate::http::{Failure, urls};
use crate::identity::{self, Claimed, NewEvidence, NewPerson, Registered, verification};
use crate::pages::here::{Here, Posted};
use crate::pages::sign_in::begin_session;
use crate::pages::view::{AskPassword, Fault};
use crate::session::Before;

const SHORTEST: u32 = password::SHORTEST as u32;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, kept) = Kept::find(&here, &here.query).await?;
    if kept.matched.is_none() {
        return Ok(here.go(&next(&here, urls::REGISTER_NAME, handle)));
    }
    page(&here, handle, StatusCode::OK, Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let (handle, kept) = Kept::find(&here, &form).await?;
    let matched = kept.matched.clone().ok_or_else(Failure::expired)?;
    let secret = Secret::new(form.get("password").unwrap_or_default());
    let new = new_person(&here, &kept, &matched)?;
    let faults = weak(&secret, form.get("again"), &new.number, &new.name, new.phone.as_ref());
    if !faults.is_empty() {
        return page(&here, handle, StatusCode::UNPROCESSABLE_ENTITY, faults);
    }
    let phc = here.app.hasher.hash(secret).await.map_err(|_| Failure::busy())?;
    // From here on it is done or over: a second click finds nothing to do again.
    Kept::take(&here, &form).await?;
    let Some(person) = register(&here.app, &here, &new, &phc).await? else {
        let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
        return refuse(&here, &kept.phone()?, Why::Registered, came + answer_after).await;
    };
    let proofs = [Proof::SmsCode, Proof::Password];
    let cookies = begin_session(&here, person, Before::Kept, &proofs).await?;
    let to = if here.app.passkeys.is_some() { here.along(urls::REGISTER_PASSKEY) } else { here.onward() };
    let mut response = here.go(&to);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn new_person(here: &Here, kept: &Kept, matched: &Matched) -> Result<NewPerson, Failure> {
    let number = OfficialNumber::from_stored(matched.kind, &matched.number)
        .map_err(|_| Failure::internal(&"a kept number does not parse"))?;
    Ok(NewPerson {
        number,
        name: PersonName::parse(&matched.name).map_err(|e| Failure::internal(&e))?,
        phone: Some(kept.phone()?),
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence: NewEvidence {
            method: "three-elements",
            source: here.app.registers.source().to_owned(),
            reference: matched.reference.clone(),
            trust: TrustLevel::Matched,
        },
    })
}

/// What is to be put right about a new password.
pub fn weak(
    secret: &Secret,
    again: Option<&str>,
    number: &OfficialNumber,
    name: &PersonName,
    phone: Option<&Phone>,
) -> Vec<Fault> {
    if secret.is_empty() {
        return vec![Fault::PasswordMissing];
    }
    if again.is_some_and(|again| again != secret.reveal()) {
        return vec![Fault::PasswordsDiffer];
    }
    match acceptable(secret, number.as_str(), Some(name), phone) {
        Ok(()) => Vec::new(),
        Err(Weakness::TooShort) => vec![Fault::PasswordShort],
        Err(Weakness::TooLong) => vec![Fault::PasswordLong],
        Err(Weakness::Repetition | Weakness::Sequence | Weakness::Common) => vec![Fault::PasswordCommon],
        Err(Weakness::HoldsNumber | Weakness::HoldsPhone | Weakness::HoldsName) => {
            vec![Fault::PasswordPersonal]
        }
    }
}

/// Person, binding and password in one transaction; `None` if the number was taken meanwhile.
async fn register(app: &App, here: &Here, new: &NewPerson, phc: &str) -> Result<Option<Uuid>, Failure> {
    let mut reloaded = false;
    loop {
        let mut tx = app.db.begin().await?;
        let person = match identity::register(&mut tx, &app.keys, &here.visit, new).await {
            Ok(Registered::New(person)) => person,
            // An account that others made has no way in yet, and becomes its owner's.
            Ok(Registered::Taken) => match take_over(&mut tx, app, here, new).await? {
                Some(person) => person,
                None => return Ok(None),
            },
            Err(identity::Error::KeysChanged) if !reloaded => {
                // Empty, but kept: what it has seen is committed when this answers, and can be read anew.
                tx.commit().await?;
                app.keys.reload(&app.db).await.map_err(|e| Failure::internal(&e))?;
                reloaded = true;
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        if let Some(phone) = &new.phone {
            let (number, name, phone) = (new.number.clone(), new.name.clone(), phone.clone());
            verification::settle(&mut tx, &app.keys.data(), &Claimed { number, name, phone }).await?;
        }
        password::set(&mut tx, &here.visit, person, phc).await?;
        let about = About { person: Some(person), client: None };
        audit::record(&mut tx, &app.keys.data(), &here.visit, Event::PasswordSet, about).await?;
        tx.commit().await?;
        return Ok(Some(person));
    }
}

/// The account of the number, if nobody can sign in to it: the registers have just said whose it is.
async fn take_over(tx: &mut Tx, app: &App, here: &Here, new: &NewPerson) -> Result<Option<Uuid>, Failure> {
    let keys = app.keys.data();
    let Some(holder) = identity::find_by_number(tx, &keys, &new.number).await? else { return Ok(None) };
    if is_in_use(tx, here, holder).await? {
        return Ok(None);
    }
    if let Some(phone) = &new.phone {
        identity::set_phone(tx, &keys, &here.visit, holder, phone).await?;
    }
    identity::prove(tx, &keys, &here.visit, holder, &new.evidence, &app.config.trust).await?;
    Ok(Some(holder))
}

fn page(here: &Here, handle: Uuid, status: StatusCode, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = AskPassword { registration: handle.to_string(), shortest: SHORTEST, faults };
    let mut frame = here.frame()?;
    frame.path = next(here, urls::REGISTER_PASSWORD, handle);
    Ok(here.page(status, page.render(&frame)))
}
