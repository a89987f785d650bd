//! Scopes: what a relying system may ask for.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    OpenId,
    Profile,
    Email,
    Phone,
    Address,
    OfflineAccess,
    OfficialNumber,
    /// The person may act for an organization.
    Organization,
    /// The person may act for another person.
    Represented,
    /// The app's vendor may sign its other apps in on this device (OpenID Connect Native SSO section 3.1).
    DeviceSso,
    /// An app of the person's may see what waits for their answer.
    Approvals,
    /// The accounts that the person had in the relying system's own source.
    Legacy,
    /// To tell of the accounts that the relying system itself still opens. A client's own, and no person's.
    Scim,
}

impl Scope {
    pub const ALL: [Scope; 13] = [
        Self::OpenId,
        Self::Profile,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::OfflineAccess,
        Self::OfficialNumber,
        Self::Organization,
        Self::Represented,
        Self::DeviceSso,
        Self::Approvals,
        Self::Legacy,
        Self::Scim,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::OfflineAccess => "offline_access",
            Self::OfficialNumber => "official_number",
            Self::Organization => "organization",
            Self::Represented => "represented",
            Self::DeviceSso => "device_sso",
            Self::Approvals => "approvals",
            Self::Legacy => "legacy",
            Self::Scim => "scim",
        }
    }

    /// Fields that consent asks for apart.
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Self::OfficialNumber)
    }

    /// What a program asks for itself: no person can give it.
    pub const fn is_clients_own(self) -> bool {
        matches!(self, Self::Scim)
    }

    /// What a self-registered client gets only after an operator's approval.
    pub const fn needs_approval(self) -> bool {
        matches!(
            self,
            Self::OfficialNumber
                | Self::Organization
                | Self::Represented
                | Self::Approvals
                | Self::Legacy
                | Self::Scim
        )
    }
}

/// A set of scopes, kept as bits; written as the space-separated list of RFC 6749 section 3.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    pub const NONE: Scopes = Scopes(0);
    /// With one of these the person chooses as whom they act.
    pub const CAPACITY: Scopes = Scopes(1 << Scope::Organization as u16 | 1 << Scope::Represented as u16);

    /// Reads a list; a word that is no scope of ours is left out, as RFC 6749 section 3.3 allows.
    pub fn parse(list: &str) -> Self {
        list.split_ascii_whitespace()
            .filter_map(|word| Scope::ALL.into_iter().find(|s| s.as_str() == word))
            .collect()
    }

    pub fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u16) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn and(self, other: Scopes) -> Scopes {
        Scopes(self.0 & other.0)
    }

    pub fn or(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }

    pub fn without(self, other: Scopes) -> Scopes {
        Scopes(self.0 & !other.0)
    }

    pub fn is_within(self, other: Scopes) -> bool {
        self.0 & !other.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |s| self.contains(*s))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Scopes(scopes.into_iter().fold(0, |bits, s| bits | 1 << s as u16))
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, scope) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|list| Self::parse(&list))
    }
}
