//! The queue: which cases wait, in pages; how many of which kind; which have waited too long.

use serde::Serialize;
use uuid::Uuid;

use super::super::Error;
use super::{CaseState, LegacyCase, columns, read_case};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// By deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Due {
    #[default]
    Any,
    /// Within seven days, or past.
    Soon,
    Overdue,
}

impl Due {
    pub const ALL: [Due; 3] = [Self::Any, Self::Soon, Self::Overdue];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Soon => "soon",
            Self::Overdue => "overdue",
        }
    }

    /// The latest deadline that counts.
    fn latest(self, now: Moment) -> Moment {
        match self {
            Self::Any => Moment::from_micros(i64::MAX),
            Self::Soon => now.plus(std::time::Duration::from_secs(7 * 24 * 3600)),
            Self::Overdue => now,
        }
    }
}

impl std::str::FromStr for Due {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|due| due.as_str() == text)
            .ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub source: Option<Uuid>,
    pub state: Option<CaseState>,
    pub kind: Option<String>,
    pub reason: Option<String>,
    pub due: Due,
    /// Those behind this one.
    pub after: Option<Uuid>,
    /// At most so many; 200 where nothing is said.
    pub most: Option<u32>,
}

/// Most that one page has.
const PAGE: u32 = 200;

/// The cases, the oldest first, in pages. Without a state, those that wait.
pub async fn list(read: &mut impl Read, visit: &Visit, filter: &Filter) -> Result<Vec<LegacyCase>, Error> {
    macro_rules! queue {
        ($source:literal) => {
            concat!(
                "select ",
                columns!(),
                " where ",
                $source,
                " and state in ($2, $3) and id > $4 and ($5 = '' or reason = $5) and ($6 = '' or kind = $6)
                  and coalesce(deadline, 0) <= $7 order by id limit $8"
            )
        };
    }
    let (one, other) = match filter.state {
        Some(state) => (state, state),
        None => (CaseState::Open, CaseState::Proposed),
    };
    let sql = if filter.source.is_some() {
        queue!("source = $1")
    } else {
        // $1 stands here too: it is the nil id, which no source has.
        queue!("source <> $1")
    };
    let most = filter.most.unwrap_or(PAGE).min(PAGE);
    Ok(read
        .all(
            sql,
            values![
                filter.source.unwrap_or_default(),
                one.as_str(),
                other.as_str(),
                filter.after.unwrap_or_default(),
                filter.reason.as_deref().unwrap_or_default(),
                filter.kind.as_deref().unwrap_or_default(),
                filter.due.latest(visit.now),
                i64::from(most)
            ],
            read_case,
        )
        .await?)
}

/// How many cases of one kind wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub source: Uuid,
    pub kind: String,
    pub reason: String,
    pub state: CaseState,
    pub cases: u64,
    /// Of those, how many are past their deadline.
    pub overdue: u64,
}

/// The cases that wait, by source, kind, reason and state.
pub async fn waiting(read: &mut impl Read, now: Moment) -> Result<Vec<Waiting>, Error> {
    Ok(read
        .all(
            "select source, kind, reason, state, count(*),
                    count(case when deadline <= $1 then 1 end)
             from cases where state in ('open', 'proposed') and source is not null
             group by source, kind, reason, state order by source, kind, reason, state limit 1000",
            values![now],
            |row| {
                Ok(Waiting {
                    source: row.get(0)?,
                    kind: row.get(1)?,
                    reason: row.get(2)?,
                    state: row.word(3, "cases")?,
                    cases: u64::try_from(row.get::<i64>(4)?).unwrap_or(0),
                    overdue: u64::try_from(row.get::<i64>(5)?).unwrap_or(0),
                })
            },
        )
        .await?)
}

/// How many are past their deadline.
pub async fn overdue(read: &mut impl Read, now: Moment) -> Result<u64, Error> {
    Ok(waiting(read, now).await?.iter().map(|one| one.overdue).sum())
}

/// Notes each case whose deadline has passed since the last look: nobody decides in the place of a person, so what is
/// done is that it is heard of. Tells how many.
pub async fn raise(tx: &mut Tx, keys: &DataKeys, visit: &Visit) -> Result<usize, Error> {
    let raised = tx
        .all(
            "update cases set raised_at = $1
             where id in (select id from cases where state in ('open', 'proposed') and source is not null
                            and deadline <= $1 and raised_at is null order by id limit 500)
             returning id, other",
            values![visit.now],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<Option<Uuid>>(1)?)),
        )
        .await?;
    for (case, person) in &raised {
        let about = About { person: *person, client: None };
        audit::record(tx, keys, visit, Event::CaseOverdue { case: *case }, about).await?;
    }
    Ok(raised.len())
}
