//! Matching: finds out whose account a legacy account is. Some thousand at a time are joined with the extract of the
//! registers, or with what their platform has answered, classed by rules, and written back with the reason; what a person must decide becomes a Case. A run that
//! was cut off is run again: what is done is done, and the same comes out.

mod differing;
mod facts;
mod questions;
pub mod rules;

use std::collections::BTreeMap;

use uuid::Uuid;

pub use differing::differing;
pub use questions::{Fresh, Page, Question, keep_answers, questions};
pub use rules::Class;

use super::cases::OPEN_DAYS;
use super::{Error, Source, State};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::{DataKeys, Purpose};
use crate::db::{Given, Kind, Read, Rows, Tx, values};
use crate::keys::KeyRing;
use crate::outbound::registers::extract::{self, Part};

/// How far a run is: those that were matched before come first, so that no account is looked at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    state: State,
    after: Uuid,
}

impl Position {
    pub const START: Position = Position { state: State::Matched, after: Uuid::nil() };

    /// Before an account that waits, so that it is the first to be looked at.
    pub const fn just_before(waiting: Uuid) -> Self {
        Self { state: State::Waiting, after: Uuid::from_u128(waiting.as_u128().saturating_sub(1)) }
    }
}

/// What a step has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub accounts: u64,
    /// Rows that are other than before.
    pub written: u64,
    pub cases: u64,
    pub classes: BTreeMap<(Class, String), u64>,
    /// Accounts about which the registers have not answered yet: they stay as they are.
    pub unanswered: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<Position>,
}

/// What is matched with.
#[derive(Clone, Copy, Debug)]
pub enum Registry {
    /// An extract that was loaded under this index key, and its day.
    Extract { key_version: u16, as_of: Moment },
    /// What the platform has answered after this moment.
    Asked { oldest: Moment },
}

impl Registry {
    /// The oldest answer that counts; of an extract none is asked for.
    pub(in crate::legacy) const fn oldest(self) -> Option<Moment> {
        match self {
            Self::Extract { .. } => None,
            Self::Asked { oldest } => Some(oldest),
        }
    }
}

static GIVEN: Given = Given {
    table: "given_match",
    columns: &[
        ("id", Kind::Uuid),
        ("class", Kind::Text),
        ("reason", Kind::Text),
        ("evidence", Kind::Text),
        ("target", Kind::Bytes),
        ("case_id", Kind::Uuid),
    ],
};

/// What a run joins: the engine should know how much stands there.
pub const JOINED: [&str; 4] = ["legacy_account", "register_record", "register_question", "cases"];

/// Looks whether there is an extract to match with.
///
/// # Errors
/// [`Error::NoExtract`], and [`Error::Stale`] where its population is older than `oldest`.
pub async fn extract(read: &mut impl Read, ring: &KeyRing, oldest: Moment) -> Result<Registry, Error> {
    let (key_version, as_of) =
        extract::loaded(read, Part::Population).await?.ok_or(Error::NoExtract("population"))?;
    // Old numbers, and organizations, may come from nowhere; but not under another key.
    for part in [Part::LegalPersons, Part::Changes] {
        let other = extract::loaded(read, part).await?;
        if other.is_some_and(|(version, _)| version != key_version) {
            return Err(Error::NoExtract(part.as_str()));
        }
    }
    // Under a key that is gone nothing is found, and that would look like "no record".
    let keys = ring.data();
    if keys.index.version(key_version).is_err() {
        return Err(Error::NoExtract("population"));
    }
    if as_of < oldest {
        return Err(Error::Stale);
    }
    Ok(Registry::Extract { key_version, as_of })
}

