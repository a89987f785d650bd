//! Tasks: runs of matching and merging that were asked for at the console. A duty of one node does them step by step, and
//! notes with each step how far it is; another goes on where that node has died. Over a source there is one at a time.

use std::time::Duration;

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};

/// A task whose runner has not written for so long is gone on with by another: longer than any step takes, and than the
/// engine takes to look at its tables.
const STILL: Duration = Duration::from_secs(180);
/// Tasks of one source that are listed.
const LISTED: i64 = 5;

words! {
    Work {
        Match = "match",
        Merge = "merge",
    }
}

words! {
    /// proposed → waiting → running → done | failed; or withdrawn before it began, stopped after.
    TaskState {
        /// Another operator must confirm it.
        Proposed = "proposed",
        Waiting = "waiting",
        Running = "running",
        Done = "done",
        Failed = "failed",
        Withdrawn = "withdrawn",
        Stopped = "stopped",
    }
}

words! {
    /// Why a run does not go on now; it does so by itself.
    WaitsFor {
        /// The day's questions to the registers are spent.
        Quota = "quota",
        /// The registers give no answer.
        Registers = "registers",
    }
}

impl TaskState {
    /// Whether no other task of the source may begin.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Waiting | Self::Running)
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Answers that the registers have given.
    pub asked: u64,
    /// Accounts of the source that were looked at.
    pub accounts: u64,
    pub written: u64,
    pub cases: u64,
    pub links: u64,
    pub made: u64,
    pub held: u64,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub id: Uuid,
    pub source: Uuid,
    pub work: Work,
    pub state: TaskState,
    pub asked_by: String,
    pub confirmed_by: Option<String>,
    /// How many accounts it will look at, as far as that was known when it was asked for.
    pub expected: Option<u64>,
    pub progress: Progress,
    /// What a merge has linked.
    pub batch: Option<Uuid>,
    /// Why it has failed: a code of [`code`].
    pub failed: Option<String>,
    pub waits_for: Option<WaitsFor>,
    pub asked_at: Moment,
    pub changed_at: Moment,
    pub finished_at: Option<Moment>,
    holder: Option<Uuid>,
}

macro_rules! columns {
    () => {
        "id, source, work, state, asked_by, confirmed_by, expected, accounts, written, cases, links, made, held, batch, \
         failed, asked_at, changed_at, finished_at, holder, asked, waits_for"
    };
}

fn read_task(row: &Row<'_>) -> Result<Task, db::Error> {
    let count = |index| Ok::<_, db::Error>(u64::try_from(row.get::<i64>(index)?).unwrap_or(0));
    Ok(Task {
        id: row.get(0)?,
        source: row.get(1)?,
        work: row.word(2, "legacy_task")?,
        state: row.word(3, "legacy_task")?,
        asked_by: row.get(4)?,
        confirmed_by: row.get(5)?,
        expected: row.get::<Option<i64>>(6)?.and_then(|count| u64::try_from(count).ok()),
        progress: Progress {
            asked: count(19)?,
            accounts: count(7)?,
            written: count(8)?,
            cases: count(9)?,
            links: count(10)?,
            made: count(11)?,
            held: count(12)?,
        },
        batch: row.get(13)?,
        failed: row.get(14)?,
        waits_for: row.get::<Option<String>>(20)?.and_then(|word| word.parse().ok()),
        asked_at: row.moment(15)?,
        changed_at: row.moment(16)?,
        finished_at: row.optional_moment(17)?,
        holder: row.get(18)?,
    })
}

/// Asks for a run over a source. `two_operators`: another one must confirm it before it begins.
///
/// # Errors
/// [`Error::TaskUnderWay`]
pub async fn ask(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (source, work): (Uuid, Work),
    expected: Option<u64>,
    two_operators: bool,
) -> Result<Uuid, Error> {
    let (id, by) = (visit.id(), visit.actor.to_string());
    let state = if two_operators { TaskState::Proposed } else { TaskState::Waiting };
    let asked = tx
        .execute(
            "insert into legacy_task (id, source, work, state, asked_by, expected, accounts, written, cases, links,
                                      made, held, asked_at, changed_at)
             values ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, $7, $7) on conflict do nothing",
            values![
                id,
                source,
                work.as_str(),
                state.as_str(),
                &by,
                expected.and_then(|count| i64::try_from(count).ok()),
                visit.now
            ],
        )
        .await?;
    if asked == 0 {
        return Err(Error::TaskUnderWay);
    }
    note(tx, keys, visit, id, state.as_str()).await?;
    Ok(id)
}

/// Confirms what another operator has proposed.
///
/// # Errors
/// [`Error::SameOperator`], [`Error::Changed`]: it is not proposed (any more).
pub async fn confirm(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid) -> Result<(), Error> {
    let found = find(tx, id).await?.ok_or(Error::Changed)?;
    let by = visit.actor.to_string();
    if found.asked_by == by {
        return Err(Error::SameOperator);
    }
    let turned = tx
        .execute(
            "update legacy_task set state = 'waiting', confirmed_by = $2, changed_at = $3
             where id = $1 and state = 'proposed'",
            values![id, &by, visit.now],
        )
        .await?;
    if turned == 0 {
        return Err(Error::Changed);
    }
    note(tx, keys, visit, id, "confirmed").await
}

