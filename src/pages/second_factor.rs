//! A second factor in a session that has begun: because the relying system wants it, because a change of
//! factors does, or because the person does.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::factors::{self, announce, announce::News};
use super::here::{Here, Posted};
use super::sign_in::known_browser;
use super::view::{AskSecondFactor, Fault, NoSecondFactor, Why};
use crate::ask::Step;
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Language, Phone, Secret};
use crate::credential::{
    self, Attempt, Factor, Owned, Proof, Rationed, Refused, SecondFactor, browser, factors as owned_factors,
    recovery_code, sms_code, totp,
};
use crate::http::{Failure, Params};
use crate::identity;
use crate::session::{self, Before, Session};
use crate::transient::Key;

/// What is asked of whom.
struct Asked<'a> {
    session: &'a Session,
    owned: Owned,
    why: Why,
    /// Any of these will do, the first is offered.
    factors: Vec<SecondFactor>,
    to: Option<&'static str>,
}

/// What a visit to this page comes to.
enum Standing<'a> {
    Asked(Asked<'a>),
    /// Nothing is missing: on to there.
    Done(String),
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let asked = match standing(&here, session, &here.query).await? {
        Standing::Asked(asked) => asked,
        Standing::Done(to) => return Ok(here.go(&to)),
    };
    match asked.factor(&here.query) {
        Some(factor) => {
            // Whoever is asked for a code has been sent one; once while it is good, however often they look.
            let sent = match factor {
                SecondFactor::Sms => send(&here, session, Again::No).await,
                _ => Ok(()),
            };
            ask(&here, &asked, factor, sent).await
        }
        None => nothing_fits(&here, &asked).await,
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let asked = match standing(&here, session, &form).await? {
        Standing::Asked(asked) => asked,
        Standing::Done(to) => return Ok(here.go(&to)),
    };
    let Some(factor) = asked.factor(&form) else { return nothing_fits(&here, &asked).await };
    match pass(&here, &asked, factor, form.get("code").unwrap_or_default()).await? {
        Ok(()) => Ok(here.go(&asked.onward(&here))),
        Err(fault) => ask(&here, &asked, factor, Err(fault)).await,
    }
}

/// Another code to the phone; the one before is then worth nothing.
pub async fn resend(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let asked = match standing(&here, session, &form).await? {
        Standing::Asked(asked) if asked.factors.contains(&SecondFactor::Sms) => asked,
        Standing::Asked(_) => return Err(Failure::bad_request("invalid_request")),
        Standing::Done(to) => return Ok(here.go(&to)),
    };
    let sent = send(&here, session, Again::Yes).await;
    ask(&here, &asked, SecondFactor::Sms, sent).await
}

/// "I cannot": the relying system is told.
pub async fn leave(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    give_up(&here).await
}

async fn give_up(here: &Here) -> Result<Response, Failure> {
    here.note(|ask| ask.unmet = true).await?;
    Ok(here.go(&here.onward()))
}

async fn standing<'a>(here: &Here, session: &'a Session, params: &Params) -> Result<Standing<'a>, Failure> {
    let owned = owned_factors::owned(&mut &here.app.db, session.person).await?;
    let to = params.get("to").and_then(factors::known_address);
    let (why, level) = match (to, here.step().await?) {
        (Some(to), _) if session.may_change_factors(&owned, here.visit.now) => {
            return Ok(Standing::Done(here.along(to)));
        }
        (Some(_), _) => (Why::Change, owned.level_for_changes()),
        (None, Some(Step::StepUp(aal))) => (Why::Service, aal),
        (None, None) if session.is_unfinished() => (Why::Always, AuthenticationLevel::TwoFactors),
        _ => return Ok(Standing::Done(here.onward())),
    };
    let mut factors = owned.reaching(level);
    if why == Why::Change && owned.recovery_codes > 0 && !factors.contains(&SecondFactor::RecoveryCode) {
        factors.push(SecondFactor::RecoveryCode);
    }
    if here.app.passkeys.is_none() {
        factors.retain(|factor| *factor != SecondFactor::Passkey);
    }
    Ok(Standing::Asked(Asked { session, owned, why, factors, to }))
}

impl Asked<'_> {
    /// The factor that the person has chosen, or the first that will do.
    fn factor(&self, params: &Params) -> Option<SecondFactor> {
        let chosen = params.get("method").and_then(|word| word.parse().ok());
        chosen.filter(|factor| self.factors.contains(factor)).or(self.factors.first().copied())
    }

    fn onward(&self, here: &Here) -> String {
        self.to.map_or_else(|| here.onward(), |to| here.along(to))
    }
}

