//! The operators' rooms for cases: the queue, and one case side by side.

use jiff::civil::{Date, DateTime};

use super::{Fault, Frame};
use crate::base::TrustLevel;
use crate::identity::CaseKind;
use crate::legacy::cases::{CaseState, Decision, Due};
use crate::legacy::{SubjectKind, cases};

page!(ConsoleCases, "console_cases.html");
page!(ConsoleCase, "console_case.html");
page!(ConsoleAccountCase, "console_account_case.html");

/// The queue. Form `cases`: a box `case-ID` a row, field `reason`, buttons `decision` (`merge`, `reject`).
pub struct ConsoleCases {
    pub filters: Vec<FilterGroup>,
    pub rows: Vec<CaseRow>,
    /// The page behind this one.
    pub next: Option<String>,
    /// What has just come of many.
    pub outcomes: Vec<Outcome>,
    pub two_operators: bool,
    pub reason: String,
    pub faults: Vec<Fault>,
}

/// One way to narrow the queue.
pub struct FilterGroup {
    pub key: &'static str,
    pub choices: Vec<Choice>,
}

pub struct Choice {
    pub label: Label,
    pub address: String,
    pub is_current: bool,
    pub count: Option<u64>,
}

pub enum Label {
    Words(&'static str),
    Text(String),
}

pub struct CaseRow {
    pub id: String,
    pub state: CaseState,
    pub kind: String,
    pub reason: String,
    pub source: String,
    /// Masked, as the old system has them.
    pub name: String,
    pub number: String,
    pub deadline: Option<Date>,
    pub is_overdue: bool,
    /// Who looks has proposed it: it waits for another operator.
    pub is_own: bool,
    /// It is about accounts here, and decided by itself.
    pub is_of_accounts: bool,
}

/// What came of one of many.
pub struct Outcome {
    pub id: String,
    pub key: &'static str,
    pub is_good: bool,
}

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

pub const fn account_kind_key(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Displaced => "case-kind-displaced",
        CaseKind::SharedNumber => "case-kind-shared-number",
    }
}

/// The code by which the queue says what such a case is about.
pub const fn account_reason(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Displaced => "DISPLACED",
        CaseKind::SharedNumber => "SHARED_NUMBER",
    }
}

fn here_key(state: &str) -> &'static str {
    match state {
        "unclaimed" => "here-unclaimed",
        "held" => "here-held",
        "closed" => "here-closed",
        "active" => "here-active",
        _ => "here-inactive",
    }
}

impl Label {
    pub fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Words(key) => frame.t(key).into_owned(),
            Self::Text(text) => text.clone(),
        }
    }
}

pub const fn state_key(state: CaseState) -> &'static str {
    match state {
        CaseState::Open => "case-open",
        CaseState::Proposed => "case-proposed",
        CaseState::Decided => "case-decided",
        CaseState::Withdrawn => "case-withdrawn",
    }
}

pub fn kind_key(kind: &str) -> &'static str {
    if let Ok(kind) = kind.parse::<CaseKind>() {
        return account_kind_key(kind);
    }
    match kind {
        cases::DIFFERS => "case-kind-differs",
        cases::NOT_MINE => "case-kind-not-mine",
        _ => "case-kind-review",
    }
}

pub const fn due_key(due: Due) -> &'static str {
    match due {
        Due::Any => "case-due-any",
        Due::Soon => "case-due-soon",
        Due::Overdue => "case-due-overdue",
    }
}

/// What a code of the rules, or of the import, means.
pub fn reason_key(code: &str) -> &'static str {
    match code {
        "NUMBER_AND_NAME" => "reason-number-and-name",
        "FORMER_NAME" => "reason-former-name",
        "CHANGED_NUMBER" => "reason-changed-number",
        "ID15" => "reason-id15",
        "OTHER_KEY" => "reason-other-key",
        "NAME_MISMATCH" => "reason-name-mismatch",
        "AMBIGUOUS" => "reason-ambiguous",
        "REGISTER_STATUS" => "reason-register-status",
        "NAME_PRIVATE_USE" => "reason-name-private-use",
        "ID15_NO_RECORD" => "reason-id15-no-record",
        "NUMBER_OF_OTHER_KIND" | "DOCUMENT_KIND" => "reason-number-kind",
        "NO_RECORD" => "reason-no-record",
        "DECEASED" => "reason-deceased",
        "EMPTY" => "reason-empty",
        "MASKED" => "reason-masked",
        "CHECKSUM" => "reason-checksum",
        "OWNER_NUMBER" => "reason-owner-number",
        "ACCOUNT_UNPROVEN" => "reason-account-unproven",
        "ACCOUNT_HELD" => "reason-account-held",
        "EVIDENCE_BROKEN" => "reason-evidence-broken",
        "CHANGED_SINCE" => "reason-changed-since",
        "NOT_MINE" => "reason-not-mine",
        "APPEAL" => "reason-appeal",
        "DISPLACED" => "reason-displaced",
        "SHARED_NUMBER" => "reason-shared-number",
        "OK" | "NORMALIZED" | "CONVERTED" => "reason-good-number",
        "REVOKED" | "DEREGISTERED" | "SUSPENDED" | "FORMING" | "MOVED_AWAY" => "reason-entity",
        excel if excel.starts_with("EXCEL") => "reason-excel",
        _ => "reason-other",
    }
}

impl ConsoleCases {
    /// Whether there is one that may be chosen.
    pub fn can_decide_many(&self) -> bool {
        self.rows.iter().any(CaseRow::can_be_chosen)
    }
}

impl CaseRow {
    pub fn reason_words(&self) -> &'static str {
        reason_key(&self.reason)
    }

    pub fn kind_words(&self) -> &'static str {
        kind_key(&self.kind)
    }

    pub fn state_words(&self) -> &'static str {
        state_key(self.state)
    }

    /// Whether a decision of many may have it.
    pub fn can_be_chosen(&self) -> bool {
        !self.is_own && !self.is_of_accounts && matches!(self.state, CaseState::Open | CaseState::Proposed)
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

/// What came of a decision, as the queue says it.
pub const fn outcome_key(decided: &cases::Decided) -> &'static str {
    match decided {
        cases::Decided::Proposed => "outcome-proposed",
        cases::Decided::Merged(_) => "outcome-merged",
        cases::Decided::Rejected => "outcome-rejected",
    }
}

/// The decision of a case that is settled. `claimed`: by the citizen, without an operator.
pub fn settled_key(state: CaseState, decision: Option<&str>, differs: bool, claimed: bool) -> &'static str {
    if claimed {
        return "settled-claimed";
    }
    let merged = decision == Some(Decision::Merge.as_str());
    match (state, merged, differs) {
        (CaseState::Withdrawn, ..) => "settled-withdrawn",
        (_, true, true) => "settled-held",
        (_, true, false) => "settled-merged",
        (_, false, true) => "settled-unlinked",
        (_, false, false) => "settled-rejected",
    }
}

/// Why one of many was left as it is.
pub const fn refusal_key(fault: Fault) -> &'static str {
    match fault {
        Fault::CaseSameOperator => "outcome-same-operator",
        Fault::CaseNoOwner => "outcome-no-owner",
        Fault::CaseOwnMatter => "outcome-own-matter",
        Fault::CaseDoubtful => "outcome-doubtful",
        _ => "outcome-over",
    }
}
