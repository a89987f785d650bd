//! Sign-in by a phone that reads this screen's code.

use jiff::civil::DateTime;

use super::qr::Picture;
use super::{Fault, Frame};

page!(ScanCode, "scan_code.html");
page!(ConfirmScan, "scan_confirm.html");

/// The screen's side.
pub struct ScanCode {
    pub state: ScanState,
    /// What the phone will ask for.
    pub number: Option<u8>,
    /// Where there is a fresh code.
    pub again: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanState {
    /// Waits for a phone. `code` is the address that the picture says.
    Shown {
        code: String,
    },
    /// Somebody is asked on their phone.
    Opened,
    Denied,
    Over,
}

impl ScanCode {
    pub const fn title(&self) -> &'static str {
        match self.state {
            ScanState::Shown { .. } => "scan-title",
            ScanState::Opened => "scan-opened",
            ScanState::Denied => "scan-denied",
            ScanState::Over => "scan-over",
        }
    }

    pub const fn text(&self) -> &'static str {
        match self.state {
            ScanState::Shown { .. } => "scan-text",
            ScanState::Opened => "scan-opened-do",
            ScanState::Denied => "scan-denied-do",
            ScanState::Over => "scan-over-do",
        }
    }

    /// Whether the page asks again by itself.
    pub const fn waits(&self) -> bool {
        matches!(self.state, ScanState::Shown { .. } | ScanState::Opened)
    }

    pub fn picture(&self) -> Option<Picture> {
        match &self.state {
            ScanState::Shown { code } => Picture::of(code),
            _ => None,
        }
    }
}

/// The phone's side: form `scan-confirm`: radio `match`, buttons `#allow` and `#deny`, `name="decision"`.
pub struct ConfirmScan {
    pub action: String,
    /// `Chrome · Windows`; empty: it did not say.
    pub device: String,
    /// `203.0.113.*`.
    pub network: String,
    /// Where the person goes on to there.
    pub service: Option<String>,
    /// In the province's time zone.
    pub asked: DateTime,
    pub choices: Vec<u8>,
    /// What was chosen before the person proved who they are.
    pub chosen: Option<u8>,
    pub faults: Vec<Fault>,
}

impl ConfirmScan {
    /// What is said in the largest type.
    pub fn place(&self, frame: &Frame) -> String {
        if self.device.is_empty() {
            frame.t("session-device-unknown").into_owned()
        } else {
            self.device.clone()
        }
    }

    pub fn is_chosen(&self, number: &u8) -> bool {
        self.chosen.as_ref() == Some(number)
    }
}

/// What has become of a code, on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanDone {
    Allowed,
    Denied,
    /// Not the number that the screen shows: perhaps it was another's.
    WrongNumber,
    /// It was too late, or it was answered before.
    Over,
    /// Somebody else has opened it.
    Taken,
}

page!(ScanDone, "scan_done.html");

impl ScanDone {
    pub const ALL: [ScanDone; 5] = [Self::Allowed, Self::Denied, Self::WrongNumber, Self::Over, Self::Taken];

    /// Also the stable code, where it is not what the person wanted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::WrongNumber => "wrong_number",
            Self::Over => "request_over",
            Self::Taken => "request_taken",
        }
    }

    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Allowed => ("scan-done-allowed", "scan-done-allowed-do"),
            Self::Denied => ("scan-done-denied", "scan-done-denied-do"),
            Self::WrongNumber => ("scan-done-wrong-number", "scan-done-wrong-number-do"),
            Self::Over => ("scan-over", "scan-done-over-do"),
            Self::Taken => ("scan-done-taken", "scan-done-taken-do"),
        }
    }

    pub const fn title(self) -> &'static str {
        self.keys().0
    }

    pub const fn advice(self) -> &'static str {
        self.keys().1
    }

    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::Allowed | Self::Denied => None,
            other => Some(other.as_str()),
        }
    }
}

impl std::str::FromStr for ScanDone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|done| done.as_str() == text).ok_or(())
    }
}
