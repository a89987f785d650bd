//! What is done to an account at a window.

use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::matter::reading_in;
use super::{AtWindow, answer, id, told};
use crate::base::{Phone, Secret};
use crate::credential::{Factor, Holder, recovery_code, totp};
use crate::http::urls;
use crate::identity;
use crate::oidc::OAuthError;
use crate::oidc::token::required;
use crate::operator::ceremony::{self, Asked, ToChoose, ToConfirm};
use crate::operator::counter::{self, Deed, DeedKind, DeedState, Matter, Shift, Vouching};
use crate::operator::{self, Refused};

pub async fn ask(window: AtWindow) -> Result<Response, OAuthError> {
    let shift = window.shift().await?;
    let matter = window.matter(&shift).await?;
    if let Err(why) = window.at_counter() {
        return Err(window.refuse(matter.id, why).await);
    }
    let kind = required(&window.params, "kind")?;
    let kind: DeedKind =
        kind.parse().map_err(|what| OAuthError::invalid_request(format!("kind must be {what}")))?;
    let content = match kind {
        DeedKind::Phone => {
            let phone = Phone::parse(required(&window.params, "phone")?);
            let phone = phone.map_err(|why| OAuthError::invalid_request(format!("phone: {why}")))?;
            Some(Secret::new(phone.as_str()))
        }
        DeedKind::Open => Some(Secret::new(reading_in(&window, matter.id).await?.written().as_str())),
        DeedKind::Raise | DeedKind::Recover | DeedKind::Pin => None,
    };
    let app = &window.app;
    let mut tx = app.db.begin().await?;
    let whose = (&shift, &matter);
    let asked =
        counter::ask_deed(&mut tx, &app.keys.data(), &window.visit, whose, kind, content.as_ref()).await;
    let deed = match asked {
        Ok(deed) => deed,
        Err(operator::Error::Refused(why)) => {
            drop(tx);
            return Err(window.refuse(matter.id, why).await);
        }
        Err(other) => return Err(other.into()),
    };
    tx.commit().await?;
    Ok(answer(json!({ "deed": deed.id, "state": deed.state.as_str() })))
}

/// The address at which a second clerk looks too, in the window's browser.
pub async fn second(window: AtWindow) -> Result<Response, OAuthError> {
    let (shift, deed, _) = window.deed().await?;
    let back = window.back().await?;
    let asked = Asked { terminal: window.terminal.id, place: window.terminal.place.clone(), back };
    let to_confirm = ToConfirm { deed: deed.id, shift: shift.id, asked };
    let id = ceremony::keep(&window.app.transient, &window.app.chance, &to_confirm).await?;
    let confirm_uri = format!("{}{}?ask={id}", window.app.config.issuer(), urls::CONSOLE_CONFIRM);
    Ok(answer(json!({ "confirm_uri": confirm_uri, "expires_in": ceremony::LIFE.as_secs() })))
}

/// The address at which the person chooses their PIN, in any browser that stands before them: it comes neither to
/// the window's program nor to the clerk.
pub async fn pin(window: AtWindow) -> Result<Response, OAuthError> {
    let (_, deed, _) = window.deed().await?;
    if !deed.is_choosing(&window.visit) {
        return Err(Refused::Changed.into());
    }
    let back = window.back().await?;
    let asked = Asked { terminal: window.terminal.id, place: window.terminal.place.clone(), back };
    let to_choose = ToChoose { pin_for: deed.id, asked };
    let id = ceremony::keep(&window.app.transient, &window.app.chance, &to_choose).await?;
    let pin_uri = format!("{}{}?choice={id}", window.app.config.issuer(), urls::PIN);
    Ok(answer(json!({ "pin_uri": pin_uri, "expires_in": ceremony::LIFE.as_secs() })))
}

