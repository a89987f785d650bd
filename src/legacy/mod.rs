//! Accounts of the systems already built. They are taken over as they are (import), found out to be somebody's
//! (match), linked to that person's account (merge), and can be let go again (undo).

mod account;
pub mod cases;
mod claim;
mod imports;
pub mod index;
mod link;
pub mod matching;
pub mod merge;
mod numbers;
pub mod profile;
pub mod reader;
mod rekey;
mod possession;
pub mod report;
mod row;
mod run;
mod seal;
mod shown;
mod sides;
mod source;
pub mod task;
mod told;
pub mod undo;

pub use account::{Contact, Password, Record, State, Status, SubjectKind};
pub use claim::{Shown, announced, not_mine, unannounced, wake, wake_by_level};
pub use imports::{Import, imports, note_length};
pub use link::{AccountKind, Link, LinkState, find as find_link, of_account as links_of, of_legacy_account};
pub use numbers::{Canonical, Found, KeyKind};
pub use possession::{
    Known, OldHash, Opens, by_user_name, claim, in_doubt, in_source, opens, person_behind, replace_password,
    retire,
};
pub use profile::{InvalidProfile, Profile};
pub use rekey::rekey_step;
pub use row::{Fields, Rejection, Understood, understand};
pub use run::{Counts, Position, Run, Stored, has_old_digests};
pub use seal::Sealer;
pub use shown::{LegacyAccount, legacy_accounts};
pub use sides::{Around, Here, Legacy, Registered, Sibling, Sides, around, sides};
pub use source::{NewSource, Source, SourceState};
pub use told::{Seen, Told};

use crate::crypto::Unopenable;
use crate::outbound::registers::NoAnswer;
use crate::{audit, db, grant, identity, logout, session};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error("a source of the name {0:?} is there already")]
    SourceExists(String),
    #[error("the index keys have changed meanwhile: run it again")]
    KeysChanged,
    #[error("another import of this source has taken this one over")]
    TakenOver,
    #[error("changed meanwhile by another hand")]
    Changed,
    #[error(
        "no extract of the {0} register stands under the key in use: `yihao register load` loads one; or set \
         registers.key_file, and the platform is asked"
    )]
    NoExtract(&'static str),
    #[error("the registers cannot be asked: {0}")]
    NotAsked(NoAnswer),
    #[error("the extract of the registers is too old: `yihao register load` loads another")]
    Stale,
    #[error(
        "imported under another index key than the extract was loaded under: load the extract and import again"
    )]
    OtherKey,
    #[error("no such account of a source")]
    NoAccount,
    #[error("nobody is known to whom it could belong: name an account")]
    NoOwner,
    #[error("the account here is in doubt: {0}")]
    Doubtful(&'static str),
    #[error("no such case")]
    NoCase,
    #[error("the case is decided")]
    CaseDecided,
    #[error("the case is not decided, or not so")]
    CaseOpen,
    #[error("another operator must confirm it")]
    SameOperator,
    #[error("a reason is one line of 1 to 500 characters")]
    NoReason,
    #[error("a reason stands in clear: leave official numbers and phone numbers out of it")]
    NumberInReason,
    #[error("nobody decides about themselves")]
    OwnMatter,
    #[error("no such batch")]
    NoBatch,
    #[error("a run over this source is under way or proposed already")]
    TaskUnderWay,
    #[error("undone already")]
    Undone,
    #[error("nothing is linked there")]
    NoLink,
    #[error(transparent)]
    Identity(identity::Error),
    #[error(transparent)]
    Session(#[from] session::Error),
    #[error(transparent)]
    Grant(#[from] grant::Error),
    #[error(transparent)]
    Logout(#[from] logout::Error),
}

impl From<identity::Error> for Error {
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::KeysChanged => Self::KeysChanged,
            identity::Error::Storage(error) => Self::Storage(error),
            identity::Error::Sealed(error) => Self::Sealed(error),
            other => Self::Identity(other),
        }
    }
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Storage(error) => Self::Storage(error),
            audit::Error::Seal(error) => Self::Sealed(error),
        }
    }
}
