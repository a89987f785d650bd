//! An operator's certificate: beside the password it is the second factor, at the console and at a window.

use std::time::Duration;

use axum::response::Response;

use super::desk::{Desk, Sent};
use super::second_factor;
use crate::audit::{self, About, Event};
use crate::base::Secret;
use crate::credential::{self, Proof};
use crate::crypto::certificate::{Authorities, Distrust, Holder};
use crate::http::{ClientChain, Failure, Params, urls};
use crate::operator::{self, Operator, Refused, certificate};
use crate::view::Fault;

/// Beside the password that was shown before.
pub async fn submit(chain: ClientChain, Sent { desk, .. }: Sent) -> Result<Response, Failure> {
    let (session, owned) = match second_factor::half_way(&desk).await? {
        Ok(half_way) => half_way,
        Err(elsewhere) => return Ok(desk.go(elsewhere)),
    };
    let shown = match shown(&desk, &chain).await? {
        Ok((holder, operator)) if operator.id == session.operator.id => holder,
        Ok(_) => {
            return second_factor::refuse(&desk, &owned, refused(&desk, Fault::CertificateRefused).await?);
        }
        Err(fault) => return second_factor::refuse(&desk, &owned, refused(&desk, fault).await?),
    };
    let (app, visit) = (&desk.app, &desk.visit);
    let mut tx = app.db.begin().await?;
    let good = certificate::note_use(&mut tx, visit, session.operator.id, &shown.fingerprint).await?
        && operator::prove(&mut tx, &app.keys.data(), visit, session, proof(&desk)).await?;
    if !good {
        return Ok(desk.go(urls::CONSOLE_SIGN_IN));
    }
    tx.commit().await?;
    Ok(desk.go(urls::CONSOLE))
}

/// The operator whose certificate was shown and whose password stands in the form, with both proofs.
pub async fn with_password(
    desk: &Desk,
    chain: &ClientChain,
    form: &Params,
) -> Result<Result<(Operator, [Proof; 2]), Fault>, Failure> {
    let password = Secret::new(form.get("password").unwrap_or_default());
    if password.is_empty() {
        return Ok(Err(Fault::SignInPasswordMissing));
    }
    let (app, keys, visit) = (&desk.app, desk.app.keys.data(), &desk.visit);
    let (holder, operator) = match shown(desk, chain).await? {
        Ok(shown) => shown,
        Err(fault) => return Ok(Err(refused(desk, fault).await?)),
    };
    let guards = (&app.attempts, &app.hasher);
    let checked =
        operator::check_password(&mut &app.db, &keys, visit, guards, &operator.name, password).await;
    match checked {
        Ok(_) => {}
        Err(operator::Error::Refused(Refused::NotAuthenticated)) => {
            return Ok(Err(refused(desk, Fault::ClerkRefused).await?));
        }
        Err(operator::Error::Credential(credential::Error::Wait(wait))) => {
            return Ok(Err(Fault::TooMany(Duration::from_secs(wait.seconds))));
        }
        Err(other) => return Err(other.into()),
    }
    let mut tx = app.db.begin().await?;
    if !certificate::note_use(&mut tx, visit, operator.id, &holder.fingerprint).await? {
        return Ok(Err(Fault::ClerkRefused));
    }
    tx.commit().await?;
    Ok(Ok((operator, [Proof::Password, proof(desk)])))
}

/// Whose certificate the connection has, if it is good now and bound to an active operator.
async fn shown(desk: &Desk, chain: &ClientChain) -> Result<Result<(Holder, Operator), Fault>, Failure> {
    let Some(authorities) = authorities(desk) else { return Err(super::names::missing()) };
    let holder = match authorities.holder(&chain.0, desk.visit.now) {
        Ok(holder) => holder,
        Err(why) => {
            tracing::info!(request = %desk.visit.request_id, %why, "an operator's certificate was refused");
            return Ok(Err(match why {
                Distrust::Missing => Fault::CertificateMissing,
                Distrust::Expired => Fault::CertificateExpired,
                _ => Fault::CertificateRefused,
            }));
        }
    };
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let owner = certificate::owner(&mut &app.db, &keys, &holder.fingerprint).await?;
    Ok(owner.map(|operator| (holder, operator)).ok_or(Fault::CertificateRefused))
}

async fn refused(desk: &Desk, fault: Fault) -> Result<Fault, Failure> {
    if fault != Fault::CertificateMissing {
        let mut tx = desk.app.db.begin().await?;
        let event = Event::OperatorRefused { reason: "certificate" };
        audit::record(&mut tx, &desk.app.keys.data(), &desk.visit, event, About::default()).await?;
        tx.commit().await?;
    }
    Ok(fault)
}

/// Those whose certificates are believed, if there are any.
pub fn authorities(desk: &Desk) -> Option<&Authorities> {
    desk.app.authorities.as_ref()
}

fn proof(desk: &Desk) -> Proof {
    Proof::Certificate { hardware: desk.app.config.certificate.hardware }
}