/// The person has nothing that is strong enough: they may add it where they can prove two factors, and the
/// relying system is told at once where they cannot.
async fn nothing_fits(here: &Here, asked: &Asked<'_>) -> Result<Response, Failure> {
    let can_prove = asked.session.may_change_factors(&asked.owned, here.visit.now)
        || !asked.owned.reaching(asked.owned.level_for_changes()).is_empty();
    let can_add = here.app.passkeys.is_some() && asked.to.is_none() && can_prove;
    if !can_add && here.way.is_some() {
        return give_up(here).await;
    }
    let page = NoSecondFactor { why: asked.why, can_add };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// The page; `fault` is what came of a try.
async fn ask(
    here: &Here,
    asked: &Asked<'_>,
    factor: SecondFactor,
    fault: Result<(), Fault>,
) -> Result<Response, Failure> {
    let phone = phone(here, asked.session).await?;
    let (status, wait) = match fault {
        Ok(()) => (StatusCode::OK, None),
        Err(Fault::TooMany(wait)) => (StatusCode::TOO_MANY_REQUESTS, Some(wait)),
        Err(Fault::Busy(wait)) => (StatusCode::SERVICE_UNAVAILABLE, Some(wait)),
        Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let page = AskSecondFactor {
        why: asked.why,
        factor,
        others: asked.factors.iter().copied().filter(|other| *other != factor).collect(),
        phone: phone.map(|phone| phone.masked()),
        to: asked.to,
        faults: fault.err().into_iter().collect(),
    };
    let mut frame = here.frame()?;
    frame.path = page.with(&frame, &factor);
    let mut response = here.page(status, page.render(&frame));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
    }
    Ok(response)
}

async fn phone(here: &Here, session: &Session) -> Result<Option<Phone>, Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    Ok(person.and_then(|person| person.phone))
}

/// A code that was right, before it is used up.
enum Shown {
    Totp(totp::Shown),
    RecoveryCode(recovery_code::Shown),
    /// Used up by looking.
    Sms,
}

/// One try: counter, look, counter, and all that comes of it in one transaction.
async fn pass(
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
    owned_factors::note_used(&mut tx, person, factor).await?;
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
    let (app, keys, mut read) = (&here.app, here.app.keys.data(), &here.app.db);
    match factor {
        SecondFactor::Totp => {
            let shown = totp::look(&mut read, &keys, &here.visit, session.person, code).await?;
            Ok(shown.map(Shown::Totp).ok_or(Fault::AppCodeWrong))
        }
        SecondFactor::RecoveryCode => {
            let shown = recovery_code::look(&mut read, &keys, session.person, code).await?;
            Ok(shown.map(Shown::RecoveryCode).ok_or(Fault::RecoveryCodeWrong))
        }
        SecondFactor::Passkey | SecondFactor::Sms => {
            let Some(handle) = app.transient.get_json(&sent_key(session)).await? else {
                return Ok(Err(Fault::CodeExpired));
            };
            match sms_code::check(&app.transient, &keys, handle, code).await {
                Ok(_) => {
                    app.transient.take(&sent_key(session)).await?;
                    Ok(Ok(Shown::Sms))
                }
                Err(credential::Error::Refused(Refused::Wrong)) => Ok(Err(Fault::CodeWrong)),
                Err(credential::Error::Refused(_)) => Ok(Err(Fault::CodeExpired)),
                Err(other) => Err(other.into()),
            }
        }
    }
}

async fn refused(
    here: &Here,
    attempt: Attempt,
    person: uuid::Uuid,
    factor: SecondFactor,
) -> Result<(), Failure> {
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

#[derive(PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// Sends a code to the person's phone, within the quotas; without `Again::Yes` only if none is under way.
async fn send(here: &Here, session: &Session, again: Again) -> Result<(), Fault> {
    let sent = try_send(here, session, again).await;
    sent.map_err(|failure| {
        let wait = Duration::from_secs(failure.retry_after.unwrap_or(5));
        if failure.status == StatusCode::TOO_MANY_REQUESTS { Fault::TooMany(wait) } else { Fault::Busy(wait) }
    })
}

async fn try_send(here: &Here, session: &Session, again: Again) -> Result<(), Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let key = sent_key(session);
    if again == Again::No && app.transient.get(&key).await?.is_some() {
        return Ok(());
    }
    let Some(phone) = phone(here, session).await? else { return Ok(()) };
    app.quota.take(&keys, &here.visit, Rationed::Sms { phone: &phone }).await?;
    let started = sms_code::start(&app.transient, &keys, &here.visit, &phone).await?;
    let code = started.code.reveal();
    let text = match here.visit.language {
        Language::Simplified => {
            format!("验证码 {code}，10 分钟内有效，用于确认是您本人在登录。请勿告诉任何人。")
        }
        Language::Traditional => {
            format!("驗證碼 {code}，10 分鐘內有效，用於確認是您本人在登入。請勿告訴任何人。")
        }
        Language::English => {
            format!(
                "Your code to confirm that it is you: {code}. It is good for 10 minutes. Tell it to nobody."
            )
        }
    };
    app.sms.send(&here.visit, &phone, &text).await.map_err(|error| {
        tracing::error!(%error, "an SMS could not be sent");
        Failure::busy()
    })?;
    app.transient.put_json(&key, &started.handle, sms_code::LIFETIME).await?;
    Ok(())
}

/// The code that is under way to the person of a session.
fn sent_key(session: &Session) -> Key {
    Key::new("second-factor-sms", session.id)
}
