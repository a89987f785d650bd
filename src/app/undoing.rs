//! Taking a batch back, step by step: each in a transaction of its own, so that whatever is cut off is gone on with.

use std::time::Duration;

use uuid::Uuid;

use super::App;
use super::again::Tries;
use crate::base::{Moment, Visit};
use crate::legacy::merge::{Batch, BatchState};
use crate::legacy::undo::{self, Undone};
use crate::legacy::{self, cases};

/// Takes a batch back that [`undo::ask_batch`] has begun; until its end, or until so much time has passed.
pub async fn undo_batch(
    app: &App,
    visit: &Visit,
    mut batch: Batch,
    at_most: Option<Duration>,
) -> Result<Undone, legacy::Error> {
    let until: Option<Moment> = at_most.map(|span| app.clock.now().plus(span));
    let mut all = Undone::default();
    let mut tries = Tries::default();
    while let Err(error) = app.db.refresh_statistics(&legacy::merge::JOINED).await {
        tries.after(app, error.into()).await?;
    }
    loop {
        match step(app, visit, &mut batch).await {
            Ok((undone, done)) => {
                app.logout_queued.notify_one();
                all.add(undone);
                tries = Tries::default();
                if done || until.is_some_and(|until| app.clock.now() >= until) {
                    return Ok(all);
                }
            }
            Err(error) => {
                tries.after(app, error).await?;
                // Another process may have come further with it; or this one has, and was not told.
                let found = loop {
                    match legacy::merge::find_batch(&mut &app.db, batch.id).await {
                        Ok(found) => break found,
                        Err(error) => tries.after(app, error.into()).await?,
                    }
                };
                batch = found.ok_or(legacy::Error::NoBatch)?;
                if batch.state == BatchState::Undone {
                    return Ok(batch.undo.undone);
                }
            }
        }
    }
}

async fn step(app: &App, visit: &Visit, batch: &mut Batch) -> Result<(Undone, bool), legacy::Error> {
    let mut tx = app.db.begin().await?;
    let done = undo::step_batch(&mut tx, &app.keys.data(), visit, batch).await?;
    tx.commit().await?;
    Ok(done)
}

/// Takes the decision of a case back.
pub async fn undo_case(app: &App, visit: &Visit, case: Uuid) -> Result<Undone, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let undone = cases::undo(&mut tx, &app.keys.data(), visit, case).await?;
    tx.commit().await?;
    app.logout_queued.notify_one();
    Ok(undone)
}
