//! Cases: what no rule decides, kept until a person does.

use std::time::Duration;

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};

/// So long an operator has to decide a case, of whichever kind.
pub const OPEN_DAYS: Duration = Duration::from_secs(30 * 24 * 3600);

words! {
    CaseKind {
        /// Better proof has displaced an account: whose was it?
        Displaced = "displaced",
        /// 重号: the register knows two persons of one number.
        SharedNumber = "shared-number",
    }
}

words! {
    CaseState {
        Open = "open",
        /// One operator has decided; another must confirm.
        Proposed = "proposed",
        Decided = "decided",
        /// The rules have since found the answer.
        Withdrawn = "withdrawn",
    }
}

impl CaseState {
    /// Whether somebody has to decide it still.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Proposed)
    }

    /// Whether a case in this state has waited past its deadline.
    pub fn is_overdue(self, deadline: Option<Moment>, now: Moment) -> bool {
        self.waits() && deadline.is_some_and(|deadline| deadline <= now)
    }
}

/// Cases by their deadline.
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
    pub fn latest(self, now: Moment) -> Moment {
        match self {
            Self::Any => Moment::from_micros(i64::MAX),
            Self::Soon => now.plus(Duration::from_secs(7 * 24 * 3600)),
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

words! {
    /// What an operator says of a case about accounts here.
    Verdict {
        /// It is as it should be.
        Stands = "stands",
        /// The account that the case is about is stopped until somebody knows more.
        Hold = "hold",
    }
}

/// A case about accounts here.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: Uuid,
    pub kind: CaseKind,
    pub state: CaseState,
    /// The account it is about, and the other one in it.
    pub account: Uuid,
    pub other: Option<Uuid>,
    pub reason: String,
    pub opened_at: Moment,
    pub deadline: Option<Moment>,
    pub verdict: Option<Verdict>,
    pub verdict_reason: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<Moment>,
}

impl Case {
    pub fn is_overdue(&self, now: Moment) -> bool {
        self.state.is_overdue(self.deadline, now)
    }
}

macro_rules! columns {
    () => {
        "id, kind, state, account, other, reason, opened_at, deadline, decision, decision_reason, decided_by, decided_at
         from cases"
    };
}

fn read_case(row: &Row<'_>) -> Result<Case, db::Error> {
    let verdict = row.get::<Option<String>>(8)?;
    Ok(Case {
        id: row.get(0)?,
        kind: row.word(1, "cases")?,
        state: row.word(2, "cases")?,
        account: row.get(3)?,
        other: row.get(4)?,
        reason: row.get(5)?,
        opened_at: row.moment(6)?,
        deadline: row.optional_moment(7)?,
        verdict: verdict.and_then(|word| word.parse().ok()),
        verdict_reason: row.get(9)?,
        decided_by: row.get(10)?,
        decided_at: row.optional_moment(11)?,
    })
}

pub async fn open_case(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    kind: CaseKind,
    (account, other): (Uuid, Option<Uuid>),
    reason: &str,
) -> Result<Uuid, Error> {
    let id = visit.id();
    tx.execute(
        "insert into cases (id, kind, state, account, other, reason, opened_at, deadline)
         values ($1, $2, 'open', $3, $4, $5, $6, $7)",
        values![id, kind.as_str(), account, other, reason, visit.now, visit.now.plus(OPEN_DAYS)],
    )
    .await?;
    let event = Event::CaseOpened { case: id, kind: kind.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(account), client: None }).await?;
    Ok(id)
}

/// Those that wait, the oldest first. Questions about legacy accounts are not among them: `legacy` has those.
pub async fn open_cases(read: &mut impl Read) -> Result<Vec<Case>, Error> {
    list_cases(read, CaseState::Open, None, Moment::from_micros(i64::MAX), Uuid::nil(), 200).await
}

/// The cases of a state, and of a kind, that are due by `latest` ([`Due::latest`]), behind `after`: the oldest first.
pub async fn list_cases(
    read: &mut impl Read,
    state: CaseState,
    kind: Option<CaseKind>,
    latest: Moment,
    after: Uuid,
    most: u32,
) -> Result<Vec<Case>, Error> {
    let sql = concat!(
        "select ",
        columns!(),
        " where state = $1 and source is null and id > $2 and ($3 = '' or kind = $3)
          and coalesce(deadline, 0) <= $4 order by id limit $5"
    );
    let kind = kind.map(CaseKind::as_str).unwrap_or_default();
    Ok(read.all(sql, values![state.as_str(), after, kind, latest, i64::from(most)], read_case).await?)
}

pub async fn find_case(read: &mut impl Read, id: Uuid) -> Result<Option<Case>, Error> {
    let sql = concat!("select ", columns!(), " where id = $1 and source is null");
    Ok(read.optional(sql, values![id], read_case).await?)
}

/// Settles a case in the name of the visit's actor; `false` if somebody was faster.
pub async fn settle_case(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: &Case,
    verdict: Verdict,
    reason: &str,
) -> Result<bool, Error> {
    let settled = tx
        .execute(
            "update cases set state = 'decided', decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5
             where id = $1 and state = 'open' and source is null",
            values![case.id, verdict.as_str(), reason, &visit.actor.to_string(), visit.now],
        )
        .await?;
    if settled == 1 {
        let event = Event::CaseDecided { case: case.id, decision: verdict.as_str() };
        audit::record(tx, keys, visit, event, About { person: Some(case.account), client: None }).await?;
    }
    Ok(settled == 1)
}
