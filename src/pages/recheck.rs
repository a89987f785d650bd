//! Whether a person still is who the register said: asked aside, when somebody signs in and the last answer is
//! old. The dead do not sign in; who signs in for them is stopped.

use std::time::Duration;

use uuid::Uuid;

use super::here::Here;
use crate::app::App;
use crate::base::{Actor, Visit};
use crate::http::Failure;
use crate::identity;
use crate::outbound::registers::Answer;

/// Begins it; the sign-in does not wait.
pub fn aside(here: &Here, person: Uuid) {
    let (app, visit) = (here.app.clone(), here.visit.clone());
    tokio::spawn(async move { recheck(&app, &visit, person).await });
}

async fn recheck(app: &App, visit: &Visit, person: Uuid) -> Result<(), Failure> {
    let keys = app.keys.data();
    let Some(person) = identity::load(&mut &app.db, &keys, person).await? else { return Ok(()) };
    let age = Duration::from_secs(app.config.registers.recheck_days * 24 * 3600);
    if visit.now.since(person.checked_at) < age || person.is_untold() {
        return Ok(());
    }
    let answer = app.registers.population(visit, person.number.as_str(), &person.name).await;
    let visit = Visit { actor: Actor::Duty("recheck"), ..visit.clone() };
    let mut tx = app.db.begin().await?;
    match answer {
        Answer::Match { .. } => identity::note_person_check(&mut tx, &visit, person.id).await?,
        // A hold, no more: registers have been wrong, and a counter can lift it the same day.
        Answer::Deceased => {
            identity::hold(&mut tx, &keys, &visit, person.id, "deceased").await?;
        }
        Answer::Mismatch | Answer::NoRecord | Answer::NotInForce | Answer::NoAnswer(_) => return Ok(()),
    }
    tx.commit().await?;
    Ok(())
}
