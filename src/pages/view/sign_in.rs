//! Sign-in.

use super::Fault;

page!(SignIn, "sign_in.html");

/// Who are you? Form `sign-in`: fields `identifier`, `password`. Also the answer to a failed try.
pub struct SignIn {
    pub reason: Reason,
    pub methods: Methods,
    /// The name of a platform that people may sign in by.
    pub national: Option<String>,
    /// The name of the service for network identity.
    pub network: Option<String>,
    /// Whether a digital certificate will do.
    pub certificate: bool,
    /// What was typed before, to be put right.
    pub identifier: String,
    pub faults: Vec<Fault>,
}

/// Why the person is asked.
pub enum Reason {
    First,
    /// Signed in already, but the relying system wants it anew. The masked name shows whose session it is.
    Again {
        person: String,
    },
}

/// What may be used here; what the person used last comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Methods {
    PasswordThenPasskey,
    PasskeyThenPassword,
    /// The issuer cannot serve passkeys (it lives on an IP address).
    Password,
}

impl SignIn {
    pub fn title(&self) -> &'static str {
        match self.reason {
            Reason::First => "sign-in-title",
            Reason::Again { .. } => "sign-in-again-title",
        }
    }
}

impl Methods {
    pub fn passkey(&self) -> bool {
        *self != Self::Password
    }

    pub fn passkey_first(&self) -> bool {
        *self == Self::PasskeyThenPassword
    }
}
