//! The two levels that travel in every ID token, apart from each other (docs/ARCHITECTURE.md).

use serde::{Deserialize, Serialize};

/// How sure we are who this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum TrustLevel {
    Anonymous = 1,
    /// Self-asserted; the number's form was checked.
    Asserted = 2,
    /// Name and number matched against the register.
    Matched = 3,
    /// Person, name and document matched: remote proof.
    Proven = 4,
    /// Proven at a counter or by digital certificate.
    Attended = 5,
}

impl TrustLevel {
    pub const ALL: [TrustLevel; 5] =
        [Self::Anonymous, Self::Asserted, Self::Matched, Self::Proven, Self::Attended];
}

impl From<TrustLevel> for u8 {
    fn from(level: TrustLevel) -> u8 {
        level as u8
    }
}

impl TryFrom<u8> for TrustLevel {
    type Error = OutOfRange;

    fn try_from(value: u8) -> Result<Self, OutOfRange> {
        Self::ALL.into_iter().find(|l| *l as u8 == value).ok_or(OutOfRange)
    }
}

/// How sure we are of this sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum AuthenticationLevel {
    OneFactor = 1,
    TwoFactors = 2,
    /// A passkey with user verification, or a chip read at an attended counter.
    PhishingResistant = 3,
}

impl AuthenticationLevel {
    pub const ALL: [AuthenticationLevel; 3] = [Self::OneFactor, Self::TwoFactors, Self::PhishingResistant];

    /// The `acr` value (OpenID Connect Core section 2).
    pub const fn acr(self) -> &'static str {
        match self {
            Self::OneFactor => "urn:yihao:aal:1",
            Self::TwoFactors => "urn:yihao:aal:2",
            Self::PhishingResistant => "urn:yihao:aal:3",
        }
    }

    pub fn from_acr(acr: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.acr() == acr)
    }
}

impl From<AuthenticationLevel> for u8 {
    fn from(level: AuthenticationLevel) -> u8 {
        level as u8
    }
}

impl TryFrom<u8> for AuthenticationLevel {
    type Error = OutOfRange;

    fn try_from(value: u8) -> Result<Self, OutOfRange> {
        Self::ALL.into_iter().find(|l| *l as u8 == value).ok_or(OutOfRange)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such level")]
pub struct OutOfRange;
