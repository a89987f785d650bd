//! The person's own account.

use jiff::civil::Date;

use super::{Frame, Level};

page!(Account, "account.html");
page!(AddPasskey, "passkey.html");

/// Home: who we think you are, how sure we are, and your keys.
pub struct Account {
    pub name: String,
    /// Masked.
    pub number: String,
    /// Masked.
    pub phone: Option<String>,
    pub level: Level,
    pub passkeys: Vec<Passkey>,
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
