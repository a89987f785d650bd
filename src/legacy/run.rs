//! A run of an import: how far it has come, and the storing of a batch together with that. Cut off anywhere, it
//! goes on after the last batch; a row that is read twice is stored once.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::{DataKeys, Purpose};
use crate::db::{self, Read, Row, Rows, Tx, values};
use crate::keys::KeyRing;

/// How far a run has come in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes of the file; rows, where the source is not a file of bytes.
    pub offset: u64,
    /// Rows, counted from 1; those that are no accounts count too.
    pub row: u64,
    /// SHA-256 of what was read up to there; empty where that means nothing.
    pub digest: Vec<u8>,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// By code: why rows were rejected, and what the numbers of the others are like.
    pub reasons: BTreeMap<String, u64>,
}

impl Counts {
    pub fn note(&mut self, reason: &str, count: u64) {
        if let Some(known) = self.reasons.get_mut(reason) {
            *known += count;
        } else {
            self.reasons.insert(reason.to_owned(), count);
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        for (reason, count) in &other.reasons {
            self.note(reason, *count);
        }
    }
}

/// A run that is under way in this process.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: Uuid,
    pub source: Uuid,
    holder: Uuid,
    pub position: Position,
    pub counts: Counts,
    /// The file of rejected rows, and how long it is.
    pub rejected_file: Option<String>,
    pub rejected_bytes: u64,
    pub started_at: Moment,
}

/// A batch that was stored.
pub struct Stored {
    /// Its rows that stand in an earlier row of the same run, so that they were left out.
    pub duplicates: Vec<u64>,
    pub counts: Counts,
}

const STORE: &str = "
    insert into legacy_account (id, source, local_digest, user_digest, state, subject_kind, status, number_kind,
      number_digest, other_kind, other_digest, reason, name_digest, record, password, print, added_in, changed_in,
      seen_in, seen_row)
    select g.id, $1, g.local_digest, g.user_digest, 'waiting', g.subject_kind, g.status, g.number_kind,
      g.number_digest, g.other_kind, g.other_digest, g.reason, g.name_digest, g.record, g.password, g.print, $2, $2,
      $2, g.seen_row
    from given_legacy_account g where true
    on conflict (local_digest) do update set
      user_digest = excluded.user_digest,
      state = case when legacy_account.print <> excluded.print and legacy_account.state = 'matched'
        then 'waiting' else legacy_account.state end,
      class = case when legacy_account.print <> excluded.print and legacy_account.state = 'matched'
        then null else legacy_account.class end,
      differs = legacy_account.differs or (legacy_account.state in ('merged', 'unmerged', 'rejected')
        and (legacy_account.number_digest is distinct from excluded.number_digest
          or legacy_account.name_digest is distinct from excluded.name_digest)),
      subject_kind = excluded.subject_kind, status = excluded.status,
      number_kind = excluded.number_kind, number_digest = excluded.number_digest,
      other_kind = excluded.other_kind, other_digest = excluded.other_digest,
      reason = excluded.reason, name_digest = excluded.name_digest,
      record = case when legacy_account.print = excluded.print
        then legacy_account.record else excluded.record end,
      password = case when legacy_account.password_spent then null
        when legacy_account.print = excluded.print then legacy_account.password else excluded.password end,
      changed_in = case when legacy_account.print = excluded.print
        then legacy_account.changed_in else excluded.changed_in end,
      print = excluded.print, seen_in = excluded.seen_in, seen_row = excluded.seen_row
    where legacy_account.seen_in <> excluded.seen_in
    returning seen_row, cast(case when added_in = $2 then 0 when changed_in = $2 then 1 else 2 end as bigint)";

impl Run {
    /// For one account that is told of by itself: there is no file, and nothing to go on with.
    pub(super) fn of_one(id: Uuid, source: Uuid, now: Moment) -> Self {
        let (position, counts) = (Position::default(), Counts::default());
        Self {
            id,
            source,
            holder: id,
            position,
            counts,
            rejected_bytes: 0,
            rejected_file: None,
            started_at: now,
        }
    }

