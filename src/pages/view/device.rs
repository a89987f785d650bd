//! Another screen asks, and the person answers here.

use std::time::Duration;

use jiff::civil::DateTime;

use super::Frame;
use super::fault::Fault;
use crate::ask::elsewhere::Outcome;
use crate::base::Channel;

page!(AskUserCode, "device.html");
page!(ConfirmRequest, "device_confirm.html");
page!(RequestDone, "device_done.html");

/// Which code does the other screen show? Form `device`: field `user_code`.
pub struct AskUserCode {
    pub typed: String,
    pub faults: Vec<Fault>,
}

/// Is it yours, and may it? Form `device-confirm`: radio `match` where there is a number to compare, buttons
/// `#allow` and `#deny`, `name="decision"`.
pub struct ConfirmRequest {
    /// Who asks.
    pub service: String,
    pub department: Option<String>,
    /// Where it was enrolled; `None`: the client is at no terminal.
    pub place: Option<String>,
    pub channel: Channel,
    pub matter: Option<String>,
    /// What the other screen says beside.
    pub message: Option<String>,
    /// Keys of words.
    pub fields: Vec<&'static str>,
    /// How long it may act for the person.
    pub life: Duration,
    /// Until when it can be answered, in the province's time zone.
    pub until: DateTime,
    /// The code that the other screen must show.
    pub code: Option<String>,
    /// The service named the person: they can say that they do not want that. Button `#block`.
    pub may_block: bool,
    /// The numbers to choose from.
    pub choices: Vec<u8>,
    pub faults: Vec<Fault>,
}

impl ConfirmRequest {
    /// What is said in the largest type.
    pub fn place(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.service)
    }

    pub const fn from_key(&self) -> &'static str {
        match self.channel {
            Channel::Kiosk => "confirm-from-kiosk",
            Channel::Counter => "confirm-from-counter",
            Channel::Hall | Channel::Mobile | Channel::System => "confirm-from-other",
        }
    }

    pub fn until(&self) -> String {
        format!("{:02}:{:02}", self.until.hour(), self.until.minute())
    }

    pub fn fields(&self, frame: &Frame) -> String {
        super::fields_words(frame, &self.fields)
    }
}

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Answered(Outcome),
    /// It was too late, or it was answered before.
    Over,
    /// Somebody else has opened it.
    Taken,
}

pub struct RequestDone {
    pub done: Done,
}

impl RequestDone {
    pub const ALL: [Done; 6] = [
        Done::Answered(Outcome::Allowed),
        Done::Answered(Outcome::Denied),
        Done::Answered(Outcome::WrongNumber),
        Done::Answered(Outcome::Unproven),
        Done::Over,
        Done::Taken,
    ];

    const fn keys(&self) -> (&'static str, &'static str) {
        match self.done {
            Done::Answered(Outcome::Allowed) => ("request-allowed", "request-allowed-do"),
            Done::Answered(Outcome::Denied) => ("request-denied", "request-denied-do"),
            Done::Answered(Outcome::WrongNumber) => ("request-wrong-number", "request-wrong-number-do"),
            Done::Answered(Outcome::Unproven) => ("request-unproven", "request-unproven-do"),
            Done::Over => ("request-over", "request-over-do"),
            Done::Taken => ("request-taken", "request-taken-do"),
        }
    }

    pub const fn title(&self) -> &'static str {
        self.keys().0
    }

    pub const fn advice(&self) -> &'static str {
        self.keys().1
    }

    /// The stable code, where nothing was granted against the person's will.
    pub const fn code(&self) -> Option<&'static str> {
        match self.done {
            Done::Answered(Outcome::Allowed | Outcome::Denied) => None,
            Done::Answered(outcome) => Some(outcome.as_str()),
            Done::Over => Some("request_over"),
            Done::Taken => Some("request_taken"),
        }
    }

    pub fn allowed(&self) -> bool {
        self.done == Done::Answered(Outcome::Allowed)
    }
}
