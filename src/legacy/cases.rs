//! Cases about legacy accounts: what the rules leave to a person. They stand in the table of all cases; `account` is
//! the legacy account. A decision that merges needs two operators where the policy says so: the first proposes, another
//! one confirms.

use std::time::Duration;

use uuid::Uuid;

use super::link::{AccountKind, Link};
use super::merge::{self, Owner};
use super::undo::{self, Because, Undone};
use super::{Error, State, link};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};
use crate::identity::PersonState;
use crate::keys::KeyRing;

/// So long an operator has to decide.
pub const OPEN_DAYS: Duration = Duration::from_secs(30 * 24 * 3600);

/// The rules could not tell whose the account is.
pub const REVIEW: &str = "legacy-review";
/// A later import brought another number or name for an account that is linked. To merge means that the link holds, to
/// reject that it goes.
pub const DIFFERS: &str = "legacy-differs";
/// The owner of the account here has said that it is not theirs.
pub const NOT_MINE: &str = "legacy-not-mine";

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseState {
    Open,
    /// One operator has decided; another must confirm.
    Proposed,
    Decided,
    /// The rules have since found the answer.
    Withdrawn,
}

impl CaseState {
    pub const ALL: [CaseState; 4] = [Self::Open, Self::Proposed, Self::Decided, Self::Withdrawn];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Proposed => "proposed",
            Self::Decided => "decided",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl std::str::FromStr for CaseState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    Merge,
    Reject,
}

impl Decision {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Reject => "reject",
        }
    }
}

impl std::str::FromStr for Decision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Merge, Self::Reject]
            .into_iter()
            .find(|decision| decision.as_str() == text)
            .ok_or_else(|| "merge or reject".to_owned())
    }
}

#[derive(Clone, Debug)]
pub struct LegacyCase {
    pub id: Uuid,
    pub kind: String,
    pub state: CaseState,
    pub legacy_account: Uuid,
    /// The account here that it is about, if one is.
    pub other: Option<Uuid>,
    pub source: Uuid,
    /// The code of the rules.
    pub reason: String,
    pub opened_at: Moment,
    pub deadline: Option<Moment>,
    pub decision: Option<String>,
    pub decision_reason: Option<String>,
    pub proposed_by: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<Moment>,
    /// The account here that an operator has named.
    pub into: Option<Uuid>,
    /// What the decision has linked.
    pub link: Option<Uuid>,
    /// The case whose decision is appealed against.
    pub appeal_of: Option<Uuid>,
}

macro_rules! columns {
    () => {
        "id, kind, state, account, other, source, reason, opened_at, deadline, decision, decision_reason,
         proposed_by, decided_by, decided_at, into_account, link, appeal_of from cases"
    };
}

fn read_case(row: &Row<'_>) -> Result<LegacyCase, db::Error> {
    Ok(LegacyCase {
        id: row.get(0)?,
        kind: row.get(1)?,
        state: row.word(2, "cases")?,
        legacy_account: row.get(3)?,
        other: row.get(4)?,
        source: row.get(5)?,
        reason: row.get(6)?,
        opened_at: row.moment(7)?,
        deadline: row.optional_moment(8)?,
        decision: row.get(9)?,
        decision_reason: row.get(10)?,
        proposed_by: row.get(11)?,
        decided_by: row.get(12)?,
        decided_at: row.optional_moment(13)?,
        into: row.get(14)?,
        link: row.get(15)?,
        appeal_of: row.get(16)?,
    })
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<CaseState>,
    pub reason: Option<String>,
    /// Only those whose deadline has passed.
    pub overdue: bool,
    /// Those behind this one.
    pub after: Option<Uuid>,
}

/// The cases of a source, the oldest first; a page of 200. Without a state, those that wait.
pub async fn list(
    read: &mut impl Read,
    visit: &Visit,
    source: Uuid,
    filter: &Filter,
) -> Result<Vec<LegacyCase>, Error> {
    let (one, other) = match filter.state {
        Some(state) => (state, state),
        None => (CaseState::Open, CaseState::Proposed),
    };
    let latest = if filter.overdue { visit.now } else { Moment::from_micros(i64::MAX) };
    Ok(read
        .all(
            concat!(
                "select ",
                columns!(),
                " where source = $1 and state in ($2, $3) and id > $4 and ($5 = '' or reason = $5)
                    and coalesce(deadline, 0) < $6 order by id limit 200"
            ),
            values![
                source,
                one.as_str(),
                other.as_str(),
                filter.after.unwrap_or_default(),
                filter.reason.as_deref().unwrap_or_default(),
                latest
            ],
            read_case,
        )
        .await?)
}

pub async fn find(read: &mut impl Read, id: Uuid) -> Result<Option<LegacyCase>, Error> {
    let sql = concat!("select ", columns!(), " where id = $1 and source is not null");
    Ok(read.optional(sql, values![id], read_case).await?)
}

