//! Requests that a person answers on a screen of their own: a device shows a code (RFC 8628), or a client
//! without a browser names the person (OpenID CIBA). The client waits, and asks now and then.
//!
//! A request waits, is opened by one person, and is decided once. All of it is transient, and each step is a
//! mark that the first to come leaves: so several nodes agree on who it was.

mod answered;
mod block;
mod inbox;
pub mod ping;
mod store;
mod user_code;

pub use super::Matching;
pub use super::marks::Opened;
pub use answered::{ANSWERED_AT_ONCE, Answered, Outcome, answered, record};
pub use block::{block, blocked, unblock};
pub use inbox::{ask_about, lay_before, waiting};
pub use store::{
    Decision, Polled, approved, decide, find, keep, look, open, opener, poll, publish, redeemed, settled,
    withdraw,
};
pub use user_code::UserCode;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Ask;
use crate::base::Moment;
use crate::grant::Assisted;

/// What a client waits for. It holds no number, name or phone of the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The grant will have it too.
    pub id: Uuid,
    pub kind: Kind,
    pub ask: Ask,
    pub asked_at: Moment,
    pub expires_at: Moment,
    /// The number that both screens must show, where the client has a screen that the person stands at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
    /// Otherwise the code itself is compared; encrypted, since it opens the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    /// What the client's own screen shows beside (OpenID CIBA section 7.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding_message: Option<String>,
    /// For which matter it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<AtTerminal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_channel: Option<Asking>,
    /// A clerk asks at a window, in one matter: what the tokens will say of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Assisted>,
}

/// What belongs to a request that names its person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asking {
    /// Before whom it is laid. `None`: nobody will see it, and the client does not learn why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// A keyed digest of the hint, by which there is one open request at a time.
    pub about: String,
    /// By which the client is told of the answer, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_token: Option<Vec<u8>>,
}

/// Who asks is who waits, and nobody else: a terminal of the client, else the client.
pub fn holder(terminal: Option<Uuid>, client: &str) -> String {
    terminal.map_or_else(|| client.to_owned(), |terminal| terminal.to_string())
}

/// How the request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// RFC 8628: whoever has the code may open it.
    Device,
    /// OpenID CIBA: one person may.
    BackChannel,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::BackChannel => "back_channel",
        }
    }
}

/// The enrolled terminal that asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtTerminal {
    pub id: Uuid,
    /// Where it stands, as it was enrolled.
    pub place: String,
}
