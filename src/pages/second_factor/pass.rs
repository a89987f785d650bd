//! One try at a code.

use std::time::Duration;

use uuid::Uuid;

use super::{Asked, sms};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Secret};
use crate::credential::{
    self, Attempt, Factor, Holder, Proof, SecondFactor, browser, factors, recovery_code, totp,
};
use crate::http::Failure;
use crate::pages::factors::announce::{self, News};
use crate::pages::here::Here;
use crate::pages::sign_in::known_browser;
use crate::pages::view::Fault;
use crate::session::{self, Before, Session};

/// A code that was right, before it is used up.
enum Shown {
    Totp(totp::Shown),
    RecoveryCode(recovery_code::Shown),
    /// Used up by looking.
    Sms,
}

/// One try: counter, look, counter, and all that comes of it in one transaction.
pub(super) async fn pass(
    here: &Here,
    asked: &Asked<'_>,
    factor: SecondFactor,
    typed: &str,
) -> Result<Result<(), Fault>, Failure> {
    let (app, keys, person) = (&here.app, here.app.keys.data(), asked.session.person);
    let (counted, proof, wrong) = match factor {
        SecondFactor::Totp => (Factor::Totp, Proof::Totp, Fault::AppCodeWrong),
        SecondFactor::Sms => (Factor::SmsCode, Proof::SmsCode, Fault::CodeWrong),
        SecondFactor::RecoveryCode => (Factor::RecoveryCode, Proof::RecoveryCode, Fault::RecoveryCodeWrong),
        // A passkey answers to the script (`passkey::finish_sign_in`), not to this form.
        SecondFactor::Passkey => return Err(Failure::bad_request("invalid_request")),
    };
    let code = Secret::new(typed.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    if let Some(fault) = malformed(factor, &code) {
        return Ok(Err(fault));
    }
    let known = known_browser(here, person, AuthenticationLevel::TwoFactors).await?;
    let attempt = app.attempts.attempt(&keys, &here.visit, counted, &person.to_string(), known)?;
    if let Some(wait) = stopped(attempt.check().await)? {
        return Ok(Err(wait));
    }
    let shown = match look(here, asked.session, factor, &code).await? {
        Ok(shown) => shown,
        Err(fault) => {
            refused(here, attempt, person, factor).await?;
            return Ok(Err(fault));
        }
    };
    if let Some(wait) = stopped(attempt.succeeded().await)? {
        return Ok(Err(wait));
    }
    let mut tx = app.db.begin().await?;
    let spent = match shown {
        Shown::Totp(shown) => shown.spend(&mut tx, &here.visit).await?,
        Shown::RecoveryCode(shown) => shown.spend(&mut tx, &keys, &here.visit).await?,
        Shown::Sms => true,
    };
    if !spent {
        return Ok(Err(wrong));
    }
    let proven = session::prove(&mut tx, &keys, &here.visit, asked.session, Before::Kept, &[proof]).await?;
    if let Some(aal) = proven {
        browser::remember(&mut tx, &here.visit, here.browser.id, person, aal).await?;
    }
    factors::note_used(&mut tx, person, factor).await?;
    tx.commit().await?;
    if factor == SecondFactor::RecoveryCode {
        announce::tell(here, person, News::RecoveryCodeUsed).await?;
    }
    Ok(Ok(()))
}

fn malformed(factor: SecondFactor, code: &Secret) -> Option<Fault> {
    let six_digits = code.reveal().len() == 6 && code.reveal().bytes().all(|b| b.is_ascii_digit());
    if code.is_empty() {
        Some(Fault::FactorCodeMissing)
    } else if factor != SecondFactor::RecoveryCode && !six_digits {
        Some(Fault::CodeMalformed)
    } else {
        None
    }
}

async fn look(
    here: &Here,
    session: &Session,
    factor: SecondFactor,
    code: &Secret,
) -> Result<Result<Shown, Fault>, Failure> {
    let (keys, mut read) = (here.app.keys.data(), &here.app.db);
    match factor {
        SecondFactor::Totp => {
            let shown =
                totp::look(&mut read, &keys, &here.visit, Holder::Person(session.person), code).await?;
            Ok(shown.map(Shown::Totp).ok_or(Fault::AppCodeWrong))
        }
        SecondFactor::RecoveryCode => {
            let shown = recovery_code::look(&mut read, &keys, session.person, code).await?;
            Ok(shown.map(Shown::RecoveryCode).ok_or(Fault::RecoveryCodeWrong))
        }
        SecondFactor::Passkey | SecondFactor::Sms => {
            Ok(sms::look(here, session, code).await?.map(|()| Shown::Sms))
        }
    }
}

async fn refused(here: &Here, attempt: Attempt, person: Uuid, factor: SecondFactor) -> Result<(), Failure> {
    attempt.failed().await?;
    let mut tx = here.app.db.begin().await?;
    let event = Event::SecondFactorRefused { factor: factor.as_str() };
    let about = About { person: Some(person), client: None };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, about).await?;
    Ok(tx.commit().await?)
}

fn stopped(result: Result<(), credential::Error>) -> Result<Option<Fault>, Failure> {
    match result {
        Ok(()) => Ok(None),
        Err(credential::Error::Wait(wait)) => Ok(Some(Fault::TooMany(Duration::from_secs(wait.seconds)))),
        Err(other) => Err(other.into()),
    }
}
