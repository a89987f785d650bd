//! What somebody is to whom they act for.

use super::Party;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 法定代表人: named by the register, dismissed by the register.
    LegalRepresentative,
    /// 管理员: may grant handlers.
    Administrator,
    /// 经办人.
    Handler,
    /// 监护人, of a minor.
    Guardian,
    /// 代办人, of a person who asked for help.
    Helper,
}

impl Role {
    pub const ALL: [Role; 5] =
        [Self::LegalRepresentative, Self::Administrator, Self::Handler, Self::Guardian, Self::Helper];

    /// As in the claim `mandate` and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LegalRepresentative => "legal-representative",
            Self::Administrator => "administrator",
            Self::Handler => "handler",
            Self::Guardian => "guardian",
            Self::Helper => "helper",
        }
    }

    /// Whom somebody in this role acts for.
    pub const fn represents(self) -> Party {
        match self {
            Self::LegalRepresentative | Self::Administrator | Self::Handler => Party::Organization,
            Self::Guardian | Self::Helper => Party::Person,
        }
    }

    /// Whether who acts in this role may grant `role`. Representatives come from the register only.
    pub const fn may_grant(self, role: Role) -> bool {
        match self {
            Self::LegalRepresentative => matches!(role, Self::Administrator | Self::Handler),
            Self::Administrator => matches!(role, Self::Handler),
            Self::Handler | Self::Guardian | Self::Helper => false,
        }
    }

    pub const fn may_grant_at_all(self) -> bool {
        self.may_grant(Self::Handler)
    }
}

impl std::str::FromStr for Role {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or("legal-representative, administrator, handler, guardian or helper")
    }
}
