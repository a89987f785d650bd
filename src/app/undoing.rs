//! Taking a batch back, step by step: each in a transaction of its own, so that whatever is cut off is gone on with.

use std::time::Duration;

use uuid::Uuid;

use super::App;
use crate::base::{Moment, Visit};
use crate::legacy::merge::Batch;
use crate::legacy::undo::{self, Undone};
use crate::legacy::{self, cases};

/// How often a step is begun anew before somebody must look.
const TRIES: u32 = 5;

/// Takes a batch back that [`undo::ask_batch`] has begun; until its end, or until so much time has passed.
pub async fn undo_batch(
    app: &App,
    visit: &Visit,
    mut batch: Batch,
    at_most: Option<Duration>,
) -> Result<Undone, legacy::Error> {
    let until: Option<Moment> = at_most.map(|span| app.clock.now().plus(span));
    app.db.refresh_statistics(&legacy::merge::JOINED).await?;
    let mut all = Undone::default();
    let mut tries = 0;
    loop {
        let mut tx = app.db.begin().await?;
        match undo::step_batch(&mut tx, &app.keys.data(), visit, &mut batch).await {
            Ok((undone, done)) => {
                tx.commit().await?;
                app.logout_queued.notify_one();
                all.add(undone);
                tries = 0;
                if done || until.is_some_and(|until| app.clock.now() >= until) {
                    return Ok(all);
                }
            }
            Err(legacy::Error::KeysChanged | legacy::Error::Changed) if tries < TRIES => {
                drop(tx);
                tries += 1;
                app.keys.reload(&app.db).await.map_err(|_| legacy::Error::KeysChanged)?;
                // Another process may have come further with it.
                let found = legacy::merge::find_batch(&mut &app.db, batch.id).await?;
                batch = found.ok_or(legacy::Error::NoBatch)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes the decision of a case back.
pub async fn undo_case(app: &App, visit: &Visit, case: Uuid) -> Result<Undone, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let undone = cases::undo(&mut tx, &app.keys.data(), visit, case).await?;
    tx.commit().await?;
    app.logout_queued.notify_one();
    Ok(undone)
}
