//! A person's matter at a window.

use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};

use super::{AtWindow, answer, phone};
use crate::audit::{self, About, Event};
use crate::identity::Person;
use crate::oidc::OAuthError;
use crate::oidc::chip_reading::chip_reading;
use crate::oidc::token::required;
use crate::operator::counter::{self, Reading, Shift};
use crate::operator::{self, Refused};
use crate::transient::Key;

/// Characters of a matter's code, and of its name.
const LONGEST_CODE: usize = 64;
const LONGEST_LABEL: usize = 60;
const HOUR: Duration = Duration::from_secs(3600);

pub async fn open(window: AtWindow) -> Result<Response, OAuthError> {
    let shift = window.shift().await?;
    let code = required(&window.params, "code")?;
    let label = required(&window.params, "label")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if code.len() > LONGEST_CODE || !code.chars().all(plain) {
        return Err(OAuthError::invalid_request("code: up to 64 letters, digits, dots, hyphens"));
    }
    if label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
        return Err(OAuthError::invalid_request("label: up to 60 characters"));
    }
    let app = &window.app;
    phone::withdraw(app, &window.visit, shift.id).await?;
    let mut tx = app.db.begin().await?;
    shift.touch(&mut tx, &window.visit).await?;
    let (keys, policy) = (app.keys.data(), &app.config.operator);
    let matter = counter::open_matter(&mut tx, &keys, &window.visit, &shift, (code, label), policy).await?;
    tx.commit().await?;
    let seconds = matter.ends_at.since(window.visit.now).as_secs();
    Ok(answer(json!({ "matter": matter.id, "expires_in": seconds })))
}

/// By the chip that was read, and the clerk who has looked. What the window learns is masked.
pub async fn identify(window: AtWindow) -> Result<Response, OAuthError> {
    let shift = window.shift().await?;
    let matter = window.matter(&shift).await?;
    if window.params.get("looked") != Some("yes") {
        return Err(OAuthError::invalid_request("looked=yes: the clerk compares the person with the card"));
    }
    let (app, visit) = (&window.app, &window.visit);
    let read = chip_reading(app, visit, window.terminal.id, required(&window.params, "chip")?).await?;
    let reading = Reading::of(read);
    let reading = reading.ok_or_else(|| OAuthError::invalid_request("chip: the name on it is none"))?;
    count(&window, &shift).await?;
    let keys = app.keys.data();
    let mut tx = app.db.begin().await?;
    let identified = counter::identify(&mut tx, &keys, visit, (&shift, &matter), &reading, &app.config).await;
    let person = match identified {
        Ok(person) => person,
        Err(operator::Error::Refused(why)) => {
            drop(tx);
            return Err(window.refuse(matter.id, why).await);
        }
        Err(other) => return Err(other.into()),
    };
    tx.commit().await?;
    phone::withdraw(app, visit, shift.id).await?;
    // For an account that is to be opened: as long as the matter, and under a cipher.
    let sealed = keys.encrypt(&app.chance, place(&matter.id), &reading.written())?;
    app.transient.put(&read_in(&matter.id), &sealed, matter.ends_at.since(visit.now)).await?;
    Ok(answer(shown(person.as_ref(), &reading, visit.now, app)))
}

fn shown(
    person: Option<&Person>,
    reading: &Reading,
    now: crate::base::Moment,
    app: &crate::app::App,
) -> Value {
    json!({
        "account": person.is_some(),
        "name": reading.name.masked(),
        "number": reading.number.masked(),
        "phone": person.and_then(|person| person.phone.as_ref()).map(|phone| phone.masked()),
        "trust_level": person.map(|person| person.binding.trust(now, &app.config.trust)),
    })
}

/// What was read in a matter.
pub(super) async fn reading_in(window: &AtWindow, matter: uuid::Uuid) -> Result<Reading, OAuthError> {
    let nobody = || OAuthError::from(Refused::NobodyPresent);
    let sealed = window.app.transient.get(&read_in(&matter)).await?.ok_or_else(nobody)?;
    let text = window.app.keys.data().decrypt(place(&matter), &sealed)?;
    Reading::parse(&text).ok_or_else(nobody)
}

fn read_in(matter: &uuid::Uuid) -> Key {
    Key::new("reading", matter)
}

fn place(matter: &uuid::Uuid) -> crate::crypto::Place<'_> {
    crate::crypto::Place { table: "reading", column: "chip", row: matter.as_bytes() }
}

/// A clerk who looks up many people is looked at: once an hour, and without a word of whom.
pub(super) async fn count(window: &AtWindow, shift: &Shift) -> Result<(), OAuthError> {
    let (app, visit) = (&window.app, &window.visit);
    let hour = visit.now.seconds() / 3600;
    let key = Key::new("clerk", format!("{}/{hour}", shift.operator.id));
    let count = app.transient.count(&key, HOUR, 1).await?;
    if count != app.config.operator.usual_per_hour + 1 {
        return Ok(());
    }
    metrics::counter!("yihao_clerk_unusual_total").increment(1);
    tracing::warn!(operator = %shift.operator.id, count, "a clerk identifies more people than usual");
    let mut tx = app.db.begin().await?;
    let event = Event::ClerkUnusual { operator: shift.operator.id, count };
    audit::record(&mut tx, &app.keys.data(), visit, event, About::default()).await?;
    Ok(tx.commit().await?)
}

pub async fn end(window: AtWindow) -> Result<Response, OAuthError> {
    let shift = window.shift().await?;
    let matter = window.matter(&shift).await?;
    phone::withdraw(&window.app, &window.visit, shift.id).await?;
    let mut tx = window.app.db.begin().await?;
    counter::end_matter(&mut tx, &window.app.keys.data(), &window.visit, matter.id).await?;
    tx.commit().await?;
    window.app.logout_queued.notify_one();
    Ok(answer(json!({ "ended": true })))
}
