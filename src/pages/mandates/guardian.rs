//! A guardian opens an account for a child: the registers say that the child is, and whose it is. Nobody can
//! sign in to it; the guardian acts for it, and the child takes it over when it registers.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::own;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{PersonName, TrustLevel};
use crate::credential::Rationed;
use crate::http::{Failure, urls};
use crate::identity::{self, NewEvidence, NewPerson, Registered};
use crate::mandate::{self, Minor};
use crate::outbound::registers::Answer;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AddWard, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if here.session.is_none() {
        return Ok(here.to_sign_in());
    }
    page(&here, StatusCode::OK, ("", ""), Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let guardian = own(&here, session.person).await?;
    if session.trust < TrustLevel::Matched {
        return Err(Failure::new(StatusCode::FORBIDDEN, "unmet_authentication_requirements"));
    }
    let typed = (form.get("name").unwrap_or_default(), form.get("number").unwrap_or_default());
    let today = here.visit.now.day();
    let mut faults = Vec::new();
    let name = PersonName::parse(typed.0).map_err(|_| faults.push(Fault::NameMissing));
    let number = OfficialNumber::parse(NumberKind::CitizenId, typed.1, today).map_err(|_| {
        let missing = typed.1.trim().is_empty();
        faults.push(if missing { Fault::NumberMissing } else { Fault::NumberMistyped });
    });
    let (Ok(name), Ok(number)) = (name, number) else {
        return page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, faults);
    };
    let Some(minor) = Minor::of(&number, today) else {
        return page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![Fault::NotMinor]);
    };
    if guardian.is_untold() {
        // The register knows them by a number that they keep to themselves: a counter sees the papers.
        return page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![Fault::NotGuardian]);
    }
    let keys = here.app.keys.data();
    here.app.quota.take(&keys, &here.visit, Rationed::Registration { number: number.as_str() }).await?;
    let registers = &here.app.registers;
    let answer = registers.guardian(&here.visit, number.as_str(), &name, guardian.number.as_str()).await;
    let fault = match answer {
        Answer::Match { reference } => {
            let child = NewPerson {
                number,
                name,
                phone: None,
                user_name: None,
                email: None,
                email_verified: false,
                address: None,
                evidence: NewEvidence {
                    method: "guardian",
                    source: registers.source().to_owned(),
                    reference,
                    trust: TrustLevel::Matched,
                },
            };
            return open(&here, child, minor, guardian.id).await;
        }
        Answer::NoAnswer(_) => Fault::RegisterSilent,
        _ => Fault::NotGuardian,
    };
    tokio::time::sleep_until(came + Duration::from_millis(here.app.config.password.answer_after_ms)).await;
    page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![fault])
}

/// The child's account, new or made by its other guardian, and the mandate.
async fn open(
    here: &Here,
    child: NewPerson,
    minor: Minor,
    guardian: uuid::Uuid,
) -> Result<Response, Failure> {
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    let id = match identity::register(&mut tx, &here.app.keys, &here.visit, &child).await? {
        Registered::New(id) => id,
        Registered::Taken => identity::find_by_number(&mut tx, &keys, &child.number)
            .await?
            .ok_or_else(|| Failure::internal(&"a number was taken and is not"))?,
    };
    let reference = &child.evidence.reference;
    mandate::guard(&mut tx, &keys, &here.visit, (id, minor), guardian, reference).await?;
    tx.commit().await?;
    Ok(here.go(urls::MANDATES))
}

fn page(
    here: &Here,
    status: StatusCode,
    (name, number): (&str, &str),
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let page =
        AddWard { name: name.chars().take(100).collect(), number: number.chars().take(40).collect(), faults };
    Ok(here.page(status, page.render(&here.frame()?)))
}
