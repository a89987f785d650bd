//! The one answer to all who cannot be registered here. Which of the reasons it was goes by SMS to the phone
//! that was proven, and into the audit log.

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::Notice;
use crate::audit::{self, About, Event};
use crate::base::Phone;
use crate::http::Failure;
use crate::pages::here::Here;
use crate::pages::view::Refused;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Registered,
    Mismatch,
    NoRecord,
    NotInForce,
    /// The register did not answer: nobody's fault but nobody's level either. It is asked again.
    NoAnswer,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Mismatch => "mismatch",
            Self::NoRecord => "no record",
            Self::NotInForce => "not in force",
            Self::NoAnswer => "no answer",
        }
    }

    const fn notice(self) -> Notice {
        match self {
            Self::Registered => Notice::Registered,
            Self::NoAnswer => Notice::Waiting,
            Self::Mismatch | Self::NoRecord | Self::NotInForce => Notice::Differs,
        }
    }
}

/// Tells the phone and the log, and answers at `at`: also the SMS takes its time before that.
pub async fn refuse(here: &Here, phone: &Phone, why: Why, at: Instant) -> Result<Response, Failure> {
    // Sent aside: a slow gateway must not show in the time of the answer.
    let (app, visit, to) = (here.app.clone(), here.visit.clone(), phone.clone());
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&visit, &to, why.notice().words(visit.language)).await {
            tracing::error!(%error, "an SMS could not be sent");
        }
    });
    let mut tx = here.app.db.begin().await?;
    let event = Event::RegistrationRefused { reason: why.as_str() };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, About::default()).await?;
    tx.commit().await?;
    let page = Refused { phone: phone.masked(), counter_hours: here.app.config.server.counter_hours.clone() };
    let html = page.render(&here.frame()?);
    tokio::time::sleep_until(at).await;
    Ok(here.page(StatusCode::OK, html))
}
