//! The one that writes: chunks in the order of the file, some thousand rows a transaction.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::sync::mpsc::Receiver;

use super::judge::{Judged, Turn};
use super::progress::Progress;
use super::rejects::{Rejected, Rejects};
use crate::app::App;
use crate::base::Visit;
use crate::db::{self, Rows, Tx};
use crate::legacy::{self, Counts, Rejection, Run, Sealer};

/// Rows of a transaction, about: a commit is paid for by many, and none waits for it long.
const BATCH: usize = 8192;
/// Chunks of a statement, one to five thousand rows. The embedded database keeps in memory, until a statement is done, how each
/// page was that it changes, and in a large one that is four for a row.
const AT_ONCE: usize = 4;
/// So often a database that does not answer is tried again, after 1, 2, 4 … seconds.
const TRIES: u32 = 4;
/// More chunks out of order than threads can have made: one has ended before its time.
const OUT_OF_ORDER: usize = 256;

pub struct Writer {
    pub app: App,
    pub visit: Visit,
    pub run: Run,
    pub rejects: Rejects,
    /// Of a dry run: the one transaction.
    pub tx: Option<Tx>,
    pub progress: Progress,
}

/// A run that came to its end.
pub struct Written {
    pub run: Run,
    pub rejected_file: Option<PathBuf>,
}

impl Writer {
    pub async fn write(mut self, mut judged: Receiver<Turn>) -> anyhow::Result<Written> {
        let (mut early, mut next) = (BTreeMap::new(), 0);
        let (mut batch, mut count) = (Vec::new(), 0);
        while let Some((number, turn)) = judged.recv().await {
            early.insert(number, turn);
            while let Some(turn) = early.remove(&next) {
                next += 1;
                match turn {
                    Ok(judged) => {
                        count += judged.lot.len();
                        batch.push(judged);
                    }
                    Err(error) => {
                        // What was read before is good.
                        self.store(&batch).await?;
                        return Err(self.after(error));
                    }
                }
                if count >= BATCH {
                    self.store(&batch).await?;
                    batch.clear();
                    count = 0;
                }
            }
            ensure!(early.len() < OUT_OF_ORDER, "a thread that judges rows has ended");
        }
        ensure!(early.is_empty(), "a thread that judges rows has ended");
        self.store(&batch).await?;
        self.finish().await
    }

    async fn finish(mut self) -> anyhow::Result<Written> {
        self.progress.end();
        let mut tries = 0;
        while let Err(error) = self.try_finish().await {
            if self.tx.is_some() || !may_pass(&error) || tries == TRIES {
                return Err(self.after(error));
            }
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
            tries += 1;
            if self.run.is_finished(&mut &self.app.db).await.unwrap_or(false) {
                break;
            }
        }
        Ok(Written { rejected_file: self.rejects.path(), run: self.run })
    }

    async fn try_finish(&mut self) -> anyhow::Result<()> {
        let visit = Visit { now: self.app.clock.now(), ..self.visit.clone() };
        let keys = self.app.keys.data();
        // A dry run ends in its one transaction, which goes.
        if let Some(tx) = &mut self.tx {
            return Ok(self.run.end(tx, &keys, &visit, "finished").await?);
        }
        let mut tx = self.app.db.begin().await?;
        self.run.end(&mut tx, &keys, &visit, "finished").await?;
        Ok(tx.commit().await?)
    }

    /// Stores a batch, trying again where the database does not answer.
    async fn store(&mut self, batch: &[Judged]) -> anyhow::Result<()> {
        let Some(last) = batch.last() else { return Ok(()) };
        let mut tries = 0;
        while let Err(error) = self.try_store(batch, last).await {
            if self.tx.is_some() || !may_pass(&error) || tries == TRIES {
                return Err(self.after(error));
            }
            self.progress.note(&format!("{error:#}; trying again"));
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
            tries += 1;
            // Where the connection was lost in a commit, only the database knows whether it was one.
            if let Ok(run) = self.run.reload(&mut &self.app.db).await
                && run.position == last.end
            {
                self.rejects.keep(run.rejected_bytes);
                self.run = run;
                break;
            }
        }
        self.progress.at(&self.run.position);
        Ok(())
    }

