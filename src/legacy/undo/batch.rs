//! Taking a whole batch back: asked for, confirmed by a second operator where the policy says so, and done in steps.

use uuid::Uuid;

use super::super::cases::reason;
use super::super::link::{Link, LinkState, link_columns};
use super::super::merge::{Batch, BatchState, find_batch};
use super::super::{Error, State};
use super::{Because, Refused, Undone, take_back};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// Links of one step.
const STEP: usize = 1000;
/// So many that were refused or disclosed are kept with the batch; the audit log has all.
const KEPT: usize = 200;

/// An operator's wish to take a batch back.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    pub reason: &'a str,
    /// Whether it needs a second operator.
    pub two_operators: bool,
    /// Whether a duty goes on with it when who began it does not.
    pub go_on: bool,
}

/// What came of the wish.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Another operator must confirm it.
    Proposed,
    /// It is being taken back: [`step_batch`] until the end.
    Begun(Box<Batch>),
}

/// Wishes a batch taken back, or confirms it, in the name of the visit's actor. Of one that is being taken back already,
/// it is gone on with.
///
/// # Errors
/// [`Error::NoBatch`], [`Error::Undone`], [`Error::SameOperator`]; those of [`reason`].
pub async fn ask_batch(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    deciding: Deciding<'_>,
) -> Result<Asked, Error> {
    let why = reason(deciding.reason)?;
    let mut batch = find_batch(tx, id).await?.ok_or(Error::NoBatch)?;
    let by = visit.actor.to_string();
    let (from, to) = match batch.state {
        BatchState::Undone => return Err(Error::Undone),
        BatchState::Undoing => return Ok(Asked::Begun(Box::new(batch))),
        BatchState::UndoProposed if batch.undo.proposed_by.as_deref() == Some(&by) => {
            return Err(Error::SameOperator);
        }
        BatchState::UndoProposed => (BatchState::UndoProposed, BatchState::Undoing),
        state if deciding.two_operators => (state, BatchState::UndoProposed),
        state => (state, BatchState::Undoing),
    };
    let proposes = to == BatchState::UndoProposed;
    let (proposed_by, done_by) = if proposes { (Some(&by), None) } else { (None, Some(&by)) };
    let turned = tx
        .execute(
            "update legacy_batch set state = $3, changed_at = $4, undo_proposed_by = coalesce($5, undo_proposed_by),
                    undo_by = $6, undo_reason = coalesce(undo_reason, $7), undo_going_on = $8
             where id = $1 and state = $2",
            values![
                batch.id,
                from.as_str(),
                to.as_str(),
                visit.now,
                proposed_by,
                done_by,
                why,
                deciding.go_on && !proposes
            ],
        )
        .await?;
    if turned == 0 {
        return Err(Error::Changed);
    }
    if proposes {
        audit::record(tx, keys, visit, Event::LegacyUndoProposed { batch: id }, About::default()).await?;
        return Ok(Asked::Proposed);
    }
    batch.state = to;
    batch.undo.by = Some(by);
    Ok(Asked::Begun(Box::new(batch)))
}

/// Leaves a batch as it is, although somebody wanted it taken back.
///
/// # Errors
/// [`Error::Changed`]: nobody wants that (any more).
pub async fn withdraw(tx: &mut Tx, keys: &DataKeys, visit: &Visit, batch: Uuid) -> Result<(), Error> {
    let turned = tx
        .execute(
            "update legacy_batch set state = 'done', changed_at = $2, finished_at = coalesce(finished_at, $2),
                    undo_proposed_by = null, undo_reason = null
             where id = $1 and state = 'undo_proposed'",
            values![batch, visit.now],
        )
        .await?;
    if turned == 0 {
        return Err(Error::Changed);
    }
    Ok(audit::record(tx, keys, visit, Event::LegacyUndoWithdrawn { batch }, About::default()).await?)
}

/// Takes back the next links of a batch; beside what was done, whether that was the end.
pub async fn step_batch(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    batch: &mut Batch,
) -> Result<(Undone, bool), Error> {
    let sql = concat!(
        "select ",
        link_columns!(),
        " from legacy_link l where l.batch = $1 and l.id > $2 and l.state <> 'unlinked' order by l.id limit 1000"
    );
    let links = tx.all(sql, values![batch.id, batch.undo.position], Link::read).await?;
    let done = links.len() < STEP;
    let position = links.last().map_or(batch.undo.position, |last| last.id);
    let because = Because { state: State::Matched, reason: "batch undone" };
    let undone = take_back(tx, keys, visit, links, because).await?;
    let event = Event::LegacyUndone { batch: Some(batch.id), links: undone.links, removed: undone.removed };
    audit::record(tx, keys, visit, event, About::default()).await?;
    let mut all = batch.undo.undone.clone();
    all.add(undone.clone());
    all.refused.truncate(KEPT);
    all.disclosed.truncate(KEPT);
    let text = serde_json::to_string(&all).unwrap_or_default();
    let state = if done { BatchState::Undone } else { BatchState::Undoing };
    let advanced = tx
        .execute(
            "update legacy_batch set state = $3, changed_at = $4, undone = $5, undo_position = $6
             where id = $1 and state = 'undoing' and coalesce(undo_position, $7) = $2",
            values![batch.id, batch.undo.position, state.as_str(), visit.now, &text, position, Uuid::nil()],
        )
        .await?;
    if advanced == 0 {
        // Another process is at the same batch.
        return Err(Error::Changed);
    }
    batch.state = state;
    batch.undo.undone = all;
    batch.undo.position = position;
    Ok((undone, done))
}

/// What taking a batch back would do, as far as it can be told without doing it.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Links that nobody has woken: they go without a trace.
    pub dormant: u64,
    /// Links that somebody has come in by: sessions end with them, and relying systems have been told.
    pub live: u64,
    /// What would be refused, since it was changed by another hand; two hundred at most. Seals are looked at when it
    /// is done.
    pub refused: Vec<Refused>,
}

pub async fn expect_batch(read: &mut impl Read, batch: Uuid) -> Result<Expected, Error> {
    let counted = read
        .all(
            "select state, count(*) from legacy_link where batch = $1 and state <> 'unlinked' group by state",
            values![batch],
            |row| Ok((row.word::<LinkState>(0, "legacy_link")?, row.get::<i64>(1)?)),
        )
        .await?;
    let count = |state| {
        let found = counted.iter().find(|(one, _)| *one == state);
        found.and_then(|(_, count)| u64::try_from(*count).ok()).unwrap_or(0)
    };
    let refused = read
        .all(
            "select l.id, l.legacy_account, l.account, a.id is null
             from legacy_link l left join legacy_account a on a.id = l.legacy_account
             where l.batch = $1 and l.state <> 'unlinked'
               and (a.id is null or a.state <> 'merged' or a.account is null or a.account <> l.account)
             order by l.id limit 200",
            values![batch],
            |row| {
                let reason = if row.get::<bool>(3)? { "ACCOUNT_GONE" } else { "ACCOUNT_CHANGED" };
                Ok(Refused {
                    link: row.get(0)?,
                    legacy_account: row.get(1)?,
                    account: row.get(2)?,
                    reason: reason.into(),
                })
            },
        )
        .await?;
    Ok(Expected { dormant: count(LinkState::Dormant), live: count(LinkState::Live), refused })
}
