//! The person's own account.

use jiff::civil::{Date, DateTime};

use super::{Frame, Level};

page!(Account, "account.html");
page!(AddPasskey, "passkey.html");
page!(Consents, "consents.html");
page!(History, "history.html");
page!(CloseAccount, "close_account.html");

/// Home: who we think you are, how sure we are, and your keys.
pub struct Account {
    /// `None` where the person keeps it to themselves, as the number.
    pub name: Option<String>,
    /// Masked.
    pub number: Option<String>,
    /// Masked.
    pub phone: Option<String>,
    pub level: Level,
    pub passkeys: Vec<Passkey>,
    /// Somebody has asked for a new password, which can be set from then on.
    pub recovery: Option<String>,
    /// It was asked for at a counter.
    pub at_counter: bool,
    /// Whether the issuer can serve passkeys.
    pub can_add: bool,
}

/// One passkey, as its owner knows it.
pub struct Passkey {
    /// As the owner named it; empty: no name.
    pub name: String,
    pub added: Date,
    pub last_used: Option<Date>,
}

/// The offer of a passkey.
pub struct AddPasskey {
    pub setting: Setting,
    /// Where "not now" leads: back to the Ask, or home.
    pub next: String,
}

/// Where the offer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The last page of registration.
    Registration,
    /// Asked for at home.
    Account,
}

impl Passkey {
    pub fn shown_name(&self, frame: &Frame) -> String {
        if self.name.trim().is_empty() { frame.t("passkey-unnamed").into_owned() } else { self.name.clone() }
    }
}

impl AddPasskey {
    pub fn after_registration(&self) -> bool {
        self.setting == Setting::Registration
    }
}

/// What relying systems may know. Form `withdraw-<n>`: fields `client`, `capacity`.
pub struct Consents {
    pub rows: Vec<ConsentRow>,
}

pub struct ConsentRow {
    pub client: String,
    pub capacity: String,
    pub service: String,
    pub department: Option<String>,
    /// Keys of words.
    pub fields: Vec<&'static str>,
    pub day: Date,
    /// A notice: there is nothing to take back.
    pub by_law: bool,
}

/// Who received what.
pub struct History {
    pub rows: Vec<DisclosureRow>,
    /// Where the earlier ones are.
    pub older: Option<String>,
}

pub struct DisclosureRow {
    pub service: String,
    pub at: DateTime,
    /// Keys of words.
    pub fields: Vec<&'static str>,
    pub by_law: bool,
}

/// Really? Form `close`: box `sure`.
pub struct CloseAccount;

/// The fields in words, or that it was nothing but the sign-in.
pub fn fields_words(frame: &Frame, keys: &[&'static str]) -> String {
    if keys.is_empty() {
        return frame.t("fields-none").into_owned();
    }
    keys.iter().map(|key| frame.t(key)).collect::<Vec<_>>().join(&frame.t("fields-comma"))
}
