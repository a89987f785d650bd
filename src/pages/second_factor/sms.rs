//! A code by SMS to the person's own phone.

use std::time::Duration;

use axum::http::StatusCode;

use crate::base::{Language, Phone, Secret};
use crate::credential::{self, Rationed, Refused, sms_code};
use crate::http::Failure;
use crate::identity;
use crate::pages::here::Here;
use crate::pages::view::Fault;
use crate::session::Session;
use crate::transient::Key;

pub(super) async fn phone(here: &Here, session: &Session) -> Result<Option<Phone>, Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    Ok(person.and_then(|person| person.phone))
}

/// Whether it is the code that was sent, which is then used up.
pub(super) async fn look(
    here: &Here,
    session: &Session,
    code: &Secret,
) -> Result<Result<(), Fault>, Failure> {
    let app = &here.app;
    let Some(handle) = app.transient.get_json(&sent_key(session)).await? else {
        return Ok(Err(Fault::CodeExpired));
    };
    match sms_code::check(&app.transient, &app.keys.data(), handle, code).await {
        Ok(_) => {
            app.transient.take(&sent_key(session)).await?;
            Ok(Ok(()))
        }
        Err(credential::Error::Refused(Refused::Wrong)) => Ok(Err(Fault::CodeWrong)),
        Err(credential::Error::Refused(_)) => Ok(Err(Fault::CodeExpired)),
        Err(other) => Err(other.into()),
    }
}

/// Whether a code is sent although one is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Yes,
    No,
}

/// Sends a code to the person's phone, within the quotas; without `Again::Yes` only if none is under way.
pub(super) async fn send(here: &Here, session: &Session, again: Again) -> Result<(), Fault> {
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