/// Leaves it: what was proposed does not begin, what runs stops behind its present step. What it has done stays, and
/// another run goes on there.
///
/// # Errors
/// [`Error::Changed`]: it is over.
pub async fn stop(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid) -> Result<(), Error> {
    let turned = tx
        .execute(
            "update legacy_task set state = case when state = 'proposed' then 'withdrawn' else 'stopped' end,
                    changed_at = $2, finished_at = $2
             where id = $1 and state in ('proposed', 'waiting', 'running')",
            values![id, visit.now],
        )
        .await?;
    if turned == 0 {
        return Err(Error::Changed);
    }
    note(tx, keys, visit, id, "stopped").await
}

/// Takes the oldest that waits and whose time has come, or whose runner has died, in hand. Those that have not begun come
/// before those that go on.
pub async fn take(tx: &mut Tx, visit: &Visit) -> Result<Option<Task>, Error> {
    let sql = concat!(
        "update legacy_task set state = 'running', holder = $1, changed_at = $2, waits_for = null
         where id = (select id from legacy_task
                     where (state = 'waiting' and coalesce(again_at, 0) <= $2)
                       or (state = 'running' and changed_at < $3)
                     order by coalesce(again_at, 0), id limit 1)
           and (state = 'waiting' or (state = 'running' and changed_at < $3))
         returning ",
        columns!()
    );
    let holder = visit.chance.id();
    Ok(tx.optional(sql, values![holder, visit.now, visit.now.minus(STILL)], read_task).await?)
}

impl Task {
    /// Notes what a step has done, in its transaction.
    ///
    /// # Errors
    /// [`Error::TakenOver`]: it was stopped, or another goes on with it.
    pub async fn advance(&self, tx: &mut Tx, now: Moment, step: Progress) -> Result<(), Error> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let advanced = tx
            .execute(
                "update legacy_task set accounts = accounts + $3, written = written + $4, cases = cases + $5,
                        links = links + $6, made = made + $7, held = held + $8, changed_at = $9, asked = asked + $10
                 where id = $1 and holder = $2 and state = 'running'",
                values![
                    self.id,
                    self.holder,
                    count(step.accounts),
                    count(step.written),
                    count(step.cases),
                    count(step.links),
                    count(step.made),
                    count(step.held),
                    now,
                    count(step.asked)
                ],
            )
            .await?;
        if advanced == 1 { Ok(()) } else { Err(Error::TakenOver) }
    }

    /// Leaves it until `again`, for whoever takes it then: it begins anew, and what is done takes little time. Of one that
    /// was stopped or taken over meanwhile nothing is written.
    pub async fn wait(
        &self,
        tx: &mut Tx,
        now: Moment,
        waits_for: Option<WaitsFor>,
        again: Moment,
    ) -> Result<(), Error> {
        tx.execute(
            "update legacy_task set state = 'waiting', holder = null, accounts = 0, waits_for = $3, again_at = $4,
                    changed_at = $5
             where id = $1 and holder = $2 and state = 'running'",
            values![self.id, self.holder, waits_for.map(WaitsFor::as_str), again, now],
        )
        .await?;
        Ok(())
    }

    /// Ends it: done, or failed for a reason. Of one that was stopped or taken over meanwhile nothing is written.
    pub async fn end(
        &self,
        tx: &mut Tx,
        keys: &DataKeys,
        visit: &Visit,
        outcome: Result<Option<Uuid>, &str>,
    ) -> Result<(), Error> {
        let (state, batch, failed) = match outcome {
            Ok(batch) => (TaskState::Done, batch, None),
            Err(code) => (TaskState::Failed, None, Some(code)),
        };
        let ended = tx
            .execute(
                "update legacy_task set state = $3, batch = $4, failed = $5, changed_at = $6, finished_at = $6
                 where id = $1 and holder = $2 and state = 'running'",
                values![self.id, self.holder, state.as_str(), batch, failed, visit.now],
            )
            .await?;
        if ended == 1 { note(tx, keys, visit, self.id, state.as_str()).await } else { Ok(()) }
    }

    /// How much of it is done, of 1.
    pub fn share(&self) -> Option<f64> {
        let expected = self.expected.filter(|expected| *expected > 0)?;
        Some((self.progress.accounts as f64 / expected as f64).min(1.0))
    }

    /// How long it takes yet, if it goes on as it went.
    pub fn left(&self, now: Moment) -> Option<Duration> {
        let share = self.share().filter(|share| *share > 0.01 && self.state == TaskState::Running)?;
        let passed = now.since(self.asked_at).as_secs_f64();
        Some(Duration::from_secs_f64((passed / share * (1.0 - share)).clamp(0.0, 1e9)))
    }
}

/// The code of why a run has failed.
pub const fn code(error: &Error) -> &'static str {
    match error {
        Error::NoExtract(_) => "no-extract",
        Error::Stale => "extract-old",
        Error::OtherKey => "extract-key",
        Error::Changed => "overtaken",
        Error::NotAsked(_) => "registers",
        Error::Storage(_) => "storage",
        _ => "internal",
    }
}

pub async fn find(read: &mut impl Read, id: Uuid) -> Result<Option<Task>, Error> {
    let sql = concat!("select ", columns!(), " from legacy_task where id = $1");
    Ok(read.optional(sql, values![id], read_task).await?)
}

/// The newest tasks of a source.
pub async fn list(read: &mut impl Read, source: Uuid) -> Result<Vec<Task>, Error> {
    let sql = concat!("select ", columns!(), " from legacy_task where source = $1 order by id desc limit $2");
    Ok(read.all(sql, values![source, LISTED], read_task).await?)
}

async fn note(tx: &mut Tx, keys: &DataKeys, visit: &Visit, task: Uuid, what: &str) -> Result<(), Error> {
    Ok(audit::record(tx, keys, visit, Event::LegacyTask { task, what }, About::default()).await?)
}
