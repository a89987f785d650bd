//! Runs of matching and merging that were asked for at the console, and what came of a source.

use std::time::Duration;

use uuid::Uuid;

use super::again::Tries;
use super::{App, Pause, match_source, merge_source};
use crate::base::{Actor, Visit};
use crate::legacy::report::{self, Report};
use crate::legacy::task::{self, Task, WaitsFor, Work};
use crate::legacy::{self, Source};

/// What takes so long to count is kept.
const AT_ONCE: Duration = Duration::from_millis(500);
/// So long somebody waits for a first count.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A report is old after so many times of what counting takes.
const OLD_AFTER: u32 = 20;

/// When the day's questions are spent, it is looked every hour whether there are new ones.
const AFTER_QUOTA: Duration = Duration::from_secs(3600);
/// Registers that give no answer are asked again after five minutes.
const AFTER_SILENCE: Duration = Duration::from_secs(300);

/// What a run came to.
enum Outcome {
    /// The batch that a merger has made.
    Done(Option<Uuid>),
    /// It goes on by itself.
    Waits(Pause),
}

/// Does a task to its end, or until it is stopped or has to wait, in the name of who asked for it.
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
        Ok(Outcome::Done(batch)) => Ok(batch),
        Ok(Outcome::Waits(pause)) => {
            let mut tries = Tries::default();
            while let Err(error) = wait(app, &task, pause).await {
                tries.after(app, error).await?;
            }
            return Ok(());
        }
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

async fn done(app: &App, visit: &Visit, source: &Source, task: &Task) -> Result<Outcome, legacy::Error> {
    Ok(match task.work {
        Work::Match => {
            let matched = match_source(app, visit, source, Some(task)).await?;
            matched.pause.map_or(Outcome::Done(None), Outcome::Waits)
        }
        Work::Merge => Outcome::Done(merge_source(app, visit, source, false, Some(task)).await?.batch_id),
    })
}

async fn wait(app: &App, task: &Task, pause: Pause) -> Result<(), legacy::Error> {
    let (waits_for, span) = match pause {
        Pause::Quota => (Some(WaitsFor::Quota), AFTER_QUOTA),
        Pause::NoAnswer(_) => (Some(WaitsFor::Registers), AFTER_SILENCE),
        Pause::Turn => (None, Duration::ZERO),
    };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    task.wait(&mut tx, now, waits_for, now.plus(span)).await?;
    Ok(tx.commit().await?)
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
