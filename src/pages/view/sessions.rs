//! The sessions of a person, as they see them.

use jiff::civil::DateTime;

use super::Frame;
use crate::base::Channel;

page!(Sessions, "sessions.html");

/// Form `sessions`: a button each ends one (`end` has its handle), one more ends all others (`end` is
/// `others`).
pub struct Sessions {
    pub sessions: Vec<SessionRow>,
    pub apps: Vec<AppRow>,
    /// Machines in public places where the person was signed in.
    pub terminals: Vec<TerminalRow>,
    /// How many have just been ended here.
    pub ended: Option<u64>,
}

/// An app in which the person stays signed in.
pub struct AppRow {
    /// What names it in the form.
    pub handle: String,
    pub name: String,
    /// In the province's time zone.
    pub since: DateTime,
}

/// A visit to a machine.
pub struct TerminalRow {
    /// Where it stands.
    pub place: String,
    /// In the province's time zone, as the next.
    pub since: DateTime,
    /// `None`: nobody has ended it.
    pub until: Option<DateTime>,
}

pub struct SessionRow {
    /// What names it in the form; not its id.
    pub handle: String,
    /// The one this page is seen in.
    pub is_this: bool,
    pub channel: Channel,
    /// Where the machine stands, if it is an enrolled one.
    pub place: Option<String>,
    /// `Chrome · Windows`; empty: it did not say.
    pub device: String,
    /// `203.0.113.*`; empty: not known.
    pub network: String,
    /// In the province's time zone, as the next.
    pub since: DateTime,
    pub last_used: DateTime,
    /// A phone lent its sign-in.
    pub lent: bool,
    /// The relying systems used in it, by name.
    pub services: Vec<String>,
}

impl Sessions {
    pub fn has_others(&self) -> bool {
        !self.apps.is_empty() || self.sessions.iter().any(|session| !session.is_this)
    }
}

impl SessionRow {
    pub fn title(&self, frame: &Frame) -> String {
        if let Some(place) = &self.place {
            place.clone()
        } else if self.device.is_empty() {
            frame.t("session-device-unknown").into_owned()
        } else {
            self.device.clone()
        }
    }

    pub const fn channel_key(&self) -> &'static str {
        match self.channel {
            Channel::Hall => "channel-hall",
            Channel::Mobile => "channel-mobile",
            Channel::Kiosk => "channel-kiosk",
            Channel::Counter => "channel-counter",
            Channel::System => "channel-system",
        }
    }

    pub fn services(&self, frame: &Frame) -> String {
        self.services.join(&frame.t("list-comma"))
    }
}
