//! What waits for an answer.

use jiff::civil::{Date, DateTime};

page!(Approvals, "approvals.html");

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

impl ApprovalRow {
    pub fn title(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.service)
    }

    pub fn until(&self) -> String {
        format!("{:02}:{:02}", self.until.hour(), self.until.minute())
    }
}
