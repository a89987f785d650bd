//! What the person has beside the phone: the authenticator app, or a recovery code; or neither, and then a day
//! passes.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::settle::{self, With};
use super::{Recovery, Stage, answer, refused, stopped, visit_of};
use crate::base::{AuthenticationLevel, Secret};
use crate::credential::{Factor, Holder, Owned, Proof, SecondFactor, factors, recovery_code, totp};
use crate::http::{Failure, Params, urls};
use crate::pages::factors::announce::{self, News};
use crate::pages::here::{Here, Posted};
use crate::pages::kept;
use crate::pages::sign_in::known_browser;
use crate::pages::view::{Fault, RecoverSecond};

/// A code that was right, before it is used up.
enum Shown {
    Totp(totp::Shown),
    RecoveryCode(recovery_code::Shown),
}

/// Somebody who is asked for it, with what is asked.
struct Asked {
    handle: Uuid,
    recovery: Recovery,
    person: Uuid,
    owned: Owned,
    /// The authenticator app, or else a recovery code.
    factor: SecondFactor,
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    match asked(&here, &here.query).await? {
        Ok(asked) => page(&here, &asked, Vec::new()),
        Err(elsewhere) => Ok(here.go(&elsewhere)),
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let mut asked = match asked(&here, &form).await? {
        Ok(asked) => asked,
        Err(elsewhere) => return Ok(here.go(&elsewhere)),
    };
    let typed = form.get("code").unwrap_or_default();
    let code = Secret::new(typed.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    if code.is_empty() {
        return page(&here, &asked, vec![Fault::FactorCodeMissing]);
    }
    match tried(&here, &asked, &code).await? {
        Ok(proof) => asked.recovery.proofs.push(proof),
        Err(fault) => return page(&here, &asked, vec![fault]),
    }
    if asked.factor == SecondFactor::RecoveryCode {
        announce::tell(&here, asked.person, News::RecoveryCodeUsed).await?;
    }
    settle::settle(&here, asked.recovery, asked.handle, asked.person, With::SecondFactor).await
}

/// "I have none of these."
pub async fn without(Posted { here, form }: Posted) -> Result<Response, Failure> {
    match asked(&here, &form).await? {
        Ok(asked) => {
            settle::settle(&here, asked.recovery, asked.handle, asked.person, With::PhoneAlone).await
        }
        Err(elsewhere) => Ok(here.go(&elsewhere)),
    }
}

async fn asked(here: &Here, params: &Params) -> Result<Result<Asked, String>, Failure> {
    let (handle, recovery) = kept::find::<Recovery>(here, params).await?;
    let (Stage::Second, Some(person)) = (recovery.stage, recovery.person) else {
        return Ok(Err(recovery.next(here, handle)));
    };
    let owned = factors::owned(&mut &here.app.db, person).await?.as_offered(|method| here.offers(method));
    if !owned.totp && owned.recovery_codes == 0 {
        return Err(Failure::new(StatusCode::FORBIDDEN, "not_offered_here"));
    }
    let wants_code = params.get("method") == Some(SecondFactor::RecoveryCode.as_str());
    let by_code = owned.recovery_codes > 0 && (wants_code || !owned.totp);
    let factor = if by_code { SecondFactor::RecoveryCode } else { SecondFactor::Totp };
    Ok(Ok(Asked { handle, recovery, person, owned, factor }))
}

/// One try, counted like one at a sign-in: the way to a new password gives no tries of its own.
async fn tried(here: &Here, asked: &Asked, code: &Secret) -> Result<Result<Proof, Fault>, Failure> {
    let (app, keys, person) = (&here.app, here.app.keys.data(), asked.person);
    let by_code = asked.factor == SecondFactor::RecoveryCode;
    let (counted, proof, wrong) = if by_code {
        (Factor::RecoveryCode, Proof::RecoveryCode, Fault::RecoveryCodeWrong)
    } else {
        (Factor::Totp, Proof::Totp, Fault::AppCodeWrong)
    };
    let known = known_browser(here, person, AuthenticationLevel::TwoFactors).await?;
    let attempt = app.attempts.attempt(&keys, &here.visit, counted, &person.to_string(), known)?;
    if let Some(wait) = stopped(attempt.check().await)? {
        return Ok(Err(wait));
    }
    let mut read = &app.db;
    let shown = if by_code {
        recovery_code::look(&mut read, &keys, person, code).await?.map(Shown::RecoveryCode)
    } else {
        totp::look(&mut read, &keys, &here.visit, Holder::Person(person), code).await?.map(Shown::Totp)
    };
    let Some(shown) = shown else {
        attempt.failed().await?;
        refused(here, Some(person), asked.factor.as_str()).await?;
        return Ok(Err(wrong));
    };
    if let Some(wait) = stopped(attempt.succeeded().await)? {
        return Ok(Err(wait));
    }
    let visit = visit_of(here, person);
    let mut tx = app.db.begin().await?;
    let spent = match shown {
        Shown::Totp(shown) => shown.spend(&mut tx, &visit).await?,
        Shown::RecoveryCode(shown) => shown.spend(&mut tx, &keys, &visit).await?,
    };
    if !spent {
        return Ok(Err(wrong));
    }
    tx.commit().await?;
    Ok(Ok(proof))
}

fn page(here: &Here, asked: &Asked, faults: Vec<Fault>) -> Result<Response, Failure> {
    let at = kept::next::<Recovery>(here, urls::RECOVER_SECOND, asked.handle);
    let other = match asked.factor {
        SecondFactor::Totp if asked.owned.recovery_codes > 0 => Some(SecondFactor::RecoveryCode),
        SecondFactor::RecoveryCode if asked.owned.totp => Some(SecondFactor::Totp),
        _ => None,
    };
    let page = RecoverSecond {
        recovery: asked.handle.to_string(),
        factor: asked.factor,
        other: other.map(|other| (other, format!("{at}&method={}", other.as_str()))),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = format!("{at}&method={}", asked.factor.as_str());
    Ok(answer(here, page.render(&frame), &page.faults))
}
