//! What the person signs in with: the list, and a page for each change. Who changes something has proven
//! themselves a moment ago, at the highest level they can, and is told of it by SMS.

pub mod announce;
pub mod app;
pub mod passkey;
pub mod password;
pub mod recovery;

use axum::http::StatusCode;
use axum::response::Response;

use self::announce::News;
use super::here::{Here, Posted};
use super::view::{Factors, Fault, Passkey};
use crate::base::{Act, AuthenticationLevel};
use crate::credential::passkey::Listed;
use crate::credential::{self, Holder, Owned, Refused, factors, totp};
use crate::crypto::base64url;
use crate::http::{Failure, urls};
use crate::identity;
use crate::session::Session;

/// Where a person may be sent on to after a second factor: no other address is taken from a request.
pub fn known_address(text: &str) -> Option<String> {
    let known = [
        urls::FACTORS,
        urls::FACTORS_APP,
        urls::FACTORS_RECOVERY,
        urls::FACTORS_PASSWORD,
        urls::ACCOUNT_PASSKEY,
        urls::REGISTER_PASSKEY,
        urls::ACCOUNT_DATA,
        urls::ACCOUNT_CLOSE,
        urls::MANDATES,
        urls::ORGANIZATION_ADD,
        urls::HELPER_ADD,
    ];
    let of_organization = || {
        let id = text.strip_prefix(urls::MANDATES)?.strip_prefix('/')?.split('/').next()?.parse().ok()?;
        let (page, grant) = (urls::organization(id), urls::grant_for(id));
        [page, grant].into_iter().find(|address| address == text)
    };
    let of_scan = || {
        let (code, number) = text.strip_prefix("/scan/")?.split_once("?match=")?;
        let number: u8 = number.parse().ok()?;
        Some(urls::scan_with(code.parse().ok()?, &number.to_string()))
    };
    let known = known.into_iter().find(|address| *address == text).map(str::to_owned);
    known.or_else(of_organization).or_else(of_scan)
}

/// What is done at an address, as the channel policy calls it.
fn act_at(address: &str) -> Option<Act> {
    match address {
        urls::REGISTER_PASSKEY | urls::ACCOUNT_PASSKEY => Some(Act::CreatePasskeys),
        urls::ACCOUNT_CLOSE => Some(Act::CloseAccount),
        _ if address.starts_with(urls::FACTORS) => Some(Act::ChangeFactors),
        urls::HELPER_ADD | urls::WARD_ADD => Some(Act::GrantMandates),
        _ if address.starts_with(urls::MANDATES) => Some(Act::GrantMandates),
        _ => None,
    }
}

/// Somebody who may change factors now, with what they have; or where they are sent first, to come back to
/// `to` afterwards.
pub async fn gate<'a>(here: &'a Here, to: &str) -> Result<Result<(&'a Session, Owned), String>, Failure> {
    let Some(session) = &here.session else { return Ok(Err(here.along(urls::SIGN_IN))) };
    if act_at(to).is_some_and(|act| !session.may(act)) {
        return Err(Failure::new(StatusCode::FORBIDDEN, "not_in_this_session"));
    }
    let owned = factors::owned(&mut &here.app.db, session.person).await?;
    if session.may_change_factors(&owned, here.visit.now) {
        return Ok(Ok((session, owned)));
    }
    let page = here.along(urls::SECOND_FACTOR);
    let separator = if page.contains('?') { '&' } else { '?' };
    Ok(Err(format!("{page}{separator}to={to}")))
}

/// Somebody who may let others act for them or their organization, or say yes to act for another. The same as
/// for a change of factors, but that who has nothing beside the password is not shut out: an elderly person
/// without a phone finds a helper too.
pub async fn gate_of_mandates<'a>(here: &'a Here, to: &str) -> Result<Result<&'a Session, String>, Failure> {
    let first = match gate(here, to).await? {
        Ok((session, _)) => return Ok(Ok(session)),
        Err(first) => first,
    };
    let Ok(session) = here.finished() else { return Ok(Err(first)) };
    let owned = factors::owned(&mut &here.app.db, session.person).await?;
    Ok(if owned.reaching(AuthenticationLevel::TwoFactors).is_empty() { Ok(session) } else { Err(first) })
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    page(&here, session, StatusCode::OK, Vec::new()).await
}

async fn page(
    here: &Here,
    session: &Session,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let mut read = &here.app.db;
    let owned = factors::owned(&mut read, session.person).await?;
    let person = identity::load(&mut read, &here.app.keys.data(), session.person).await?;
    let passkeys = credential::passkey::list(&mut read, Holder::Person(session.person)).await?;
    let page = Factors {
        password: owned.password,
        passkeys: passkeys.into_iter().map(|p| (base64url(&p.credential_id), shown(p))).collect(),
        can_add_passkey: here.app.passkeys.is_some(),
        app: totp::added_at(&mut read, Holder::Person(session.person)).await?.map(|at| at.day()),
        recovery_codes: owned.recovery_codes,
        phone: person.and_then(|person| person.phone).map(|phone| phone.masked()),
        always: owned.always,
        can_always: owned.can_be_asked_always(),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::FACTORS);
    Ok(here.page(status, page.render(&frame)))
}

pub fn shown(passkey: Listed) -> Passkey {
    Passkey {
        name: passkey.label,
        added: passkey.created_at.day(),
        last_used: passkey.used_at.map(|at| at.day()),
    }
}

/// Whether a second factor is asked for at every sign-in.
pub async fn always(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let always = match form.get("always") {
        Some("on") => true,
        Some("off") => false,
        _ => return Err(Failure::bad_request("invalid_request")),
    };
    let mut tx = here.app.db.begin().await?;
    let keys = here.app.keys.data();
    let changed = factors::ask_always(&mut tx, &keys, &here.visit, session.person, always).await;
    if changed? {
        tx.commit().await?;
        let news = if always { News::AlwaysOn } else { News::AlwaysOff };
        announce::tell(&here, session.person, news).await?;
    }
    Ok(here.go(&here.along(urls::FACTORS)))
}

/// Removes a factor and shows the list; what must remain is said there.
pub async fn remove(
    here: &Here,
    session: &Session,
    removal: factors::Removal<'_>,
    news: News,
) -> Result<Response, Failure> {
    let mut tx = here.app.db.begin().await?;
    match factors::remove(&mut tx, &here.app.keys.data(), &here.visit, session.person, removal).await {
        Ok(true) => {
            tx.commit().await?;
            announce::tell(here, session.person, news).await?;
        }
        Ok(false) => {}
        Err(credential::Error::Refused(Refused::Last)) => {
            drop(tx);
            return page(here, session, StatusCode::UNPROCESSABLE_ENTITY, vec![Fault::FactorLast]).await;
        }
        Err(other) => return Err(other.into()),
    }
    Ok(here.go(&here.along(urls::FACTORS)))
}
