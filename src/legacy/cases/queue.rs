//! The queue of all cases, about legacy accounts and about accounts here: which wait, in pages; how many of which kind; which
//! have waited too long.

use serde::Serialize;
use uuid::Uuid;

use super::super::Error;
use super::{CaseState, Due, LegacyCase, columns, find, read_case};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity::{self, Case, CaseKind};

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

/// A case of whichever kind.
#[derive(Clone, Debug)]
pub enum AnyCase {
    OfLegacy(Box<LegacyCase>),
    OfAccounts(Box<Case>),
}

impl AnyCase {
    pub fn id(&self) -> Uuid {
        match self {
            Self::OfLegacy(case) => case.id,
            Self::OfAccounts(case) => case.id,
        }
    }
}

pub async fn find_any(read: &mut impl Read, id: Uuid) -> Result<Option<AnyCase>, Error> {
    if let Some(case) = find(read, id).await? {
        return Ok(Some(AnyCase::OfLegacy(Box::new(case))));
    }
    Ok(identity::find_case(read, id).await?.map(|case| AnyCase::OfAccounts(Box::new(case))))
}

/// The cases of all kinds, the oldest first, in pages, and the id behind which the next page begins. Those about accounts
/// here are of no source, and have none of the rules' reasons.
pub async fn list_all(
    read: &mut impl Read,
    visit: &Visit,
    filter: &Filter,
) -> Result<(Vec<AnyCase>, Option<Uuid>), Error> {
    let most = filter.most.unwrap_or(PAGE).min(PAGE);
    let of_accounts: Option<CaseKind> = filter.kind.as_deref().and_then(|kind| kind.parse().ok());
    let mut all = Vec::new();
    if of_accounts.is_none() {
        let of_legacy = list(read, visit, filter).await?;
        all.extend(of_legacy.into_iter().map(|case| AnyCase::OfLegacy(Box::new(case))));
    }
    let may_be_of_accounts = filter.kind.is_none() || of_accounts.is_some();
    if may_be_of_accounts && filter.source.is_none() && filter.reason.is_none() {
        // One operator decides these: what waits is open.
        let state = filter.state.unwrap_or(CaseState::Open);
        let (latest, after) = (filter.due.latest(visit.now), filter.after.unwrap_or_default());
        let found = identity::list_cases(read, state, of_accounts, latest, after, most).await?;
        all.extend(found.into_iter().map(|case| AnyCase::OfAccounts(Box::new(case))));
    }
    // An id begins with its time.
    all.sort_by_key(AnyCase::id);
    let more = all.len() >= most as usize;
    all.truncate(most as usize);
    let next = all.last().filter(|_| more).map(AnyCase::id);
    Ok((all, next))
}

/// The cases about legacy accounts, the oldest first, in pages. Without a state, those that wait.
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
    /// None: it is about accounts here, and has none of the rules' reasons.
    pub source: Option<Uuid>,
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
            "select source, kind, case when source is null then '' else reason end as code, state, count(*),
                    count(case when deadline <= $1 then 1 end)
             from cases where state in ('open', 'proposed')
             group by source, kind, code, state order by source, kind, code, state limit 1000",
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
             where id in (select id from cases where state in ('open', 'proposed')
                            and deadline <= $1 and raised_at is null order by id limit 500)
             returning id, case when source is null then account else other end",
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
