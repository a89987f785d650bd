//! Runs of matching and merging that were asked for at the console, and what came of a source.

use std::time::Duration;

use uuid::Uuid;

use super::again::Tries;
use super::{App, match_source, merge_source};
use crate::base::{Actor, Visit};
use crate::legacy::report::{self, Report};
use crate::legacy::task::{self, Task, Work};
use crate::legacy::{self, Source};

/// What takes so long to count is kept.
const AT_ONCE: Duration = Duration::from_millis(500);
/// So long somebody waits for a first count.
const PATIENCE: Duration = Duration::from_millis(1500);
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
    // Aside: whoever looks next sees what came of it.
    if begin(app, task.source).await.unwrap_or(false) {
        tokio::spawn(counted(app.clone(), task.source));
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

/// What came of a source, and whether it is being counted: what counts quickly is counted now, of the rest people see what
/// was counted before. None before anything was counted.
pub async fn report(app: &App, source: Uuid) -> Result<(Option<Report>, bool), legacy::Error> {
    let now = app.clock.now();
    let kept = report::kept(&mut &app.db, source, now).await?;
    match kept {
        Some((kept, true)) => return Ok((Some(kept).filter(|kept| !kept.took.is_zero()), true)),
        Some((kept, false)) if kept.took >= AT_ONCE => {
            if now.since(kept.counted_at) < kept.took * OLD_AFTER {
                return Ok((Some(kept), false));
            }
            if begin(app, source).await? {
                tokio::spawn(counted(app.clone(), source));
            }
            return Ok((Some(kept), true));
        }
        _ => {}
    }
    let mut counting = tokio::spawn(counted(app.clone(), source));
    match tokio::time::timeout(PATIENCE, &mut counting).await {
        Ok(Ok(counted)) => Ok((Some(counted?), false)),
        Ok(Err(_)) => Err(legacy::Error::Changed),
        // It goes on, and notes what it has found. Who looks meanwhile begins no second count.
        Err(_) => {
            begin(app, source).await?;
            Ok((None, true))
        }
    }
}

async fn begin(app: &App, source: Uuid) -> Result<bool, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let begins = report::begin(&mut tx, source, app.clock.now()).await?;
    tx.commit().await?;
    Ok(begins)
}

async fn counted(app: App, source: Uuid) -> Result<Report, legacy::Error> {
    let counted = count_report(&app, source).await;
    if let Err(error) = &counted {
        tracing::warn!(%error, "a report was not counted");
    }
    counted
}

/// Counts now. What took long is kept, so that nobody waits for it a second time.
pub async fn count_report(app: &App, source: Uuid) -> Result<Report, legacy::Error> {
    let mut read = &app.db;
    let began = app.clock.now();
    let mut counted = report::count(&mut read, source, began).await?;
    let ended = app.clock.now();
    counted.took = ended.since(began);
    if counted.took >= AT_ONCE || report::kept(&mut read, source, ended).await?.is_some() {
        let mut tx = app.db.begin().await?;
        report::keep(&mut tx, source, &counted).await?;
        tx.commit().await?;
    }
    Ok(counted)
}