    async fn try_store(&mut self, batch: &[Judged], last: &Judged) -> anyhow::Result<()> {
        let mut run = self.run.clone();
        let length = if let Some(tx) = &mut self.tx {
            fill(&self.app, &mut self.rejects, tx, &mut run, batch, last).await?
        } else {
            let mut tx = self.app.db.begin().await?;
            let length = fill(&self.app, &mut self.rejects, &mut tx, &mut run, batch, last).await?;
            tx.commit().await?;
            length
        };
        self.rejects.keep(length);
        self.run = run;
        Ok(())
    }

    fn after(&self, error: anyhow::Error) -> anyhow::Error {
        self.progress.end();
        if self.tx.is_some() {
            return error.context("nothing is kept of a dry run");
        }
        let row = self.run.position.row;
        error.context(format!("stopped after row {row}, up to which all is in: run it again to go on"))
    }
}

/// Whether it was the database that did not answer.
fn may_pass(error: &anyhow::Error) -> bool {
    let storage = match error.downcast_ref::<legacy::Error>() {
        Some(legacy::Error::Storage(error)) => Some(error),
        _ => error.downcast_ref::<db::Error>(),
    };
    matches!(storage, Some(db::Error::Unavailable(_)))
}

/// Everything of a batch but the commit. Tells the length of the file of rejected rows.
async fn fill(
    app: &App,
    rejects: &mut Rejects,
    tx: &mut Tx,
    run: &mut Run,
    batch: &[Judged],
    last: &Judged,
) -> anyhow::Result<u64> {
    let mut doubles: HashSet<u64> = HashSet::new();
    let mut counts = Counts::default();
    for part in batch.chunks(AT_ONCE) {
        let rows = without_doubles(part, &mut doubles)?;
        let stored = run.store(tx, &app.keys, &rows).await?;
        doubles.extend(&stored.duplicates);
        counts.add(&stored.counts);
    }
    let mut rejected = Vec::new();
    for judged in batch {
        let row = |place: usize| judged.first_row + place as u64;
        for account in &judged.accounts {
            if doubles.contains(&row(account.place)) {
                rejected.push((judged, account.place, Rejection::DuplicateId));
            } else {
                counts.note(account.reason, 1);
            }
        }
        rejected.extend(judged.rejected.iter().map(|(place, why)| (judged, *place, *why)));
    }
    let mut rejected: Vec<_> = rejected
        .into_iter()
        .map(|(judged, place, why)| Rejected {
            row: judged.first_row + place as u64,
            why,
            lot: &judged.lot,
            place,
        })
        .collect();
    rejected.sort_by_key(|rejected| rejected.row);
    for Rejected { why, .. } in &rejected {
        counts.rejected += 1;
        counts.note(why.code(), 1);
    }
    let length = rejects.write(&rejected)?;
    run.advance(tx, app.clock.now(), last.end.clone(), &counts, length).await.context("the run")?;
    Ok(length)
}

/// The rows of a batch, each id once: one statement cannot take a row twice.
fn without_doubles(batch: &[Judged], doubles: &mut HashSet<u64>) -> Result<Rows, db::Error> {
    let mut rows = Sealer::rows();
    let mut seen: HashSet<&[u8]> = HashSet::new();
    for judged in batch {
        let mut out = Vec::new();
        for (index, account) in judged.accounts.iter().enumerate() {
            if !seen.insert(&account.local_digest) {
                out.push(index);
                doubles.insert(judged.first_row + account.place as u64);
            }
        }
        if out.is_empty() {
            rows.append(&judged.rows);
        } else {
            rows.append(&judged.rows.without(&out)?);
        }
    }
    Ok(rows)
}
