//! The claims a client may ask for one by one (OpenID Connect Core section 5.5), and which scope covers them.

use serde::{Deserialize, Serialize};

use crate::base::{Scope, Scopes};

/// A claim of the person. Names are those of OpenID Connect Core section 5.1 and of our contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    Name,
    UpdatedAt,
    PhoneNumber,
    PhoneNumberVerified,
    Email,
    EmailVerified,
    Address,
    OfficialNumber,
    OfficialNumberKind,
    CreditCode,
    OrganizationName,
    LegacyAccounts,
}

impl Claim {
    pub const ALL: [Claim; 12] = [
        Self::Name,
        Self::UpdatedAt,
        Self::PhoneNumber,
        Self::PhoneNumberVerified,
        Self::Email,
        Self::EmailVerified,
        Self::Address,
        Self::OfficialNumber,
        Self::OfficialNumberKind,
        Self::CreditCode,
        Self::OrganizationName,
        Self::LegacyAccounts,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::UpdatedAt => "updated_at",
            Self::PhoneNumber => "phone_number",
            Self::PhoneNumberVerified => "phone_number_verified",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::Address => "address",
            Self::OfficialNumber => "official_number",
            Self::OfficialNumberKind => "official_number_kind",
            Self::CreditCode => "credit_code",
            Self::OrganizationName => "organization_name",
            Self::LegacyAccounts => "legacy_accounts",
        }
    }

    pub const fn scope(self) -> Scope {
        match self {
            Self::Name | Self::UpdatedAt => Scope::Profile,
            Self::PhoneNumber | Self::PhoneNumberVerified => Scope::Phone,
            Self::Email | Self::EmailVerified => Scope::Email,
            Self::Address => Scope::Address,
            Self::OfficialNumber | Self::OfficialNumberKind => Scope::OfficialNumber,
            Self::CreditCode | Self::OrganizationName => Scope::Organization,
            Self::LegacyAccounts => Scope::Legacy,
        }
    }

    /// The number is not in tokens that travel: userinfo and introspection have it, a plain ID token never. The id of
    /// an old account may be one.
    pub const fn may_travel(self) -> bool {
        !matches!(
            self,
            Self::OfficialNumber | Self::OfficialNumberKind | Self::CreditCode | Self::LegacyAccounts
        )
    }

    pub fn of_scopes(scopes: Scopes) -> impl Iterator<Item = Claim> {
        Self::ALL.into_iter().filter(move |claim| scopes.contains(claim.scope()))
    }
}

/// What the `claims` parameter asked for, of what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo: Vec<Claim>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<Claim>,
}

impl ClaimsRequest {
    /// The scopes that a person must agree to for these claims.
    pub fn scopes(&self) -> Scopes {
        self.userinfo.iter().chain(&self.id_token).map(|claim| claim.scope()).collect()
    }
}
