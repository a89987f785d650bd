//! The operators' room for cases: the queue.

use jiff::civil::Date;

use super::case_words::{kind_key, reason_key, state_key};
use super::{Fault, Frame};
use crate::legacy::cases::CaseState;

page!(ConsoleCases, "console_cases.html");

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

impl Label {
    pub fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Words(key) => frame.t(key).into_owned(),
            Self::Text(text) => text.clone(),
        }
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
        !self.is_own && !self.is_of_accounts && self.state.waits()
    }
}
