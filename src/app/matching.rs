//! Matching a source, step by step: each in a transaction of its own, so that whatever is cut off is gone on with.

use std::collections::BTreeMap;
use std::time::Duration;

use super::App;
use super::again::Tries;
use super::asking::{Pause, ask_registers};
use crate::base::Visit;
use crate::legacy::matching::{self, Class, Position, Registry, Step};
use crate::legacy::task::{Progress, Task};
use crate::legacy::{self, Source};

/// What a run has done.
#[derive(Debug, Default)]
pub struct Matched {
    pub accounts: u64,
    pub written: u64,
    pub cases: u64,
    pub classes: BTreeMap<(Class, String), u64>,
    /// Answers of the registers' platform, where it was asked.
    pub asked: u64,
    /// Accounts about which it has not answered: they stay as they were, and the next run asks.
    pub unanswered: u64,
    /// Why no more was asked.
    pub pause: Option<Pause>,
}

/// A run of the console lets others have their turn after so long.
const TURN: Duration = Duration::from_secs(60);

/// Matches everything of a source that is not merged, as far as the registers have answered. `task`: in which the progress
/// is noted.
pub async fn match_source(
    app: &App,
    visit: &Visit,
    source: &Source,
    task: Option<&Task>,
) -> Result<Matched, legacy::Error> {
    let mut tries = Tries::default();
    let registry = loop {
        match registry(app, visit).await {
            Ok(registry) => break registry,
            Err(error) => tries.after(app, error).await?,
        }
    };
    let mut matched = Matched::default();
    if matches!(registry, Registry::Asked { .. }) {
        let turn = task.map(|_| TURN);
        let answers = ask_registers(app, &visit.actor, source, task, turn).await?;
        (matched.asked, matched.pause) = (answers.kept, answers.pause);
        // Nothing is known that was not known before; or more is known soon.
        if task.is_some()
            && (answers.kept == 0 && answers.pause.is_some() || answers.pause == Some(Pause::Turn))
        {
            return Ok(matched);
        }
    }
    while let Err(error) = app.db.refresh_statistics(&matching::JOINED).await {
        tries.after(app, error.into()).await?;
    }
    // The time of now: to ask may have taken days.
    let visit = &app.visit_of(visit.actor.clone());
    let mut position = Some(Position::START);
    while let Some(at) = position {
        match step(app, visit, source, registry, at, task).await {
            Ok(step) => {
                matched.accounts += step.accounts;
                matched.written += step.written;
                matched.cases += step.cases;
                matched.unanswered += step.unanswered;
                for (class, accounts) in step.classes {
                    *matched.classes.entry(class).or_default() += accounts;
                }
                position = step.next;
                tries = Tries::default();
            }
            Err(error) => tries.after(app, error).await?,
        }
    }
    loop {
        match differing(app, visit, source).await {
            Ok(0) => break,
            Ok(opened) => matched.cases += opened as u64,
            Err(error) => tries.after(app, error).await?,
        }
    }
    Ok(matched)
}

/// An extract, where one is loaded that is not too old; else the platform, where it is to be asked.
async fn registry(app: &App, visit: &Visit) -> Result<Registry, legacy::Error> {
    let oldest = visit.now.minus(Duration::from_secs(24 * 3600 * app.config.registers.stale_days));
    match matching::extract(&mut &app.db, &app.keys, oldest).await {
        Err(legacy::Error::NoExtract("population") | legacy::Error::Stale)
            if app.registers.asks_platform() =>
        {
            Ok(Registry::Asked { oldest })
        }
        other => other,
    }
}

async fn step(
    app: &App,
    visit: &Visit,
    source: &Source,
    registry: Registry,
    at: Position,
    task: Option<&Task>,
) -> Result<Step, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let step = matching::step(&mut tx, &app.keys, visit, source, registry, at).await?;
    if let Some(task) = task {
        let Step { accounts, written, cases, .. } = step;
        let done = Progress { accounts, written, cases, ..Progress::default() };
        task.advance(&mut tx, app.clock.now(), done).await?;
    }
    tx.commit().await?;
    Ok(step)
}

async fn differing(app: &App, visit: &Visit, source: &Source) -> Result<usize, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let opened = matching::differing(&mut tx, &app.keys.data(), visit, source).await?;
    tx.commit().await?;
    Ok(opened)
}
