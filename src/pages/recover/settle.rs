//! The person has shown what they can: a new password at once, or after a day.

use axum::response::Response;
use uuid::Uuid;

use super::{By, Recovery, Stage, answer, visit_of};
use crate::base::AuthenticationLevel;
use crate::credential::factors;
use crate::credential::recovery::{self, Risk};
use crate::http::Failure;
use crate::identity;
use crate::pages::factors::announce::{self, News};
use crate::pages::here::Here;
use crate::pages::sign_in::known_browser;
use crate::pages::view::RecoverWaiting;

/// What was shown with the code by SMS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    PhoneAlone,
    SecondFactor,
}

pub(super) async fn settle(
    here: &Here,
    recovery: Recovery,
    handle: Uuid,
    person: Uuid,
    with: With,
) -> Result<Response, Failure> {
    let (mut read, keys) = (&here.app.db, here.app.keys.data());
    let loaded = identity::load(&mut read, &keys, person).await?.ok_or_else(Failure::expired)?;
    let risk = Risk {
        second_factor: with == With::SecondFactor,
        known_browser: known_browser(here, person, AuthenticationLevel::OneFactor).await?.is_some(),
        owned: factors::owned(&mut read, person).await?,
        trust: loaded.binding.trust(here.visit.now, &here.app.config.trust),
        new_phone: recovery::is_new_phone(&mut read, &here.visit, person).await?,
    };
    if !risk.must_wait() {
        return recovery.goes_on(here, handle, Stage::Password { by: By::Proofs }).await;
    }
    let mut tx = here.app.db.begin().await?;
    let (waiting, is_new) = recovery::begin(&mut tx, &keys, &visit_of(here, person), person).await?;
    tx.commit().await?;
    if is_new {
        announce::tell(here, person, News::RecoveryBegun).await?;
    }
    let page = RecoverWaiting {
        ready_at: waiting.ready_at.shown(),
        counter_hours: here.app.config.server.counter_hours.clone(),
    };
    let mut frame = here.frame()?;
    frame.path = recovery.next(here, handle);
    Ok(answer(here, page.render(&frame), &[]))
}
