//! Registration, one question a page. What was learnt so far stays with the server; each form carries its
//! handle as the hidden field `registration`, so that two tabs do not disturb each other.

use std::time::Duration;

use super::Fault;
use crate::base::number::NumberKind;

page!(AskPhone, "register_phone.html");
page!(AskCode, "register_code.html");
page!(AskName, "register_name.html");
page!(AskPassword, "register_password.html");
page!(Refused, "register_refused.html");
page!(Registered, "registered.html");

/// Step 1. Form `register-phone`: field `phone`.
pub struct AskPhone {
    pub phone: String,
    pub faults: Vec<Fault>,
}

/// Step 2. Form `register-code`: field `code`; form `register-resend` asks for another.
pub struct AskCode {
    pub registration: String,
    /// Masked.
    pub phone: String,
    /// How long the code counts.
    pub valid_for: Duration,
    /// How long until another code may be asked for; `None`: now.
    pub resend_after: Option<Duration>,
    pub faults: Vec<Fault>,
}

/// Step 3. Form `register-name`: fields `name`, `document` (a kind of number), `country` (for a passport),
/// `number`.
pub struct AskName {
    pub registration: String,
    pub name: String,
    pub document: NumberKind,
    pub country: String,
    pub number: String,
    pub faults: Vec<Fault>,
}

/// Step 4. Form `register-password`: field `password`, and `again` only from a browser without script, which
/// cannot show what was typed: when it is sent it must equal `password`.
pub struct AskPassword {
    pub registration: String,
    /// The fewest characters a password has.
    pub shortest: u32,
    pub faults: Vec<Fault>,
}

/// The one answer for mismatch, no record and already registered. What differs went to the phone by SMS.
pub struct Refused {
    /// Masked.
    pub phone: String,
    /// When the counters are open, as the operator words it.
    pub counter_hours: Option<String>,
}

/// The account stands. `next` is where the person goes on: back to the Ask, or home.
pub struct Registered {
    pub next: String,
}

impl AskName {
    /// The documents a person may register with, the commonest first, and the words of each.
    pub const DOCUMENTS: [(NumberKind, &'static str); 5] = [
        (NumberKind::CitizenId, "document-citizen-id"),
        (NumberKind::HmPermit, "document-hm-permit"),
        (NumberKind::TwPermit, "document-tw-permit"),
        (NumberKind::ForeignPr, "document-foreign-pr"),
        (NumberKind::Passport, "document-passport"),
    ];
}

impl AskCode {
    pub fn minutes(&self) -> u64 {
        self.valid_for.as_secs().div_ceil(60)
    }
}
