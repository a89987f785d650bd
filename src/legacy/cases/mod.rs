//! Cases about legacy accounts: what the rules leave to a person. They stand in the table of all cases; `account` is
//! the legacy account. A decision that merges needs two operators where the policy says so: the first proposes, another
//! one confirms.

mod accounts;
mod appeal;
mod claimed;
mod decide;
mod queue;

use serde_json::json;
use uuid::Uuid;

use super::{Error, Sides};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Read, Row, Tx, values};

pub use crate::identity::{CaseState, Due, OPEN_DAYS};
pub use accounts::{AccountSide, account_sides, decide_account, told_of_accounts};
pub use appeal::{Concern, appeal, concerns};
pub use claimed::{CLAIMED, claim};
pub(super) use decide::account_to_link_to;
pub use decide::{Decided, Deciding, decide, undo};
pub use queue::{AnyCase, Filter, Waiting, find_any, list, list_all, overdue, raise, waiting};

/// The rules could not tell whose the account is.
pub const REVIEW: &str = "legacy-review";
/// A later import brought another number or name for an account that is linked. To merge means that the link holds, to
/// reject that it goes.
pub const DIFFERS: &str = "legacy-differs";
/// The owner of the account here has said that it is not theirs.
pub const NOT_MINE: &str = "legacy-not-mine";

words! {
    Decision {
        Merge = "merge",
        Reject = "reject",
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
    /// What a citizen has said of it, sealed: [`LegacyCase::statement`].
    statement: Option<Vec<u8>>,
}

macro_rules! columns {
    () => {
        "id, kind, state, account, other, source, reason, opened_at, deadline, decision, decision_reason,
         proposed_by, decided_by, decided_at, into_account, link, appeal_of, statement from cases"
    };
}
use columns;

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
        statement: row.get(17)?,
    })
}

impl LegacyCase {
    /// What the citizen says who appeals.
    pub fn statement(&self, keys: &DataKeys) -> Result<Option<String>, Error> {
        let Some(sealed) = &self.statement else { return Ok(None) };
        Ok(Some(keys.decrypt(statement(&self.id), sealed)?.to_string()))
    }

    /// Whether its time is over and nobody has decided.
    pub fn is_overdue(&self, now: Moment) -> bool {
        self.state.is_overdue(self.deadline, now)
    }
}

/// A case with both its sides, as commands and programs are told of it.
pub fn told(case: &LegacyCase, both: &Sides) -> serde_json::Value {
    json!({
        "case_id": case.id, "kind": case.kind, "state": case.state, "reason": case.reason,
        "source_id": case.source, "opened_at": case.opened_at.timestamp().to_string(),
        "deadline": case.deadline.map(|deadline| deadline.day().to_string()).unwrap_or_default(),
        "legacy_account": case.legacy_account, "account_id": case.other, "into": case.into,
        "proposed_by": case.proposed_by, "decision": case.decision,
        "decision_reason": case.decision_reason, "decided_by": case.decided_by,
        "link_id": case.link, "appeal_of": case.appeal_of, "sides": both,
    })
}

fn statement(case: &Uuid) -> Place<'_> {
    Place { table: "cases", column: "statement", row: case.as_bytes() }
}

/// The longest reason that is kept, in characters.
pub const LONGEST_REASON: usize = 500;

/// A reason as it may stand beside a decision, in clear: one line, and no number of anybody.
///
/// # Errors
/// [`Error::NoReason`], [`Error::NumberInReason`].
pub fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_REASON || text.chars().any(char::is_control) {
        return Err(Error::NoReason);
    }
    // A phone number has eleven digits, every official number more of them or as many.
    let mut digits = 0;
    for c in text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{3000}')) {
        digits = if c.is_numeric() { digits + 1 } else { 0 };
        if digits >= 11 {
            return Err(Error::NumberInReason);
        }
    }
    Ok(text)
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
    /// What a citizen says of it.
    pub statement: Option<&'a str>,
}

pub async fn open(tx: &mut Tx, keys: &DataKeys, visit: &Visit, opening: Opening<'_>) -> Result<Uuid, Error> {
    let id = visit.id();
    let said = opening.statement.map(|text| keys.encrypt(&visit.chance, statement(&id), text)).transpose()?;
    tx.execute(
        "insert into cases (id, kind, state, account, other, reason, opened_at, source, deadline, appeal_of, statement)
         values ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            id,
            opening.kind,
            opening.legacy_account,
            opening.other,
            opening.reason,
            visit.now,
            opening.source,
            visit.now.plus(OPEN_DAYS),
            opening.appeal_of,
            said.as_ref()
        ],
    )
    .await?;
    let about = About { person: opening.other, client: None };
    audit::record(tx, keys, visit, Event::CaseOpened { case: id, kind: opening.kind }, about).await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_why_and_names_nobody() {
        assert_eq!(reason(" 户口簿第 17 页，更名 ").unwrap(), "户口簿第 17 页，更名");
        assert_eq!(reason("file 2026-000123 of 2026-11-25").unwrap(), "file 2026-000123 of 2026-11-25");
        for none in ["", "  ", "two\nlines"] {
            assert!(matches!(reason(none), Err(Error::NoReason)), "{none:?}");
        }
        assert!(matches!(reason(&"字".repeat(LONGEST_REASON + 1)), Err(Error::NoReason)));
        for number in ["是 440106199003070124 本人", "phone 138 0013 8000", "１３８００１３８０００"]
        {
            assert!(matches!(reason(number), Err(Error::NumberInReason)), "{number:?}");
        }
    }
}