/// A factor that the person had before: a code of their app, or one of their recovery sheet.
pub async fn prove(window: AtWindow) -> Result<Response, OAuthError> {
    let (_, deed, _) = window.deed().await?;
    let code = Secret::new(required(&window.params, "code")?);
    let person = deed.person.ok_or_else(|| OAuthError::from(Refused::NobodyPresent))?;
    let (app, visit, keys) = (&window.app, &window.visit, window.app.keys.data());
    let by_app = code.reveal().chars().filter(|c| !c.is_whitespace()).count() == 6;
    let factor = if by_app { Factor::Totp } else { Factor::RecoveryCode };
    let attempt = app.attempts.attempt(&keys, visit, factor, &person.to_string(), None)?;
    attempt.check().await.map_err(operator::Error::from)?;
    let mut tx = app.db.begin().await?;
    let shown = match factor {
        Factor::Totp => match totp::look(&mut tx, &keys, visit, Holder::Person(person), &code).await {
            Ok(Some(shown)) => shown.spend(&mut tx, visit).await,
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        },
        _ => match recovery_code::look(&mut tx, &keys, person, &code).await {
            Ok(Some(shown)) => shown.spend(&mut tx, &keys, visit).await,
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        },
    };
    if !shown.map_err(operator::Error::from)? {
        drop(tx);
        attempt.failed().await?;
        return Err(OAuthError::invalid_grant("the code is none of the person's, or used"));
    }
    attempt.succeeded().await.map_err(operator::Error::from)?;
    let by = Vouching::Factor(if by_app { "app" } else { "recovery-code" });
    let deed = counter::vouch_for(&mut tx, &keys, visit, &deed, by).await?;
    tx.commit().await?;
    Ok(answer(json!({ "deed": deed.id, "state": deed.state.as_str() })))
}

/// Carries out what was vouched for, as far as its time has come, and gives what the person takes along.
pub async fn finish(window: AtWindow) -> Result<Response, OAuthError> {
    let (_, deed, matter) = window.deed().await?;
    let (app, visit) = (&window.app, &window.visit);
    if deed.state == DeedState::Waiting {
        return Err(OAuthError::new(
            crate::oidc::error::Code::InteractionRequired,
            "a second clerk, or a factor of the person, must vouch for it first",
        ));
    }
    let before = match deed.person {
        Some(person) => identity::load(&mut &app.db, &app.keys.data(), person).await?,
        None => None,
    };
    let mut tx = app.db.begin().await?;
    let done = counter::carry_out(&mut tx, &app.keys, visit, &deed, true, &app.config.trust).await;
    let given = match done {
        Ok(given) => given,
        Err(operator::Error::Refused(why)) => {
            drop(tx);
            return Err(window.refuse(matter.id, why).await);
        }
        Err(other) => return Err(other.into()),
    };
    tx.commit().await?;
    if let Some((person, phone)) = before.and_then(|person| Some((person.id, person.phone?))) {
        let language = identity::language_of(&mut &app.db, person).await.unwrap_or_default();
        told::tell(&window, &deed, phone, language);
    }
    let waits = deed.ready_at.since(visit.now).as_secs();
    let now = match given.person {
        Some(person) => identity::load(&mut &app.db, &app.keys.data(), person).await?,
        None => None,
    };
    let trust = now.map(|person| u8::from(person.binding.trust(visit.now, &app.config.trust)));
    Ok(answer(json!({
        "deed": deed.id,
        "state": if waits > 0 { "delayed" } else { "done" },
        "effective_in": waits,
        "trust_level": trust,
        "ticket": given.ticket.as_ref().map(Secret::reveal),
        "recovery_codes": given.codes.iter().map(Secret::reveal).collect::<Vec<_>>(),
    })))
}

impl AtWindow {
    /// The deed that the request names, of a matter that is open in this shift.
    async fn deed(&self) -> Result<(Shift, Deed, Matter), OAuthError> {
        let shift = self.shift().await?;
        let over = || OAuthError::invalid_grant("the deed is over, or not of a matter that is open here");
        let named: Uuid = id(&self.params, "deed")?;
        let found = counter::find_deed(&mut &self.app.db, &self.app.keys.data(), named).await?;
        let deed = found.ok_or_else(over)?;
        let matter = counter::find_matter(&mut &self.app.db, &self.visit, deed.matter).await?;
        let matter = matter.filter(|matter| matter.shift == shift.id).ok_or_else(over)?;
        Ok((shift, deed, matter))
    }
}
