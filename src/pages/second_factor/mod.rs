//! A second factor in a session that has begun: because the relying system wants it, because a change of
//! factors does, or because the person does.

mod pass;
mod sms;

use axum::http::{StatusCode, header};
use axum::response::Response;

use self::pass::pass;
use self::sms::Again;
use super::factors::known_address;
use super::here::{Here, Posted};
use super::view::{AskSecondFactor, Fault, NoSecondFactor, Why};
use crate::ask::Step;
use crate::base::{AuthenticationLevel, Method};
use crate::credential::{Owned, SecondFactor, factors};
use crate::http::{Failure, Params};
use crate::session::Session;

/// What is asked of whom.
struct Asked<'a> {
    session: &'a Session,
    owned: Owned,
    why: Why,
    /// Any of these will do, the first is offered.
    factors: Vec<SecondFactor>,
    to: Option<String>,
}

/// What a visit to this page comes to.
enum Need<'a> {
    Asked(Asked<'a>),
    /// Nothing is missing: on to there.
    Met(String),
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let asked = match need(&here, session, &here.query).await? {
        Need::Asked(asked) => asked,
        Need::Met(to) => return Ok(here.go(&to)),
    };
    match asked.factor(&here.query) {
        Some(factor) => {
            // Whoever is asked for a code has been sent one; once while it is good, however often they look.
            let sent = match factor {
                SecondFactor::Sms => sms::send(&here, session, Again::No).await,
                _ => Ok(()),
            };
            ask(&here, &asked, factor, sent).await
        }
        None => nothing_fits(&here, &asked).await,
    }
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let asked = match need(&here, session, &form).await? {
        Need::Asked(asked) => asked,
        Need::Met(to) => return Ok(here.go(&to)),
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
    let asked = match need(&here, session, &form).await? {
        Need::Asked(asked) if asked.factors.contains(&SecondFactor::Sms) => asked,
        Need::Asked(_) => return Err(Failure::bad_request("invalid_request")),
        Need::Met(to) => return Ok(here.go(&to)),
    };
    let sent = sms::send(&here, session, Again::Yes).await;
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

async fn need<'a>(here: &Here, session: &'a Session, params: &Params) -> Result<Need<'a>, Failure> {
    let owned = factors::owned(&mut &here.app.db, session.person).await?;
    let to = params.get("to").and_then(known_address);
    let (why, level) = match (&to, here.step().await?) {
        (Some(to), _) if session.may_change_factors(&owned, here.visit.now) => {
            return Ok(Need::Met(here.along(to)));
        }
        (Some(_), _) => (Why::Change, owned.level_for_changes()),
        (None, Some(Step::StepUp(aal))) => (Why::Service, aal),
        (None, None) if session.is_unfinished() => (Why::Always, AuthenticationLevel::TwoFactors),
        _ => return Ok(Need::Met(here.onward())),
    };
    let mut fit = owned.reaching(level);
    if why == Why::Change && owned.recovery_codes > 0 && !fit.contains(&SecondFactor::RecoveryCode) {
        fit.push(SecondFactor::RecoveryCode);
    }
    let fit = offered(here, fit);
    Ok(Need::Asked(Asked { session, owned, why, factors: fit, to }))
}

/// Those that may be shown where the person stands.
fn offered(here: &Here, mut factors: Vec<SecondFactor>) -> Vec<SecondFactor> {
    factors.retain(|factor| here.offers(factor.method()));
    factors
}

impl Asked<'_> {
    /// The factor that the person has chosen, or the first that will do.
    fn factor(&self, params: &Params) -> Option<SecondFactor> {
        let chosen = params.get("method").and_then(|word| word.parse().ok());
        chosen.filter(|factor| self.factors.contains(factor)).or(self.factors.first().copied())
    }

    fn onward(&self, here: &Here) -> String {
        self.to.as_ref().map_or_else(|| here.onward(), |to| here.along(to))
    }
}

/// The person has nothing that is strong enough: they may add it where they can prove two factors, and the
/// relying system is told at once where they cannot.
async fn nothing_fits(here: &Here, asked: &Asked<'_>) -> Result<Response, Failure> {
    let can_prove = asked.session.may_change_factors(&asked.owned, here.visit.now)
        || !offered(here, asked.owned.reaching(asked.owned.level_for_changes())).is_empty();
    let can_add = here.offers(Method::Passkey) && asked.to.is_none() && can_prove;
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
    let phone = sms::phone(here, asked.session).await?;
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
        to: asked.to.clone(),
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