/// Matches the next accounts of a source.
///
/// # Errors
/// [`Error::OtherKey`]: the accounts were imported under another index key than the extract was loaded under.
pub async fn step(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    source: &Source,
    registry: Registry,
    position: Position,
) -> Result<Step, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let newest = keys.index.newest()?.version;
    let (key_version, day) = match registry {
        Registry::Extract { key_version, as_of } => (key_version, as_of),
        Registry::Asked { .. } => (newest, visit.now),
    };
    let waiting = facts::next(tx, &keys, registry, source.id, position.state, position.after).await?;
    let mut step = Step { next: next(position, &waiting), ..Step::default() };
    if waiting.is_empty() {
        return Ok(step);
    }
    let mut rows = Rows::new(&GIVEN);
    for one in &waiting {
        if one.key_versions.iter().any(|version| *version != key_version) {
            return Err(match registry {
                Registry::Extract { .. } => Error::OtherKey,
                // They follow the new key by themselves.
                Registry::Asked { .. } => Error::KeysChanged,
            });
        }
        if !one.is_answered {
            step.unanswered += 1;
            continue;
        }
        let verdict = rules::decide(&one.facts, one.asked_at.unwrap_or(day));
        let evidence = serde_json::to_string(&verdict.evidence).unwrap_or_default();
        rows.push(values![
            one.id,
            verdict.class.as_str(),
            &verdict.reason,
            &evidence,
            verdict.target.as_ref(),
            visit.id()
        ]);
        *step.classes.entry((verdict.class, verdict.reason)).or_default() += 1;
    }
    step.accounts = waiting.len() as u64;
    if rows.is_empty() {
        return Ok(step);
    }
    tx.give(&rows).await?;
    step.written = write(tx).await?;
    if step.written > 0 {
        step.cases = open_cases(tx, &keys, visit, source, step.written).await?;
    }
    Ok(step)
}

fn next(position: Position, waiting: &[facts::Waiting]) -> Option<Position> {
    match (waiting.last(), position.state) {
        (Some(last), state) if waiting.len() >= facts::STEP => Some(Position { state, after: last.id }),
        (_, State::Matched) => Some(Position { state: State::Waiting, after: Uuid::nil() }),
        _ => None,
    }
}

async fn write(tx: &mut Tx) -> Result<u64, Error> {
    Ok(tx
        .execute(
            "update legacy_account set state = 'matched', class = g.class, match_reason = g.reason,
                    evidence = g.evidence, target = g.target, rules = $1
             from given_match g
             where legacy_account.id = g.id and legacy_account.state in ('waiting', 'matched')
               and (legacy_account.state = 'waiting' or legacy_account.rules <> $1
                    or legacy_account.class <> g.class or legacy_account.match_reason <> g.reason
                    or coalesce(legacy_account.target, legacy_account.local_digest)
                       <> coalesce(g.target, legacy_account.local_digest))",
            values![rules::VERSION],
        )
        .await?)
}

/// Opens a case for each account that a person must decide about, and closes those that need no decision any more.
async fn open_cases(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    source: &Source,
    written: u64,
) -> Result<u64, Error> {
    // From the accounts to their cases, never through all open cases: `cross join` keeps SQLite to that order.
    tx.execute(
        "update cases set state = 'withdrawn', decided_at = $1, decided_by = 'rules'
         where state = 'open' and id in (
           select c.id from given_match g cross join cases c
           where c.account = g.id and c.kind = 'legacy-review' and c.state = 'open'
             and (g.class <> 'REVIEW' or c.reason <> g.reason))",
        values![visit.now],
    )
    .await?;
    let opened = tx
        .execute(
            "insert into cases (id, kind, state, account, reason, opened_at, source, deadline)
             select g.case_id, 'legacy-review', 'open', g.id, g.reason, $1, $2, $3
             from given_match g join legacy_account a on a.id = g.id
             where g.class = 'REVIEW' and a.state = 'matched'
               and not exists (select 1 from cases c where c.account = g.id and c.kind = 'legacy-review'
                                 and c.state <> 'withdrawn')",
            values![visit.now, source.id, visit.now.plus(OPEN_DAYS)],
        )
        .await?;
    let event = Event::LegacyMatched { source: source.id, accounts: written, cases: opened };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(opened)
}