/// A case that is to be opened.
pub struct Opening<'a> {
    pub kind: &'static str,
    pub legacy_account: Uuid,
    pub other: Option<Uuid>,
    pub source: Uuid,
    pub reason: &'a str,
    pub appeal_of: Option<Uuid>,
}

pub async fn open(tx: &mut Tx, keys: &DataKeys, visit: &Visit, opening: Opening<'_>) -> Result<Uuid, Error> {
    let id = visit.id();
    tx.execute(
        "insert into cases (id, kind, state, account, other, reason, opened_at, source, deadline, appeal_of)
         values ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            opening.kind,
            opening.legacy_account,
            opening.other,
            opening.reason,
            visit.now,
            opening.source,
            visit.now.plus(OPEN_DAYS),
            opening.appeal_of
        ],
    )
    .await?;
    let about = About { person: opening.other, client: None };
    audit::record(tx, keys, visit, Event::CaseOpened { case: id, kind: opening.kind }, about).await?;
    Ok(id)
}

/// What came of a decision.
#[derive(Clone, Debug)]
pub enum Decided {
    /// Another operator must confirm it.
    Proposed,
    Merged(Box<Link>),
    Rejected,
}

/// An operator's decision.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    pub decision: Decision,
    pub reason: &'a str,
    /// Whose it is, where the rules have found nobody: an account here.
    pub into: Option<Uuid>,
    /// Whether a decision that merges needs a second operator.
    pub two_operators: bool,
}

/// Decides a case, in the name of the visit's actor.
///
/// # Errors
/// [`Error::NoCase`], [`Error::CaseDecided`], [`Error::SameOperator`], [`Error::NoOwner`]: the rules have found
/// nobody, and nobody was named.
pub async fn decide(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    case: Uuid,
    deciding: Deciding<'_>,
) -> Result<Decided, Error> {
    let keys = ring.data();
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    let by = visit.actor.to_string();
    // That a link holds is no merger: it was there.
    let merges = deciding.decision == Decision::Merge && found.kind != DIFFERS;
    let needs_another = merges && deciding.two_operators;
    match found.state {
        CaseState::Decided | CaseState::Withdrawn => return Err(Error::CaseDecided),
        CaseState::Open if needs_another => {
            // Whether it could be done is looked at now: the second operator should not find out.
            if deciding.into.is_none() && owner_is_known(tx, &found).await?.is_none() {
                return Err(Error::NoOwner);
            }
            settle(tx, visit, &found, CaseState::Proposed, deciding, &by, None).await?;
            let event = Event::CaseProposed { case, decision: deciding.decision.as_str() };
            audit::record(tx, &keys, visit, event, About::default()).await?;
            return Ok(Decided::Proposed);
        }
        CaseState::Proposed if found.proposed_by.as_deref() == Some(&by) => return Err(Error::SameOperator),
        CaseState::Open | CaseState::Proposed => {}
    }
    let decided = match deciding.decision {
        _ if found.kind == DIFFERS => still(tx, &keys, visit, &found, deciding.decision).await?,
        Decision::Merge => {
            // Two operators confirm one thing.
            if found.state == CaseState::Proposed
                && deciding.into.is_some_and(|into| found.into != Some(into))
            {
                return Err(Error::Doubtful("ANOTHER_PROPOSED"));
            }
            let into = found.into.or(deciding.into);
            let linked = merge::link_decided(tx, ring, visit, policy, found.legacy_account, into).await?;
            Decided::Merged(Box::new(linked))
        }
        Decision::Reject => {
            turn(tx, found.legacy_account, &[State::Matched, State::Unmerged], State::Rejected).await?;
            Decided::Rejected
        }
    };
    let link = if let Decided::Merged(link) = &decided { Some(link.id) } else { None };
    settle(tx, visit, &found, CaseState::Decided, deciding, &by, link).await?;
    let event = Event::CaseDecided { case, decision: deciding.decision.as_str() };
    audit::record(tx, &keys, visit, event, About::default()).await?;
    Ok(decided)
}

/// Whether a link holds, although its account is another now.
async fn still(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: &LegacyCase,
    decision: Decision,
) -> Result<Decided, Error> {
    let linked = link::of_legacy_account(tx, keys, case.legacy_account).await?.ok_or(Error::NoLink)?;
    let same = "update legacy_account set differs = false where id = $1 and differs";
    if tx.execute(same, values![case.legacy_account]).await? == 0 {
        return Err(Error::Changed);
    }
    match decision {
        Decision::Merge => Ok(Decided::Merged(Box::new(linked))),
        Decision::Reject => {
            let because = Because { state: State::Unmerged, reason: "changed since" };
            let undone = undo::one_by_one(tx, keys, visit, vec![linked], because).await?;
            if undone.links == 1 { Ok(Decided::Rejected) } else { Err(Error::Changed) }
        }
    }
}

async fn owner_is_known(tx: &mut Tx, case: &LegacyCase) -> Result<Option<()>, Error> {
    Ok(tx
        .optional(
            "select 1 from legacy_account where id = $1 and target is not null",
            values![case.legacy_account],
            |_| Ok(()),
        )
        .await?)
}

