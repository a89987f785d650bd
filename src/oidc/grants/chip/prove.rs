//! Whether what was typed beside the card is its owner's.

use uuid::Uuid;

use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::{Secret, Visit};
use crate::credential::chip::ChipRead;
use crate::credential::{self, Attempt, Factor, Holder, Proof, SecondFactor, Verdict, pin, totp};
use crate::identity::{self, PersonState};
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

pub(super) enum Typed {
    Pin(Secret),
    Code(Secret),
}

/// Whoever the card names, if what was typed is theirs. The inner error is what is told of everything else.
pub(super) async fn prove(
    app: &App,
    visit: &Visit,
    read: &ChipRead,
    typed: &Typed,
) -> Result<Result<(Uuid, Proof), OAuthError>, OAuthError> {
    let keys = app.keys.data();
    let wrong = || OAuthError::invalid_grant("the card and what was typed do not open an account");
    let number = read.number.clone().into();
    let person = identity::find_by_number(&mut &app.db, &keys, &number).await?;
    let active = match person {
        Some(person) => identity::state_of(&mut &app.db, person).await? == Some(PersonState::Active),
        None => false,
    };
    let person = person.filter(|_| active);
    // An app's codes have one counter, wherever they are typed.
    let (factor, counted) = match (typed, person) {
        (Typed::Code(_), Some(person)) => (Factor::Totp, person.to_string()),
        (Typed::Code(_), None) => (Factor::Totp, read.number.as_str().to_owned()),
        (Typed::Pin(_), _) => (Factor::Pin, read.number.as_str().to_owned()),
    };
    let attempt = app.attempts.attempt(&keys, visit, factor, &counted, None)?;
    if let Err(error) = attempt.check().await {
        return Ok(Err(waiting(error)?));
    }
    let proof = match typed {
        Typed::Pin(typed) => by_pin(app, visit, person, typed).await?.then_some(Proof::Pin),
        Typed::Code(typed) => by_code(app, visit, person, typed).await?.then_some(Proof::Totp),
    };
    settled(attempt, person.zip(proof), wrong).await
}

async fn settled(
    attempt: Attempt,
    proven: Option<(Uuid, Proof)>,
    wrong: impl Fn() -> OAuthError,
) -> Result<Result<(Uuid, Proof), OAuthError>, OAuthError> {
    match proven {
        None => {
            attempt.failed().await?;
            Ok(Err(wrong()))
        }
        Some(proven) => match attempt.succeeded().await {
            Ok(()) => Ok(Ok(proven)),
            Err(error) => Ok(Err(waiting(error)?)),
        },
    }
}

fn waiting(error: credential::Error) -> Result<OAuthError, OAuthError> {
    match error {
        credential::Error::Wait(wait) => {
            Ok(OAuthError::new(Code::TooMany, format!("too many tries: wait {} seconds", wait.seconds)))
        }
        other => Err(OAuthError::internal(&other)),
    }
}

/// The try is counted before the hash is compared; a card that names nobody costs the same hash.
async fn by_pin(app: &App, visit: &Visit, person: Option<Uuid>, typed: &Secret) -> Result<bool, OAuthError> {
    let stored = match person {
        Some(person) => {
            let mut tx = app.db.begin().await?;
            let stored = pin::try_once(&mut tx, person).await?;
            tx.commit().await?;
            stored
        }
        None => None,
    };
    let verdict = app.hasher.verify(stored.as_deref(), typed.clone()).await;
    let verdict =
        verdict.map_err(|_| OAuthError::new(Code::TemporarilyUnavailable, "try again in a few seconds"))?;
    let (Some(person), Some(_)) = (person, &stored) else { return Ok(false) };
    let right = matches!(verdict, Verdict::Yes { .. });
    let mut tx = app.db.begin().await?;
    if right {
        pin::passed(&mut tx, person).await?;
    } else {
        let failed = pin::failed(&mut tx, &app.keys.data(), visit, person).await;
        failed.map_err(|error| OAuthError::internal(&error))?;
    }
    tx.commit().await?;
    Ok(right)
}

/// A code of the person's app, used up by that.
async fn by_code(app: &App, visit: &Visit, person: Option<Uuid>, typed: &Secret) -> Result<bool, OAuthError> {
    let Some(person) = person else { return Ok(false) };
    let keys = app.keys.data();
    let shown = totp::look(&mut &app.db, &keys, visit, Holder::Person(person), typed).await;
    let mut tx = app.db.begin().await?;
    let right = match shown.map_err(|error| OAuthError::internal(&error))? {
        Some(shown) => shown.spend(&mut tx, visit).await.map_err(|error| OAuthError::internal(&error))?,
        None => false,
    };
    if !right {
        let event = Event::SecondFactorRefused { factor: SecondFactor::Totp.as_str() };
        audit::record(&mut tx, &keys, visit, event, About { person: Some(person), client: None }).await?;
    }
    tx.commit().await?;
    Ok(right)
}
