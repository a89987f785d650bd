//! What the person signs in with, and its changes.

use jiff::civil::Date;

use super::qr::Picture;
use super::{Fault, Frame, Passkey};
use crate::base::Secret;

page!(Factors, "factors.html");
page!(AddApp, "factor_app.html");
page!(RecoveryCodes, "recovery_codes.html");
page!(ChangePassword, "change_password.html");
page!(EditPasskey, "edit_passkey.html");

/// All of it. Form `always`: button `always`; form `remove-app`.
pub struct Factors {
    pub password: bool,
    pub passkeys: Vec<(String, Passkey)>,
    /// Whether the issuer can serve passkeys.
    pub can_add_passkey: bool,
    /// When the authenticator app was added.
    pub app: Option<Date>,
    pub recovery_codes: u32,
    /// Masked.
    pub phone: Option<String>,
    pub always: bool,
    /// Whether there is a second factor to be asked for.
    pub can_always: bool,
    pub faults: Vec<Fault>,
}

/// A secret to be taken into an app, and a code that shows it was. Form `add-app`: field `code`. Of a person,
/// or of an operator at the first sign-in.
pub struct AddApp {
    /// Where the form is sent.
    pub action: &'static str,
    /// Where it goes without.
    pub cancel: &'static str,
    /// Base32.
    pub secret: Secret,
    /// The same as `otpauth://` address, for the app on this phone and, as a picture, for another.
    pub address: Secret,
    pub faults: Vec<Fault>,
}

/// Form `recovery-codes` makes a set.
pub struct RecoveryCodes {
    /// Just made: shown this once.
    pub fresh: Vec<Secret>,
    pub left: u32,
}

/// Form `change-password`: fields `current`, `password`, and `again` without script.
pub struct ChangePassword {
    pub asks_current: bool,
    pub shortest: u32,
    pub faults: Vec<Fault>,
}

/// Form `rename-passkey`: field `name`; form `remove-passkey`.
pub struct EditPasskey {
    pub id: String,
    pub passkey: Passkey,
    pub faults: Vec<Fault>,
}

impl AddApp {
    /// In groups of four, as it is easiest to type.
    pub fn groups(&self) -> String {
        let signs: Vec<char> = self.secret.reveal().chars().collect();
        signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// `None` if the address is too long for a QR code: then there is still the secret.
    pub fn picture(&self) -> Option<Picture> {
        Picture::of(self.address.reveal())
    }
}

impl Factors {
    pub fn passkey_address(&self, id: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("id", id).finish();
        format!("{}?{query}", super::address::FACTORS_PASSKEY)
    }

    pub fn left(&self, frame: &Frame) -> String {
        frame.count("recovery-left", "left", self.recovery_codes.into())
    }
}
