//! Matching a source, step by step: each in a transaction of its own, so that whatever is cut off is gone on with.

use std::collections::BTreeMap;
use std::time::Duration;

use super::App;
use super::again::Tries;
use crate::base::Visit;
use crate::legacy::matching::{self, Class, Extract, Position, Step};
use crate::legacy::task::{Progress, Task};
use crate::legacy::{self, Source};

/// What a run has done.
#[derive(Debug, Default)]
pub struct Matched {
    pub accounts: u64,
    pub written: u64,
    pub cases: u64,
    pub classes: BTreeMap<(Class, String), u64>,
}

/// Matches everything of a source that is not merged. `task`: in which the progress is noted.
pub async fn match_source(
    app: &App,
    visit: &Visit,
    source: &Source,
    task: Option<&Task>,
) -> Result<Matched, legacy::Error> {
    let mut tries = Tries::default();
    let extract = loop {
        match prepare(app, visit).await {
            Ok(extract) => break extract,
            Err(error) => tries.after(app, error).await?,
        }
    };
    let mut matched = Matched::default();
    let mut position = Some(Position::START);
    while let Some(at) = position {
        match step(app, visit, source, extract, at, task).await {
            Ok(step) => {
                matched.accounts += step.accounts;
                matched.written += step.written;
                matched.cases += step.cases;
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

async fn prepare(app: &App, visit: &Visit) -> Result<Extract, legacy::Error> {
    let oldest = visit.now.minus(Duration::from_secs(24 * 3600 * app.config.registers.stale_days));
    let extract = matching::extract(&mut &app.db, &app.keys, oldest).await?;
    app.db.refresh_statistics(&matching::JOINED).await?;
    Ok(extract)
}

async fn step(
    app: &App,
    visit: &Visit,
    source: &Source,
    extract: Extract,
    at: Position,
    task: Option<&Task>,
) -> Result<Step, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let step = matching::step(&mut tx, &app.keys, visit, source, extract, at).await?;
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
