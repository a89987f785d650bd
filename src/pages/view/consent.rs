//! What a relying system gets to know: asked for (consent) or told (notice).

use crate::base::Scope;

page!(Consent, "consent.html");
page!(Notice, "notice.html");

/// May they know this? Form `consent`: buttons `#allow` and `#deny`, `name="decision"`; a sensitive scope
/// that was ticked comes as `agreed=<scope>`.
pub struct Consent {
    pub requester: Requester,
    pub fields: Vec<Disclosure>,
    /// Sensitive scopes, each with a box of its own (个人信息保护法 29: separate consent).
    pub apart: Vec<Apart>,
    /// The service may go on reading when the person is away (`offline_access`).
    pub offline: bool,
    /// The app may see what waits for the person's answer.
    pub approvals: bool,
}

/// They must know this by law. Form `consent`: only the button `#allow`.
pub struct Notice {
    pub requester: Requester,
    pub fields: Vec<Disclosure>,
    /// The law or rule, as the client's registration names it.
    pub basis: Option<String>,
    /// The app may see what waits for the person's answer.
    pub approvals: bool,
}

/// Who asks, and for what matter.
pub struct Requester {
    pub name: String,
    pub department: Option<String>,
    pub matter: Option<String>,
}

/// One field with its value as it may be shown: masked, or `None` if the account has none.
pub struct Disclosure {
    pub field: Field,
    pub value: Option<String>,
}

/// The fields of one sensitive scope.
pub struct Apart {
    pub scope: Scope,
    pub fields: Vec<Disclosure>,
    /// Ticked when the page opens: only if the person ticked it before.
    pub agreed: bool,
}

/// What a relying system can learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    UserName,
    Gender,
    BirthDate,
    Phone,
    Email,
    Address,
    OfficialNumber,
    OfficialNumberKind,
    Organization,
    CreditCode,
    LegacyAccounts,
}

impl Field {
    pub const ALL: [Field; 12] = [
        Self::Name,
        Self::UserName,
        Self::Gender,
        Self::BirthDate,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::OfficialNumber,
        Self::OfficialNumberKind,
        Self::Organization,
        Self::CreditCode,
        Self::LegacyAccounts,
    ];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "field-name",
            Self::UserName => "field-user-name",
            Self::Gender => "field-gender",
            Self::BirthDate => "field-birth-date",
            Self::Phone => "field-phone",
            Self::Email => "field-email",
            Self::Address => "field-address",
            Self::OfficialNumber => "field-official-number",
            Self::OfficialNumberKind => "field-official-number-kind",
            Self::Organization => "field-organization",
            Self::CreditCode => "field-credit-code",
            Self::LegacyAccounts => "field-legacy-accounts",
        }
    }
}
