//! What waits for an answer.

use jiff::civil::{Date, DateTime};

use super::Frame;
use crate::ask::elsewhere::Outcome;

page!(Approvals, "approvals.html");
page!(Answered, "answered.html");

pub struct Approvals {
    pub rows: Vec<ApprovalRow>,
    /// Form `unblock-<n>`: field `client`.
    pub blocked: Vec<BlockedRow>,
}

/// A request of another screen.
pub struct ApprovalRow {
    /// Where it is answered.
    pub address: String,
    pub service: String,
    /// Where it was enrolled; `None`: the client is at no terminal.
    pub place: Option<String>,
    pub matter: Option<String>,
    /// In the province's time zone.
    pub until: DateTime,
}

/// Whom the person does not want to be asked by.
pub struct BlockedRow {
    pub client: String,
    pub service: String,
    pub until: Date,
}

/// What the person answered. Form `answered`: a button each ends what still goes on (`end` has its handle).
pub struct Answered {
    pub rows: Vec<AnsweredRow>,
    /// Where the earlier ones are.
    pub older: Option<String>,
}

pub struct AnsweredRow {
    pub service: String,
    /// Where it was asked; `None`: the client is at no terminal.
    pub place: Option<String>,
    pub matter: Option<String>,
    /// Keys of words.
    pub fields: Vec<&'static str>,
    pub outcome: Outcome,
    /// In the province's time zone.
    pub at: DateTime,
    /// What names the session that came of it, where that goes on.
    pub handle: Option<String>,
}

impl AnsweredRow {
    pub fn title(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.service)
    }

    pub fn allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }

    pub const fn outcome_key(&self) -> &'static str {
        match self.outcome {
            Outcome::Allowed => "request-allowed",
            Outcome::Denied => "request-denied",
            Outcome::WrongNumber => "answered-wrong-number",
            Outcome::Unproven => "answered-unproven",
        }
    }

    pub fn fields(&self, frame: &Frame) -> String {
        super::fields_words(frame, &self.fields)
    }
}

impl ApprovalRow {
    pub fn title(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.service)
    }

    pub fn until(&self) -> String {
        format!("{:02}:{:02}", self.until.hour(), self.until.minute())
    }
}
