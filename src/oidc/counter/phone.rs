//! The person is asked on their phone whether this is their matter: OpenID CIBA, by a clerk. What the clerk names
//! them by tells nothing about anybody, as at any other back-channel request; the phone says window and matter, and
//! wants the number that stands at the window.

use std::time::Duration;

use axum::response::Response;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::matter::count;
use super::{AtWindow, OpenMatter, answer, over};
use crate::app::App;
use crate::ask::Approval;
use crate::ask::elsewhere;
use crate::base::{Scope, Visit};
use crate::client::GrantType;
use crate::grant::How;
use crate::identity;
use crate::oidc::OAuthError;
use crate::oidc::backchannel_authentication::{ByClerk, Whom, ask as ask_person, whom};
use crate::oidc::checks::{self, Door};
use crate::oidc::error::Code;
use crate::operator::Refused;
use crate::operator::counter::{self, Shift};
use crate::transient::Key;

/// Characters of a binding message.
const LONGEST_MESSAGE: usize = 64;

pub async fn ask(window: AtWindow) -> Result<Response, OAuthError> {
    let came = Instant::now();
    let asked = begin(&window).await;
    // Good or bad: how long it took tells nothing.
    let answer_after = Duration::from_millis(window.app.config.password.answer_after_ms);
    tokio::time::sleep_until(came + answer_after).await;
    asked
}

async fn begin(window: &AtWindow) -> Result<Response, OAuthError> {
    let (app, visit, client) = (&window.app, &window.visit, &*window.client);
    let shift = window.shift().await?;
    let matter = window.matter(&shift).await?;
    if !client.metadata.may_use(GrantType::BackChannel) {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            format!("the client is not registered for {}", GrantType::BackChannel.as_str()),
        ));
    }
    if let Err(why) = window.at_counter() {
        return Err(window.refuse(matter.id, why).await);
    }
    if matter.identified.is_some() {
        return Err(Refused::Changed.into());
    }
    let request = checks::Request { app, params: &window.params, client };
    let mut draft = checks::run(Door::BackChannel, &request)?;
    // Nothing outlives the matter.
    draft.scopes = draft.scopes.without([Scope::OfflineAccess].into_iter().collect());
    let message = format!("{} {}", window.terminal.place, matter.label);
    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
    draft.binding_message = Some(message.clone());
    draft.matter = Some(matter.label.clone());
    let meant = whom(app, visit, &window.params, &mut draft).await?;
    if is_own(app, &shift, &meant).await? {
        return Err(window.refuse(matter.id, Refused::OwnMatter).await);
    }
    count(window, &shift).await?;
    withdraw(app, visit, shift.id).await?;
    let assisted = counter::assisted(&shift, &matter, &window.terminal, How::Phone);
    let by_clerk = ByClerk { assisted, ends_at: matter.ends_at };
    let asked = ask_person(app, visit, client, draft, meant, Some(by_clerk)).await?;
    let life = matter.ends_at.since(visit.now);
    app.transient.put(&asked_in(shift.id), asked.request.as_bytes(), life).await?;
    let mut said = serde_json::to_value(&asked).map_err(|error| OAuthError::internal(&error))?;
    said["binding_message"] = json!(message);
    Ok(answer(said))
}

/// Whether the clerk means themselves. They learn nothing by it that is not theirs.
async fn is_own(app: &App, shift: &Shift, meant: &Whom) -> Result<bool, OAuthError> {
    if shift.operator.number.as_ref().is_some_and(|own| own.as_str() == meant.counted) {
        return Ok(true);
    }
    let Some(hinted) = &meant.hinted else { return Ok(false) };
    let person = identity::load(&mut &app.db, &app.keys.data(), hinted.person).await?;
    Ok(person.is_some_and(|person| shift.operator.is(&person.number)))
}

/// What was asked in this shift and is not answered is over: a shift has one matter at a time, and a matter one
/// question.
pub(super) async fn withdraw(app: &App, visit: &Visit, shift: Uuid) -> Result<(), OAuthError> {
    let Some(id) = app.transient.take(&asked_in(shift)).await? else { return Ok(()) };
    if let Ok(id) = Uuid::from_slice(&id) {
        elsewhere::withdraw(&app.transient, id, visit.now).await?;
        app.waiting.ring(id);
    }
    Ok(())
}

fn asked_in(shift: Uuid) -> Key {
    Key::new("asked-in-shift", shift)
}

/// The matter that an approval is for; `None` if no clerk has asked for it.
///
/// # Errors
/// As [`OpenMatter::of`]; or it was another clerk or window that asked.
pub async fn matter_of(
    app: &App,
    visit: &Visit,
    approval: &Approval,
    jkt: Option<&str>,
) -> Result<Option<OpenMatter>, OAuthError> {
    let Some(assisted) = &approval.assisted else { return Ok(None) };
    let open = OpenMatter::of(app, visit, jkt, assisted.matter.id).await?;
    if open.shift.operator.id != assisted.clerk || open.window.id != assisted.window {
        return Err(over());
    }
    Ok(Some(open))
}
