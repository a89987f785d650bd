//! The operators' room for one case: both sides beside each other, of an account of an old system or of accounts here.

use jiff::civil::{Date, DateTime};

use super::Fault;
use super::case_words::{here_key, kind_key, reason_key, state_key};
use crate::base::TrustLevel;
use crate::legacy::cases::CaseState;
use crate::legacy::{SubjectKind, cases};

page!(ConsoleCase, "console_case.html");
page!(ConsoleAccountCase, "console_account_case.html");

/// A case. Forms `case-decide` (fields `reason`, `number`; buttons `decision`), `case-reveal` (`reason`), `case-undo`.
pub struct ConsoleCase {
    pub id: String,
    pub source: String,
    pub kind: String,
    pub reason_code: String,
    pub state: CaseState,
    pub subject: SubjectKind,
    pub opened: Date,
    pub deadline: Option<Date>,
    pub is_overdue: bool,
    pub lines: Vec<Line>,
    /// Whether a register knows whom the rules thought of.
    pub has_register: bool,
    /// Not masked.
    pub is_whole: bool,
    pub evidence: Evidence,
    pub here: Option<HereRow>,
    pub siblings: Vec<SiblingRow>,
    /// What the citizen says who appeals.
    pub statement: Option<String>,
    /// The decision that is appealed against: case, reason, day.
    pub appeal_of: Option<(String, String, Option<Date>)>,
    pub proposal: Option<Proposal>,
    pub settled: Option<Settled>,
    pub standing: Standing,
    /// The rules know nobody: who merges names the account by its number.
    pub wants_number: bool,
    pub two_operators: bool,
    /// What was typed before.
    pub reason: String,
    pub number: String,
    pub faults: Vec<Fault>,
}

/// What who looks can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Decide,
    /// Another operator has proposed it.
    Confirm,
    /// It is their own proposal.
    Waits,
    Settled {
        may_undo: bool,
    },
}

/// One thing that both sides say.
pub struct Line {
    pub key: &'static str,
    pub old: String,
    pub register: String,
    /// Whether they are the same; none where only one says it.
    pub same: Option<bool>,
}

/// What the rules went by.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct Evidence {
    pub via: Option<String>,
    pub name: Option<String>,
    pub register: Option<String>,
    pub fifteen: bool,
    /// The platform was asked; else an extract was read.
    pub asked: bool,
    pub candidates: u64,
    pub as_of: Option<String>,
}

/// The account here.
pub struct HereRow {
    pub name: String,
    pub number: String,
    pub trust: Option<TrustLevel>,
    pub state: &'static str,
    /// An operator has named it.
    pub is_named: bool,
}

pub struct SiblingRow {
    pub source: String,
    pub state: &'static str,
    pub accounts: u64,
}

pub struct Proposal {
    pub by: String,
    pub reason: String,
}

pub struct Settled {
    pub key: &'static str,
    pub by: String,
    pub at: Option<DateTime>,
    pub reason: String,
    pub batch: Option<String>,
}

/// A case about accounts here. Forms `case-decide` (field `reason`; buttons `decision`: `stands`, `hold`) and `case-reveal`
/// (`why`).
pub struct ConsoleAccountCase {
    pub id: String,
    pub kind: &'static str,
    /// Two persons of one number; else better proof has displaced an account.
    pub is_shared: bool,
    pub state: CaseState,
    pub opened: Date,
    pub deadline: Option<Date>,
    pub is_overdue: bool,
    /// The account that it is about, and the other one.
    pub account: AccountRow,
    pub other: Option<AccountRow>,
    pub is_whole: bool,
    pub settled: Option<Settled>,
    pub reason: String,
    pub faults: Vec<Fault>,
}

/// An account here, masked unless somebody said why.
pub struct AccountRow {
    pub id: String,
    pub name: String,
    pub number: String,
    pub state: &'static str,
    /// Of one in use.
    pub level: Option<u64>,
    /// How, which level that gave, when.
    pub evidence: Vec<(String, u64, Date)>,
}

impl ConsoleAccountCase {
    pub fn state_words(&self) -> &'static str {
        state_key(self.state)
    }

    pub fn is_open(&self) -> bool {
        self.state == CaseState::Open
    }
}

impl AccountRow {
    pub fn state_words(&self) -> &'static str {
        here_key(self.state)
    }
}

impl ConsoleCase {
    pub fn reason_words(&self) -> &'static str {
        reason_key(&self.reason_code)
    }

    pub fn kind_words(&self) -> &'static str {
        kind_key(&self.kind)
    }

    pub fn state_words(&self) -> &'static str {
        state_key(self.state)
    }

    pub fn differs(&self) -> bool {
        self.kind == cases::DIFFERS
    }

    pub fn is_organization(&self) -> bool {
        self.subject == SubjectKind::Organization
    }

    pub fn may_decide(&self) -> bool {
        matches!(self.standing, Standing::Decide | Standing::Confirm)
    }

    pub fn confirms(&self) -> bool {
        self.standing == Standing::Confirm
    }

    pub fn waits(&self) -> bool {
        self.standing == Standing::Waits
    }

    pub fn may_undo(&self) -> bool {
        self.standing == Standing::Settled { may_undo: true }
    }

    /// What the button says that merges.
    pub fn merge_words(&self) -> &'static str {
        match (self.differs(), self.standing, self.two_operators) {
            (true, ..) => "case-do-hold",
            (_, Standing::Confirm, _) => "case-do-confirm",
            (.., true) => "case-do-propose",
            (.., false) => "case-do-merge",
        }
    }

    pub fn reject_words(&self) -> &'static str {
        if self.differs() { "case-do-unlink" } else { "case-do-reject" }
    }
}

impl Line {
    pub const fn same_words(&self) -> &'static str {
        match self.same {
            Some(true) => "case-same",
            Some(false) => "case-differs",
            None => "case-alone",
        }
    }
}

impl Evidence {
    pub fn via_words(&self) -> Option<&'static str> {
        Some(match self.via.as_deref()? {
            "changed-number" => "evidence-changed-number",
            "other-key" => "evidence-other-key",
            _ => "evidence-number",
        })
    }

    pub fn name_words(&self) -> Option<&'static str> {
        Some(match self.name.as_deref()? {
            "equal" => "evidence-name-equal",
            "former" => "evidence-name-former",
            _ => "evidence-name-differs",
        })
    }

    pub fn register_words(&self) -> Option<&'static str> {
        Some(match self.register.as_deref()? {
            "valid" | "active" => "evidence-valid",
            "deceased" => "evidence-deceased",
            _ => "evidence-not-valid",
        })
    }
}

impl HereRow {
    pub fn state_words(&self) -> &'static str {
        here_key(self.state)
    }

    pub fn level(&self) -> Option<u64> {
        self.trust.map(|trust| trust as u64)
    }
}
