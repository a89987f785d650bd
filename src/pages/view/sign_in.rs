//! Sign-in.

use super::{Fault, Frame, address};

page!(SignIn, "sign_in.html");

/// Who are you? Form `sign-in`: fields `identifier`, `password`. Also the answer to a failed try.
pub struct SignIn {
    pub reason: Reason,
    pub methods: Methods,
    /// What the person used here last, if it is none of the form's.
    pub first: Option<Other>,
    /// The other ways in, beside the form.
    pub others: Vec<Other>,
    /// A user name of an earlier system, as it is written where several have it; none where none was taken over.
    pub earlier: Option<String>,
    /// What was typed before, to be put right.
    pub identifier: String,
    pub faults: Vec<Fault>,
}

/// A way in that has a page of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// A phone that is signed in reads this screen's code.
    Scan,
    /// A platform that people may sign in by, with its name.
    National(String),
    /// The service for network identity, with its name.
    Network(String),
    /// A digital certificate.
    Certificate,
}

impl Other {
    pub const fn way_in(&self) -> WayIn {
        match self {
            Self::Scan => WayIn::Scan,
            Self::National(_) => WayIn::National,
            Self::Network(_) => WayIn::Network,
            Self::Certificate => WayIn::Certificate,
        }
    }

    pub const fn id(&self) -> &'static str {
        match self {
            Self::Scan => "by-phone",
            Self::National(_) => "national",
            Self::Network(_) => "by-network-identity",
            Self::Certificate => "by-certificate",
        }
    }

    pub const fn address(&self) -> &'static str {
        match self {
            Self::Scan => address::SIGN_IN_SCAN,
            Self::National(_) => address::NATIONAL,
            Self::Network(_) => address::NETWORK_IDENTITY,
            Self::Certificate => address::CERTIFICATE,
        }
    }

    pub fn words(&self, frame: &Frame) -> String {
        match self {
            Self::Scan => frame.t("sign-in-scan").into_owned(),
            Self::National(name) | Self::Network(name) => frame.with("sign-in-national", "name", name),
            Self::Certificate => frame.t("sign-in-certificate").into_owned(),
        }
    }
}

/// How somebody signs in, as a browser remembers it: nothing about who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    Password,
    Passkey,
    Scan,
    National,
    Network,
    Certificate,
}

impl WayIn {
    const ALL: [WayIn; 6] =
        [Self::Password, Self::Passkey, Self::Scan, Self::National, Self::Network, Self::Certificate];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Scan => "scan",
            Self::National => "national",
            Self::Network => "network-identity",
            Self::Certificate => "certificate",
        }
    }
}

impl std::str::FromStr for WayIn {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|way| way.as_str() == text).ok_or(())
    }
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