    /// Begins a run; `None` if one of the source is under way or was cut off.
    pub async fn begin(
        tx: &mut Tx,
        visit: &Visit,
        source: Uuid,
        file: &str,
        rejected_file: Option<&str>,
    ) -> Result<Option<Self>, db::Error> {
        let (id, holder) = (visit.id(), visit.chance.id());
        let begun = tx
            .execute(
                "insert into legacy_import (id, source, state, holder, file, position, digest, row, added, changed,
                   unchanged, rejected, rejected_file, rejected_bytes, reasons, started_at, changed_at)
                 values ($1, $2, 'running', $3, $4, 0, $5, 0, 0, 0, 0, 0, $7, 0, '{}', $6, $6)
                 on conflict do nothing",
                values![id, source, holder, file, &[][..] as &[u8], visit.now, rejected_file],
            )
            .await?;
        Ok((begun == 1).then(|| Self {
            id,
            source,
            holder,
            position: Position::default(),
            counts: Counts::default(),
            rejected_file: rejected_file.map(str::to_owned),
            rejected_bytes: 0,
            started_at: visit.now,
        }))
    }

    /// Takes over the run of the source that was cut off, if there is one. A process that still works at it stops at
    /// its next batch.
    pub async fn take_over(tx: &mut Tx, visit: &Visit, source: Uuid) -> Result<Option<Self>, db::Error> {
        let holder = visit.chance.id();
        tx.optional(
            "update legacy_import set holder = $2, changed_at = $3 where source = $1 and state = 'running'
             returning id, source, holder, position, row, digest, added, changed, unchanged, rejected, reasons,
               rejected_bytes, started_at, rejected_file",
            values![source, holder, visit.now],
            Self::of,
        )
        .await
    }

    /// Where the run stands in the database: what to ask when it is not known whether a batch was committed.
    pub async fn reload(&self, read: &mut impl Read) -> Result<Self, Error> {
        read.optional(
            "select id, source, holder, position, row, digest, added, changed, unchanged, rejected, reasons,
               rejected_bytes, started_at, rejected_file from legacy_import where id = $1 and holder = $2 and state = 'running'",
            values![self.id, self.holder],
            Self::of,
        )
        .await?
        .ok_or(Error::TakenOver)
    }

    /// Whether this process has ended it: what to ask when it is not known whether that was committed.
    pub async fn is_finished(&self, read: &mut impl Read) -> Result<bool, db::Error> {
        let ended = "select 1 from legacy_import where id = $1 and holder = $2 and state = 'finished'";
        Ok(read.optional(ended, values![self.id, self.holder], |_| Ok(())).await?.is_some())
    }

    fn of(row: &Row<'_>) -> Result<Self, db::Error> {
        let count = |index| Ok::<_, db::Error>(u64::try_from(row.get::<i64>(index)?).unwrap_or_default());
        Ok(Self {
            id: row.get(0)?,
            source: row.get(1)?,
            holder: row.get(2)?,
            position: Position { offset: count(3)?, row: count(4)?, digest: row.get(5)? },
            counts: Counts {
                added: count(6)?,
                changed: count(7)?,
                unchanged: count(8)?,
                rejected: count(9)?,
                reasons: row.json(10, "legacy_import")?,
            },
            rejected_bytes: count(11)?,
            started_at: row.moment(12)?,
            rejected_file: row.get(13)?,
        })
    }

    /// Stores accounts. Those of one lot have different ids in their system; an id of an earlier row of this run makes a
    /// duplicate, and the earlier row stays.
    ///
    /// # Errors
    /// [`Error::KeysChanged`]: the rows are sealed under keys that are not the newest any more.
    pub async fn store(&self, tx: &mut Tx, ring: &KeyRing, rows: &Rows) -> Result<Stored, Error> {
        if !ring.has_versions_of(tx, Purpose::Index).await? {
            return Err(Error::KeysChanged);
        }
        let mut counts = Counts::default();
        if rows.is_empty() {
            return Ok(Stored { duplicates: Vec::new(), counts });
        }
        tx.give(rows).await?;
        let done = tx
            .all(STORE, values![self.source, self.id], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))
            .await?;
        for (_, what) in &done {
            match what {
                0 => counts.added += 1,
                1 => counts.changed += 1,
                _ => counts.unchanged += 1,
            }
        }
        let mut duplicates = Vec::new();
        if done.len() < rows.len() {
            let stored: std::collections::HashSet<i64> = done.iter().map(|(row, _)| *row).collect();
            let given = tx
                .all("select seen_row from given_legacy_account order by seen_row", values![], |row| {
                    row.get::<i64>(0)
                })
                .await?;
            duplicates.extend(
                given
                    .into_iter()
                    .filter(|row| !stored.contains(row))
                    .filter_map(|row| u64::try_from(row).ok()),
            );
        }
        Ok(Stored { duplicates, counts })
    }

    /// Notes how far the run has come: in the transaction of what it tells of.
    ///
    /// # Errors
    /// [`Error::TakenOver`]: another process goes on with it.
    pub async fn advance(
        &mut self,
        tx: &mut Tx,
        now: Moment,
        position: Position,
        counts: &Counts,
        rejected_bytes: u64,
    ) -> Result<(), Error> {
        let mut next = self.clone();
        next.counts.add(counts);
        next.position = position;
        next.rejected_bytes = rejected_bytes;
        let int = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let reasons = serde_json::to_string(&next.counts.reasons).unwrap_or_default();
        let advanced = tx
            .execute(
                "update legacy_import set position = $4, digest = $5, row = $6, added = $7, changed = $8, unchanged = $9,
                   rejected = $10, rejected_bytes = $11, reasons = $12, changed_at = $13, rejected_file = $14
                 where id = $1 and holder = $2 and state = 'running' and row = $3",
                values![
                    self.id,
                    self.holder,
                    int(self.position.row),
                    int(next.position.offset),
                    &next.position.digest,
                    int(next.position.row),
                    int(next.counts.added),
                    int(next.counts.changed),
                    int(next.counts.unchanged),
                    int(next.counts.rejected),
                    int(next.rejected_bytes),
                    &reasons,
                    now,
                    self.rejected_file.as_deref(),
                ],
            )
            .await?;
        if advanced == 0 {
            return Err(Error::TakenOver);
        }
        *self = next;
        Ok(())
    }

    /// Ends the run: `finished` when the file was read to its end, `abandoned` when it is another file now.
    pub async fn end(
        &self,
        tx: &mut Tx,
        keys: &DataKeys,
        visit: &Visit,
        state: &'static str,
    ) -> Result<(), Error> {
        let ended = tx
            .execute(
                "update legacy_import set state = $3, changed_at = $4, finished_at = $4
                 where id = $1 and holder = $2 and state = 'running'",
                values![self.id, self.holder, state, visit.now],
            )
            .await?;
        if ended == 0 {
            return Err(Error::TakenOver);
        }
        let Counts { added, changed, rejected, .. } = self.counts;
        let event =
            Event::LegacyImported { source: self.source, import: self.id, state, added, changed, rejected };
        audit::record(tx, keys, visit, event, About::default()).await?;
        Ok(())
    }
}

/// Whether the source has accounts under an index key that is not the newest: they would not be found again.
pub async fn has_old_digests(read: &mut impl Read, keys: &DataKeys, source: Uuid) -> Result<bool, Error> {
    let newest = keys.index.newest()?;
    let head = crate::crypto::form::head(newest.suite, newest.version);
    // A digest begins with its key's version.
    let older = read
        .optional(
            "select 1 from legacy_account where local_digest < $1 and source = $2 limit 1",
            values![&head[..], source],
            |_| Ok(()),
        )
        .await?;
    Ok(older.is_some())
}
