//! The kinds of official numbers.

use serde::{Deserialize, Serialize};

/// A kind of number that an account can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    CitizenId,
    CreditCode,
    ForeignPr,
    HmPermit,
    TwPermit,
    Passport,
    /// No number of a document: what stands for a person who keeps theirs to themselves.
    NetworkId,
}

impl NumberKind {
    pub const ALL: [NumberKind; 7] = [
        Self::CitizenId,
        Self::CreditCode,
        Self::ForeignPr,
        Self::HmPermit,
        Self::TwPermit,
        Self::Passport,
        Self::NetworkId,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CitizenId => "citizen-id",
            Self::CreditCode => "credit-code",
            Self::ForeignPr => "foreign-pr",
            Self::HmPermit => "hm-permit",
            Self::TwPermit => "tw-permit",
            Self::Passport => "passport",
            Self::NetworkId => "network-id",
        }
    }

    /// Whether it is printed on a document of a person: what people may be asked for.
    pub const fn is_of_a_document(self) -> bool {
        !matches!(self, Self::CreditCode | Self::NetworkId)
    }
}

/// A kind of number that [`check`](super::check) knows: also those that only old systems use as a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckKind {
    CitizenId,
    CreditCode,
    OrgCode,
    TaxNo,
    BizRegNo,
}

impl CheckKind {
    pub const ALL: [CheckKind; 5] =
        [Self::CitizenId, Self::CreditCode, Self::OrgCode, Self::TaxNo, Self::BizRegNo];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CitizenId => "citizen-id",
            Self::CreditCode => "credit-code",
            Self::OrgCode => "org-code",
            Self::TaxNo => "tax-no",
            Self::BizRegNo => "biz-reg-no",
        }
    }
}

impl std::str::FromStr for NumberKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or(UnknownKind)
    }
}

impl std::str::FromStr for CheckKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|k| k.as_str() == text).ok_or(UnknownKind)
    }
}

impl std::fmt::Display for NumberKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for CheckKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such kind of number")]
pub struct UnknownKind;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_everywhere() {
        for kind in NumberKind::ALL {
            assert_eq!(kind.as_str().parse::<NumberKind>().unwrap(), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for kind in CheckKind::ALL {
            assert_eq!(kind.as_str().parse::<CheckKind>().unwrap(), kind);
        }
        assert!("citizen_id".parse::<NumberKind>().is_err() && "".parse::<CheckKind>().is_err());
    }
}