async fn settle(
    tx: &mut Tx,
    visit: &Visit,
    case: &LegacyCase,
    state: CaseState,
    deciding: Deciding<'_>,
    by: &str,
    link: Option<Uuid>,
) -> Result<(), Error> {
    let decided_by = (state == CaseState::Decided).then_some(by);
    let proposed_by = if state == CaseState::Proposed { Some(by) } else { case.proposed_by.as_deref() };
    let settled = tx
        .execute(
            "update cases set state = $3, decision = $4, decision_reason = $5, proposed_by = $6, decided_by = $7,
                    decided_at = $8, link = $9, into_account = coalesce($10, into_account)
             where id = $1 and state = $2",
            values![
                case.id,
                case.state.as_str(),
                state.as_str(),
                deciding.decision.as_str(),
                deciding.reason,
                proposed_by,
                decided_by,
                decided_by.map(|_| visit.now),
                link,
                deciding.into
            ],
        )
        .await?;
    if settled == 1 { Ok(()) } else { Err(Error::Changed) }
}

async fn turn(tx: &mut Tx, legacy_account: Uuid, from: &[State; 2], to: State) -> Result<(), Error> {
    let [one, other] = from;
    let turned = tx
        .execute(
            "update legacy_account set state = $4 where id = $1 and state in ($2, $3)",
            values![legacy_account, one.as_str(), other.as_str(), to.as_str()],
        )
        .await?;
    if turned == 1 { Ok(()) } else { Err(Error::Changed) }
}

/// The account that an operator has named, if accounts can be linked to it.
pub(super) async fn account_to_link_to(tx: &mut Tx, account: Uuid) -> Result<Owner, Error> {
    let person = tx
        .optional("select state from person where id = $1", values![account], |row| {
            row.word::<PersonState>(0, "person")
        })
        .await?;
    if let Some(state) = person {
        return match state {
            PersonState::Active | PersonState::Unclaimed => {
                Ok(Owner { account, kind: AccountKind::Person, made: false })
            }
            PersonState::Held | PersonState::Closed => Err(Error::Doubtful("ACCOUNT_HELD")),
        };
    }
    let organization = "select 1 from organization where id = $1";
    match tx.optional(organization, values![account], |_| Ok(())).await? {
        Some(()) => Ok(Owner { account, kind: AccountKind::Organization, made: false }),
        None => Err(Error::NoOwner),
    }
}

/// Takes a decision back: what it has linked goes, and the case waits again.
///
/// # Errors
/// [`Error::NoCase`], [`Error::CaseOpen`], and [`Error::Changed`] where the account was touched since.
pub async fn undo(tx: &mut Tx, keys: &DataKeys, visit: &Visit, case: Uuid) -> Result<Undone, Error> {
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    // What such a decision ends is not begun again by taking it back.
    if found.state != CaseState::Decided || found.kind == DIFFERS {
        return Err(Error::CaseOpen);
    }
    let before = if found.kind == REVIEW { State::Matched } else { State::Unmerged };
    let undone = match found.link {
        Some(link) => {
            let linked = link::find(tx, keys, link).await?.ok_or(Error::NoLink)?;
            if linked.state == link::LinkState::Unlinked {
                return Err(Error::Undone);
            }
            let because = Because { state: before, reason: "case undone" };
            undo::one_by_one(tx, keys, visit, vec![linked], because).await?
        }
        None => {
            turn(tx, found.legacy_account, &[State::Rejected, State::Rejected], before).await?;
            Undone::default()
        }
    };
    if !undone.refused.is_empty() {
        return Err(Error::Changed);
    }
    let opened = tx
        .execute(
            "update cases set state = 'open', decision = null, decision_reason = null, proposed_by = null,
                    decided_by = null, decided_at = null, into_account = null, link = null
             where id = $1 and state = 'decided'",
            values![case],
        )
        .await?;
    if opened == 0 {
        return Err(Error::Changed);
    }
    let event = Event::CaseDecided { case, decision: "undone" };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(undone)
}

/// A citizen appeals against a rejection: a new case, which names the old one.
///
/// # Errors
/// [`Error::NoCase`]; [`Error::CaseOpen`]: there is no rejection to appeal against.
pub async fn appeal(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: Uuid,
    person: Uuid,
) -> Result<Uuid, Error> {
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    if found.state != CaseState::Decided || found.decision.as_deref() != Some(Decision::Reject.as_str()) {
        return Err(Error::CaseOpen);
    }
    turn(tx, found.legacy_account, &[State::Rejected, State::Rejected], State::Unmerged).await?;
    let opening = Opening {
        kind: NOT_MINE,
        legacy_account: found.legacy_account,
        other: Some(person),
        source: found.source,
        reason: "APPEAL",
        appeal_of: Some(found.id),
    };
    open(tx, keys, visit, opening).await
}
