//! Rank 3: terminals. A kiosk, a window of a counter, a community agent's device: each is a principal with a key of
//! its own, not an address. It authenticates as the client it belongs to, by `private_key_jwt` whose `kid` is
//! the terminal's id.

mod enroll;
mod hours;
mod key;
mod shown;
mod store;
mod suspend;

pub use enroll::{NewTerminal, enroll};
pub use hours::{Hours, InvalidHours};
pub use key::{InvalidKey, TerminalKey};
pub use shown::{FRESH, STEP};
pub use store::{Kind, State, Terminal, find, list};
pub use suspend::{hold, suspend};

use crate::crypto::Unopenable;
use crate::{audit, client, db};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Client(#[from] client::Error),
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Why a terminal is not enrolled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("no active client has this id: `yihao client list` shows all")]
    NoClient,
    #[error("the client's channel is {has}; a {kind} belongs to a client of channel {wants}", kind = kind.as_str())]
    OtherChannel { kind: Kind, has: crate::base::Channel, wants: crate::base::Channel },
    #[error("the client must authenticate by private_key_jwt: that is how a terminal shows its key")]
    OtherMethod,
    #[error("place: 1 to 60 characters, as people are to read it")]
    Place,
    #[error(
        "this key was enrolled before: every terminal has its own, and a suspended one's is not used again"
    )]
    KeyIsTaken,
}
