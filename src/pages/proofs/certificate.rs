//! A digital certificate: the strongest proof that needs no counter, and a way in.

use axum::http::StatusCode;
use axum::response::Response;

use super::arriving::{Arriving, Method, refuse};
use crate::base::number::{CitizenId, NumberKind};
use crate::base::{PersonName, TrustLevel};
use crate::credential::{Proof, Rationed};
use crate::crypto::certificate::{Distrust, Holder, Subject};
use crate::http::{ClientChain, Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskCertificate, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if here.app.authorities.is_none() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    let mut frame = here.frame()?;
    frame.path = here.along(urls::CERTIFICATE);
    Ok(here.page(StatusCode::OK, AskCertificate.render(&frame)))
}

pub async fn submit(chain: ClientChain, Posted { here, .. }: Posted) -> Result<Response, Failure> {
    let app = &here.app;
    let Some(authorities) = &app.authorities else {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    };
    let by = here.session.as_ref().map_or(here.browser.id, |session| session.person);
    app.quota.take(&app.keys.data(), &here.visit, Rationed::Proof { by }).await?;
    let holder = authorities.holder(&chain.0, here.visit.now);
    if let Err(why) = &holder {
        tracing::info!(request = %here.visit.request_id, %why, "a certificate was refused");
    }
    let fault = match holder {
        Ok(holder) => match understood(&here, &holder) {
            Some(arriving) => return arriving.go_on(&here).await,
            None => Fault::CertificateRefused,
        },
        Err(Distrust::Missing) => Fault::CertificateMissing,
        Err(Distrust::Expired) => Fault::CertificateExpired,
        Err(_) => Fault::CertificateRefused,
    };
    refuse(&here, fault).await
}

fn understood(here: &Here, holder: &Holder) -> Option<Arriving> {
    let Subject::Person { number, name } = &holder.subject else { return None };
    let number = CitizenId::parse(number.reveal(), here.visit.now.day()).ok()?;
    let name = PersonName::parse(name.reveal()).ok()?;
    Some(Arriving {
        method: Method::Certificate,
        source: holder.issuer.clone(),
        reference: holder.serial.clone(),
        kind: NumberKind::CitizenId,
        number: number.as_str().to_owned(),
        name: name.as_str().to_owned(),
        trust: TrustLevel::Attended,
        proof: Proof::Certificate { hardware: here.app.config.certificate.hardware },
        network: None,
        browser: here.browser.id,
    })
}
