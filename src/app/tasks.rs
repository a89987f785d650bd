//! Runs of matching and merging that were asked for at the console, and what came of a source.

use std::time::Duration;

use uuid::Uuid;

use super::again::Tries;
use super::{App, match_source, merge_source};
use crate::base::{Actor, Visit};
use crate::legacy::report::{self, Report};
use crate::legacy::task::{self, Task, Work};
use crate::legacy::{self, Source};

/// So long may counting take while somebody waits for it.
const AT_ONCE: Duration = Duration::from_millis(500);
/// A report is old after so many times of what counting takes.
const OLD_AFTER: u32 = 20;

/// Does a task to its end, or until it is stopped, in the name of who asked for it.
pub async fn run_task(app: &App, task: Task) -> Result<(), legacy::Error> {
    let by = task.asked_by.strip_prefix("operator:").and_then(|id| id.parse().ok());
    let actor = by.map_or(Actor::Duty("tasks"), Actor::Operator);
    let visit = app.visit_of(actor.clone());
    let outcome = match Source::load(&mut &app.db, task.source).await {
        Ok(Some(source)) => done(app, &visit, &source, &task).await,
        Ok(None) => Err(legacy::Error::NoAccount),
        Err(error) => Err(error.into()),
    };
    let outcome = match outcome {
        Ok(batch) => Ok(batch),
        // Somebody stopped it, or another node goes on with it.
        Err(legacy::Error::TakenOver) => return Ok(()),
        Err(error) => {
            tracing::warn!(task = %task.id, %error, "a run over accounts of an earlier system has failed");
            Err(task::code(&error))
        }
    };
    if let Err(error) = count_report(app, task.source).await {
        tracing::warn!(%error, "a report was not counted");
    }
    let mut tries = Tries::default();
    while let Err(error) = end(app, &task, actor.clone(), outcome).await {
        tries.after(app, error).await?;
    }
    Ok(())
}

async fn done(app: &App, visit: &Visit, source: &Source, task: &Task) -> Result<Option<Uuid>, legacy::Error> {
    match task.work {
        Work::Match => match_source(app, visit, source, Some(task)).await.map(|_| None),
        Work::Merge => {
            merge_source(app, visit, source, false, Some(task)).await.map(|merged| merged.batch_id)
        }
    }
}

async fn end(
    app: &App,
    task: &Task,
    actor: Actor,
    outcome: Result<Option<Uuid>, &str>,
) -> Result<(), legacy::Error> {
    let mut tx = app.db.begin().await?;
    task.end(&mut tx, &app.keys.data(), &app.visit_of(actor), outcome).await?;
    Ok(tx.commit().await?)
}

/// What came of a source; and whether it is being counted anew, since it was counted a while ago and takes long.
pub async fn report(app: &App, source: Uuid) -> Result<(Report, bool), legacy::Error> {
    let kept = report::kept(&mut &app.db, source).await?;
    let Some(kept) = kept.filter(|kept| kept.took >= AT_ONCE) else {
        return Ok((count_report(app, source).await?, false));
    };
    let now = app.clock.now();
    if now.since(kept.counted_at) < kept.took * OLD_AFTER {
        return Ok((kept, false));
    }
    let mut tx = app.db.begin().await?;
    let begins = report::begin(&mut tx, source, now).await?;
    tx.commit().await?;
    if begins {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = count_report(&app, source).await {
                tracing::warn!(%error, "a report was not counted");
            }
        });
    }
    Ok((kept, true))
}

/// Counts now. What took long is kept, so that nobody waits for it a second time.
pub async fn count_report(app: &App, source: Uuid) -> Result<Report, legacy::Error> {
    let mut read = &app.db;
    let began = app.clock.now();
    let mut counted = report::count(&mut read, source, began).await?;
    counted.took = app.clock.now().since(began);
    if counted.took >= AT_ONCE || report::kept(&mut read, source).await?.is_some() {
        let mut tx = app.db.begin().await?;
        report::keep(&mut tx, source, &counted).await?;
        tx.commit().await?;
    }
    Ok(counted)
}
