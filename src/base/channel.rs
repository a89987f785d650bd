//! Channels: where the person stands. A client belongs to one.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The online hall: a browser that may be the person's own or shared.
    Hall,
    /// The person's own phone.
    Mobile,
    /// A self-service machine in a public place.
    Kiosk,
    /// A window with a clerk.
    Counter,
    /// A program without a person.
    System,
}

impl Channel {
    pub const ALL: [Channel; 5] = [Self::Hall, Self::Mobile, Self::Kiosk, Self::Counter, Self::System];

    /// Its machines stand in public places: the next person comes in a minute. What was signed in or issued there
    /// ends when nobody is there any more.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Kiosk | Self::Counter)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hall => "hall",
            Self::Mobile => "mobile",
            Self::Kiosk => "kiosk",
            Self::Counter => "counter",
            Self::System => "system",
        }
    }
}

impl std::str::FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, UnknownChannel> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(UnknownChannel)
    }
}

impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a channel: hall, mobile, kiosk, counter or system")]
pub struct UnknownChannel;
