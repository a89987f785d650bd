//! The legal representative adds their organization: the register says whether they are.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::own;
use crate::base::TrustLevel;
use crate::base::number::{CreditCode, Reason};
use crate::credential::Rationed;
use crate::http::{Failure, urls};
use crate::identity::{self, Known, Person};
use crate::logout;
use crate::mandate;
use crate::outbound::registers::{LegalPersonAnswer, Standing};
use crate::pages::factors::gate_of_mandates;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AddOrganization, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = gate_of_mandates(&here, urls::ORGANIZATION_ADD).await? {
        return Ok(here.go(&first));
    }
    page(&here, StatusCode::OK, "", Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    let session = match gate_of_mandates(&here, urls::ORGANIZATION_ADD).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let person = own(&here, session.person).await?;
    // Who is not sure to be a person is nobody's representative.
    if session.trust < TrustLevel::Matched {
        return Err(Failure::new(StatusCode::FORBIDDEN, "unmet_authentication_requirements"));
    }
    let typed = form.get("credit_code").unwrap_or_default();
    let code = match CreditCode::parse(typed) {
        Ok(code) => code,
        Err(refusal) => {
            let missing = refusal.reason == Reason::Empty;
            let fault = if missing { Fault::CreditCodeMissing } else { Fault::CreditCodeMistyped };
            return page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![fault]);
        }
    };
    let keys = here.app.keys.data();
    here.app.quota.take(&keys, &here.visit, Rationed::Registration { number: code.as_str() }).await?;
    let fault = match here.app.registers.legal_person(&here.visit, &code).await {
        LegalPersonAnswer::Found(found) => {
            let known = Known::by_register(&found);
            // Of two persons with one number nobody here knows which the register means.
            let theirs = !person.provisional && known.is_represented_by(&person.number, &person.name);
            if theirs && known.standing == Standing::Active {
                return represent(&here, &person, &known).await;
            }
            Fault::NotRepresentative
        }
        LegalPersonAnswer::NoRecord => Fault::NotRepresentative,
        LegalPersonAnswer::NoAnswer(_) => Fault::RegisterSilent,
    };
    // Which organizations there are and whose is public; who asks learns it there, not here.
    let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
    tokio::time::sleep_until(came + answer_after).await;
    page(&here, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![fault])
}

async fn represent(here: &Here, person: &Person, known: &Known) -> Result<Response, Failure> {
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    let id = identity::found(&mut tx, &here.app.keys, &here.visit, known).await?;
    if let Some(before) = identity::load_organization(&mut tx, &keys, id).await? {
        identity::update(&mut tx, &keys, &here.visit, &before, known).await?;
    }
    let visit = &here.visit;
    for ended in mandate::name_representative(&mut tx, &keys, visit, id, person.id, &known.reference).await? {
        logout::end_mandate(&mut tx, &keys, visit, &ended).await?;
    }
    tx.commit().await?;
    here.app.logout_queued.notify_one();
    Ok(here.go(urls::MANDATES))
}

fn page(here: &Here, status: StatusCode, code: &str, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = AddOrganization {
        code: code.chars().take(40).collect(),
        licence: here.app.authorities.is_some(),
        faults,
    };
    Ok(here.page(status, page.render(&here.frame()?)))
}
