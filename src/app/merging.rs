//! Merging a source, step by step: each in a transaction of its own, which a dry run takes back.

use serde::Serialize;
use uuid::Uuid;

use super::App;
use super::again::Tries;
use crate::base::Visit;
use crate::legacy::merge::{self, Batch, BatchState, Step};
use crate::legacy::task::{Progress, Task};
use crate::legacy::{self, Source};

/// What a run has done.
#[derive(Debug, Default, Serialize)]
pub struct Merged {
    /// What undoes it: `yihao legacy undo --batch`. None if nothing was linked.
    pub batch_id: Option<Uuid>,
    pub links: u64,
    /// Accounts made here. In a dry run, at most so many: one person's accounts may stand far apart.
    pub made: u64,
    /// Not linked, because the account here is in doubt: a Case says why.
    pub held: u64,
    pub dry_run: bool,
}

/// Links everything of a source whose owner is certain. `task`: in which the progress is noted.
pub async fn merge_source(
    app: &App,
    visit: &Visit,
    source: &Source,
    dry_run: bool,
    task: Option<&Task>,
) -> Result<Merged, legacy::Error> {
    let mut tries = Tries::default();
    while let Err(error) = app.db.refresh_statistics(&merge::JOINED).await {
        tries.after(app, error.into()).await?;
    }
    let mut merged = Merged { dry_run, ..Merged::default() };
    let mut batch: Option<Batch> = None;
    loop {
        match step(app, visit, source, batch.as_ref(), dry_run, task).await {
            Ok(None) => break,
            Ok(Some((current, step, last))) => {
                merged.add(step);
                batch = Some(current);
                tries = Tries::default();
                if last {
                    break;
                }
            }
            Err(error) => {
                tries.after(app, error).await?;
                if dry_run {
                    continue;
                }
                batch = loop {
                    match as_it_stands(app, visit, source, batch.as_ref(), &mut merged).await {
                        Ok(found) => break found,
                        Err(error) => tries.after(app, error).await?,
                    }
                };
                if batch.as_ref().is_some_and(|batch| batch.state != BatchState::Running) {
                    break;
                }
            }
        }
    }
    merged.batch_id = batch.filter(|batch| batch.links > 0 && !dry_run).map(|batch| batch.id);
    Ok(merged)
}

/// Links the next accounts; `None` if nothing waits. Beside what was done, whether that was the end.
async fn step(
    app: &App,
    visit: &Visit,
    source: &Source,
    batch: Option<&Batch>,
    dry_run: bool,
    task: Option<&Task>,
) -> Result<Option<(Batch, Step, bool)>, legacy::Error> {
    let mut tx = app.db.begin().await?;
    let mut current = match batch {
        Some(batch) if !dry_run => batch.clone(),
        // What a dry run began went with its transaction.
        before => {
            let Some(mut begun) = merge::begin(&mut tx, visit, source).await? else { return Ok(None) };
            if let Some(before) = before {
                begun.go_on_from(&mut tx, visit, before).await?;
            }
            begun
        }
    };
    let (step, last) = merge::step(&mut tx, &app.keys, visit, &app.config.trust, &mut current).await?;
    if let Some(task) = task {
        let Step { accounts, links, made, held } = step;
        let done = Progress { accounts, links, made, held, ..Progress::default() };
        task.advance(&mut tx, app.clock.now(), done).await?;
    }
    if !dry_run {
        tx.commit().await?;
    }
    Ok(Some((current, step, last)))
}

/// The batch as the database has it, and what it has more than this process knows of: after a connection that was lost
/// in a commit only the database knows whether it was one.
async fn as_it_stands(
    app: &App,
    visit: &Visit,
    source: &Source,
    known: Option<&Batch>,
    merged: &mut Merged,
) -> Result<Option<Batch>, legacy::Error> {
    let mut read = &app.db;
    let found = match known {
        Some(batch) => merge::find_batch(&mut read, batch.id).await?,
        // This run's own, if it was begun.
        None => merge::batches(&mut read, source.id, Uuid::max()).await?.into_iter().next(),
    };
    let found = found.filter(|found| known.is_some() || found.started_at == visit.now);
    if let Some(found) = &found {
        let before = known.map_or((0, 0, 0), |batch| (batch.links, batch.made, batch.held));
        merged.links += found.links.saturating_sub(before.0);
        merged.made += found.made.saturating_sub(before.1);
        merged.held += found.held.saturating_sub(before.2);
    }
    Ok(found)
}

impl Merged {
    fn add(&mut self, step: Step) {
        self.links += step.links;
        self.made += step.made;
        self.held += step.held;
    }
}
