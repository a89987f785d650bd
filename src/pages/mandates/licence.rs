//! The electronic business licence: a certificate that names an enterprise. Who shows it acts for the enterprise;
//! so an enterprise whose representative cannot sign in comes to its first administrator.

use axum::http::StatusCode;
use axum::response::Response;

use super::own;
use crate::base::TrustLevel;
use crate::base::number::CreditCode;
use crate::credential::Rationed;
use crate::crypto::certificate::{Distrust, Holder, Subject};
use crate::http::{ClientChain, Failure, urls};
use crate::identity::{self, Known, Person};
use crate::mandate::{self, Licence, Refused};
use crate::outbound::registers::{LegalPersonAnswer, Standing};
use crate::pages::factors::gate_of_mandates;
use crate::pages::here::{Here, Posted};
use crate::pages::view::{Fault, ShowLicence};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = gate_of_mandates(&here, urls::ORGANIZATION_LICENCE).await? {
        return Ok(here.go(&first));
    }
    page(&here, StatusCode::OK, Vec::new())
}

pub async fn submit(chain: ClientChain, Posted { here, .. }: Posted) -> Result<Response, Failure> {
    let session = match gate_of_mandates(&here, urls::ORGANIZATION_LICENCE).await? {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let (app, visit) = (&here.app, &here.visit);
    let Some(authorities) = &app.authorities else {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    };
    let person = own(&here, session.person).await?;
    // Who is not sure to be a person answers for no enterprise.
    if session.trust < TrustLevel::Matched {
        return Err(Failure::new(StatusCode::FORBIDDEN, "unmet_authentication_requirements"));
    }
    app.quota.take(&app.keys.data(), visit, Rationed::Proof { by: person.id }).await?;
    let holder = authorities.holder(&chain.0, visit.now);
    if let Err(why) = &holder {
        tracing::info!(request = %visit.request_id, %why, "a licence was refused");
    }
    let fault = match holder {
        Ok(holder) => match enterprise(&holder) {
            Some(code) => return appoint(&here, &person, (&holder, &chain), &code).await,
            None => Fault::LicencePersonal,
        },
        Err(Distrust::Missing) => Fault::CertificateMissing,
        Err(Distrust::Expired) => Fault::CertificateExpired,
        Err(_) => Fault::CertificateRefused,
    };
    refuse(&here, fault)
}

/// The enterprise that the certificate names.
fn enterprise(holder: &Holder) -> Option<CreditCode> {
    match &holder.subject {
        Subject::Organization { code } => CreditCode::parse(code.reveal()).ok(),
        Subject::Person { .. } => None,
    }
}

async fn appoint(
    here: &Here,
    person: &Person,
    (holder, chain): (&Holder, &ClientChain),
    code: &CreditCode,
) -> Result<Response, Failure> {
    let (app, visit, keys) = (&here.app, &here.visit, here.app.keys.data());
    // The licence says who acts for it; whether it still trades, the register.
    let known = match app.registers.legal_person(visit, code).await {
        LegalPersonAnswer::Found(found) => Some(Known::by_register(&found)),
        LegalPersonAnswer::NoRecord => None,
        LegalPersonAnswer::NoAnswer(_) => return refuse(here, Fault::LicenceSilent),
    };
    let mut tx = app.db.begin().await?;
    let id = match &known {
        Some(known) if known.standing == Standing::Active => {
            Some(identity::found(&mut tx, &app.keys, visit, known).await?)
        }
        Some(_) => return refuse(here, Fault::LicenceInactive),
        // One that an operator knows and no register does.
        None => identity::find_by_number(&mut tx, &keys, &code.clone().into()).await?,
    };
    let organization = match id {
        Some(id) => identity::load_organization(&mut tx, &keys, id).await?,
        None => None,
    };
    let Some(organization) = organization else { return refuse(here, Fault::LicenceInactive) };
    if let Some(known) = &known {
        identity::update(&mut tx, &keys, visit, &organization, known).await?;
    } else if organization.life.standing != Standing::Active {
        return refuse(here, Fault::LicenceInactive);
    }
    if organization.life.contested_at.is_some() {
        return refuse(here, Fault::LicenceContested);
    }
    let evidence = format!("licence: {} {}", holder.issuer, holder.serial);
    let licence = Licence { chain: &chain.0, until: holder.until, evidence: &evidence };
    match mandate::appoint_first(&mut tx, &keys, visit, organization.id, person.id, licence).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(here.go(&urls::organization(organization.id)))
        }
        Err(mandate::Error::Refused(Refused::Governed)) => refuse(here, Fault::LicenceGoverned),
        Err(other) => Err(other.into()),
    }
}

fn refuse(here: &Here, fault: Fault) -> Result<Response, Failure> {
    let status = match fault {
        Fault::LicenceSilent => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(here, status, vec![fault])
}

fn page(here: &Here, status: StatusCode, faults: Vec<Fault>) -> Result<Response, Failure> {
    if here.app.authorities.is_none() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    Ok(here.page(status, ShowLicence { faults }.render(&here.frame()?)))
}
