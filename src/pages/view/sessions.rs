//! The sessions of a person, as they see them.

use jiff::civil::DateTime;

use super::Frame;
use crate::base::Channel;

page!(Sessions, "sessions.html");

/// Form `sessions`: a button each ends one (`end` has its handle), one more ends all others (`end` is
/// `others`).
pub struct Sessions {
    pub sessions: Vec<SessionRow>,
    /// How many have just been ended here.
    pub ended: Option<u64>,
}

pub struct SessionRow {
    /// What names it in the form; not its id.
    pub handle: String,
    /// The one this page is seen in.
    pub is_this: bool,
    pub channel: Channel,
    /// `Chrome · Windows`; empty: it did not say.
    pub device: String,
    /// `203.0.113.*`; empty: not known.
    pub network: String,
    /// In the province's time zone, as the next.
    pub since: DateTime,
    pub last_used: DateTime,
    /// The relying systems used in it, by name.
    pub services: Vec<String>,
}

impl Sessions {
    pub fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.is_this)
    }
}

impl SessionRow {
    pub fn title(&self, frame: &Frame) -> String {
        if self.device.is_empty() {
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
