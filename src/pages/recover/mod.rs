//! The way to a new password for who has forgotten theirs, one question a page.
//!
//! Whatever identifier is typed, the next page is the same, at one time after the request, with the same quotas
//! and counters behind it: a code goes only to the verified phone of an active account, and for everybody else
//! there is one that nobody is told. Only who has typed the code sees more. What then opens at once and what after a
//! day, `credential::recovery` says.

pub mod cancel;
pub mod code;
pub mod identifier;
pub mod password;
pub mod second;
mod settle;

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::here::Here;
use super::kept::{self, Journey};
use super::view::Fault;
use crate::audit::{self, About, Event};
use crate::base::{Actor, Visit};
use crate::credential::{self, Proof};
use crate::http::{Failure, urls};

/// What was learnt so far.
#[derive(Clone, Serialize, Deserialize)]
struct Recovery {
    /// As it was typed, in its one written form: what counters count at.
    identifier: String,
    /// Whom it means, if they can be reached by SMS or with a counter's ticket.
    person: Option<Uuid>,
    proofs: Vec<Proof>,
    stage: Stage,
    browser: Uuid,
}

/// What is asked next.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Stage {
    /// The code that was sent, or a counter's ticket.
    Code {
        sent: Uuid,
    },
    /// What the person has beside the phone.
    Second,
    Password {
        by: By,
    },
}

/// On what the new password rests.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum By {
    Proofs,
    /// A day in which nobody objected.
    Delay(Uuid),
    /// A counter's ticket.
    Counter(Uuid),
}

impl By {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Proofs => "proofs",
            Self::Delay(_) => "delay",
            Self::Counter(_) => "counter",
        }
    }
}

impl Journey for Recovery {
    const NAME: &'static str = "recovery";

    fn browser(&self) -> Uuid {
        self.browser
    }
}

impl Recovery {
    /// Where the person goes on.
    fn next(&self, here: &Here, handle: Uuid) -> String {
        let page = match self.stage {
            Stage::Code { .. } => urls::RECOVER_CODE,
            Stage::Second => urls::RECOVER_SECOND,
            Stage::Password { .. } => urls::RECOVER_PASSWORD,
        };
        kept::next::<Self>(here, page, handle)
    }

    /// Keeps the next stage and goes there.
    async fn goes_on(mut self, here: &Here, handle: Uuid, stage: Stage) -> Result<Response, Failure> {
        self.stage = stage;
        kept::keep(here, &self, Some(handle)).await?;
        Ok(here.go(&self.next(here, handle)))
    }
}

/// The visit of somebody who has shown that the account is theirs.
fn visit_of(here: &Here, person: Uuid) -> Visit {
    Visit { actor: Actor::Person(person), ..here.visit.clone() }
}

fn stopped(result: Result<(), credential::Error>) -> Result<Option<Fault>, Failure> {
    match result {
        Ok(()) => Ok(None),
        Err(credential::Error::Wait(wait)) => Ok(Some(Fault::TooMany(Duration::from_secs(wait.seconds)))),
        Err(other) => Err(other.into()),
    }
}

async fn refused(here: &Here, person: Option<Uuid>, proof: &'static str) -> Result<(), Failure> {
    let mut tx = here.app.db.begin().await?;
    let about = About { person, client: None };
    let event = Event::RecoveryRefused { proof };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, about).await?;
    Ok(tx.commit().await?)
}

/// A page with what is to be put right on it.
fn answer(here: &Here, html: String, faults: &[Fault]) -> Response {
    match faults.first() {
        None => here.page(StatusCode::OK, html),
        Some(Fault::TooMany(wait)) => {
            let mut response = here.page(StatusCode::TOO_MANY_REQUESTS, html);
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
            response
        }
        Some(_) => here.page(StatusCode::UNPROCESSABLE_ENTITY, html),
    }
}
