//! Batches: what one run of merging has linked.

use uuid::Uuid;

use super::super::Error;
use super::super::undo::Undone;
use super::Step;
use crate::base::{Moment, Visit, words};
use crate::db::{self, Read, Row, Tx, values};

words! {
    BatchState {
        Running = "running",
        Done = "done",
        /// One operator wants it taken back; another must confirm.
        UndoProposed = "undo_proposed",
        Undoing = "undoing",
        Undone = "undone",
    }
}

#[derive(Clone, Debug)]
pub struct Batch {
    pub id: Uuid,
    pub source: Uuid,
    pub state: BatchState,
    /// The last account of the source that was looked at.
    pub position: Uuid,
    pub links: u64,
    pub made: u64,
    pub held: u64,
    pub by: String,
    pub started_at: Moment,
    pub finished_at: Option<Moment>,
    pub undo: Undoing,
}

/// How far taking a batch back has come.
#[derive(Clone, Debug, Default)]
pub struct Undoing {
    /// Who asked for it where another operator must confirm.
    pub proposed_by: Option<String>,
    pub reason: Option<String>,
    pub by: Option<String>,
    /// The last link that was looked at.
    pub position: Uuid,
    pub undone: Undone,
}

macro_rules! columns {
    () => {
        "id, source, state, position, links, made, held, by_whom, started_at, finished_at, undo_proposed_by,
         undo_reason, undo_by, undo_position, undone from legacy_batch"
    };
}

fn read_batch(row: &Row<'_>) -> Result<Batch, db::Error> {
    let count = |index| Ok::<_, db::Error>(u64::try_from(row.get::<i64>(index)?).unwrap_or(0));
    Ok(Batch {
        id: row.get(0)?,
        source: row.get(1)?,
        state: row.word(2, "legacy_batch")?,
        position: row.get(3)?,
        links: count(4)?,
        made: count(5)?,
        held: count(6)?,
        by: row.get(7)?,
        started_at: row.moment(8)?,
        finished_at: row.optional_moment(9)?,
        undo: Undoing {
            proposed_by: row.get(10)?,
            reason: row.get(11)?,
            by: row.get(12)?,
            position: row.get::<Option<Uuid>>(13)?.unwrap_or_default(),
            undone: match row.get::<Option<String>>(14)? {
                Some(text) => {
                    serde_json::from_str(&text).map_err(|e| db::Error::corrupt("legacy_batch", e))?
                }
                None => Undone::default(),
            },
        },
    })
}

pub async fn find_batch(read: &mut impl Read, id: Uuid) -> Result<Option<Batch>, db::Error> {
    read.optional(concat!("select ", columns!(), " where id = $1"), values![id], read_batch).await
}

/// The batches of a source, the newest first, before `before`.
pub async fn batches(read: &mut impl Read, source: Uuid, before: Uuid) -> Result<Vec<Batch>, db::Error> {
    let sql = concat!("select ", columns!(), " where source = $1 and id < $2 order by id desc limit 100");
    read.all(sql, values![source, before], read_batch).await
}

/// Those whose undoing was begun at the console and is not done: a duty goes on with them.
pub async fn going_on(read: &mut impl Read) -> Result<Vec<Batch>, db::Error> {
    let sql =
        concat!("select ", columns!(), " where state = 'undoing' and undo_going_on order by id limit 20");
    read.all(sql, values![], read_batch).await
}

pub(super) async fn running(read: &mut impl Read, source: Uuid) -> Result<Option<Batch>, db::Error> {
    let sql = concat!("select ", columns!(), " where source = $1 and state = 'running'");
    read.optional(sql, values![source], read_batch).await
}

pub(super) async fn start(tx: &mut Tx, visit: &Visit, source: Uuid) -> Result<Batch, Error> {
    insert(tx, visit, source, BatchState::Running).await
}

/// A batch of one, beside a run that may be under way.
pub(super) async fn start_decided(tx: &mut Tx, visit: &Visit, source: Uuid) -> Result<Batch, Error> {
    insert(tx, visit, source, BatchState::Done).await
}

async fn insert(tx: &mut Tx, visit: &Visit, source: Uuid, state: BatchState) -> Result<Batch, Error> {
    let (id, by) = (visit.id(), visit.actor.to_string());
    let inserted = tx
        .execute(
            "insert into legacy_batch (id, source, state, position, links, made, held, by_whom, started_at,
                                       changed_at)
             values ($1, $2, $3, $4, 0, 0, 0, $5, $6, $6) on conflict do nothing",
            values![id, source, state.as_str(), Uuid::nil(), &by, visit.now],
        )
        .await?;
    if inserted == 0 {
        return Err(Error::Changed);
    }
    Ok(Batch {
        id,
        source,
        state,
        position: Uuid::nil(),
        links: 0,
        made: 0,
        held: 0,
        by,
        started_at: visit.now,
        finished_at: None,
        undo: Undoing::default(),
    })
}

impl Batch {
    /// Goes on where another was, which was taken back: for a dry run.
    pub async fn go_on_from(&mut self, tx: &mut Tx, visit: &Visit, before: &Self) -> Result<(), Error> {
        self.advance(tx, visit, before.position, Step::default()).await
    }

    pub(super) async fn advance(
        &mut self,
        tx: &mut Tx,
        visit: &Visit,
        position: Uuid,
        step: Step,
    ) -> Result<(), Error> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let advanced = tx
            .execute(
                "update legacy_batch set position = $3, links = links + $4, made = made + $5, held = held + $6,
                        changed_at = $7 where id = $1 and position = $2",
                values![
                    self.id,
                    self.position,
                    position,
                    count(step.links),
                    count(step.made),
                    count(step.held),
                    visit.now
                ],
            )
            .await?;
        if advanced == 0 {
            // Another process is at the same batch.
            return Err(Error::Changed);
        }
        self.position = position;
        self.links += step.links;
        self.made += step.made;
        self.held += step.held;
        Ok(())
    }

    pub(super) async fn finish(&mut self, tx: &mut Tx, visit: &Visit) -> Result<(), Error> {
        // A run that linked nothing leaves nothing to undo, and no trace.
        if self.links == 0 {
            tx.execute("delete from legacy_batch where id = $1 and links = 0", values![self.id]).await?;
            return Ok(());
        }
        tx.execute(
            "update legacy_batch set state = 'done', finished_at = $2, changed_at = $2
             where id = $1 and state in ('running', 'done')",
            values![self.id, visit.now],
        )
        .await?;
        self.state = BatchState::Done;
        self.finished_at = Some(visit.now);
        Ok(())
    }
}
