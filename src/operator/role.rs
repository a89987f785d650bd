//! Roles: what an operator may do. One may hold several; the doors ask for one.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks, and changes nothing.
    Viewer,
    /// Registers relying systems, terminals and, with papers in hand, mandates.
    Registrar,
    /// Keeps the machine: keys, sources, deliveries.
    Keeper,
    /// Reads the audit log.
    Auditor,
    /// Serves citizens at a counter.
    Clerk,
    /// Decides cases, undoes mergers, sees numbers whole.
    Decider,
}

impl Role {
    pub const ALL: [Role; 6] =
        [Self::Viewer, Self::Registrar, Self::Keeper, Self::Auditor, Self::Clerk, Self::Decider];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Registrar => "registrar",
            Self::Keeper => "keeper",
            Self::Auditor => "auditor",
            Self::Clerk => "clerk",
            Self::Decider => "decider",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a role: viewer, registrar, keeper, auditor, clerk or decider")]
pub struct UnknownRole;

/// The roles that one operator holds; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// `None` without any.
    pub fn of(roles: &[Role]) -> Option<Self> {
        let held: Vec<Role> = Role::ALL.into_iter().filter(|role| roles.contains(role)).collect();
        (!held.is_empty()).then_some(Self(held))
    }

    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    /// The one that is shown where none was chosen.
    pub fn first(&self) -> Role {
        self.0.first().copied().unwrap_or(Role::Viewer)
    }
}

impl std::fmt::Display for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "))
    }
}

impl std::str::FromStr for Roles {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let roles = text.split(' ').map(str::parse).collect::<Result<Vec<Role>, _>>()?;
        Self::of(&roles).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_written_in_one_order_and_read_again() {
        let roles = Roles::of(&[Role::Decider, Role::Clerk, Role::Clerk]).unwrap();
        assert_eq!(roles.to_string(), "clerk decider");
        assert_eq!("clerk decider".parse::<Roles>().unwrap(), roles);
        assert!(roles.contains(Role::Clerk) && !roles.contains(Role::Viewer));
        assert_eq!(roles.first(), Role::Clerk);
        assert!(Roles::of(&[]).is_none());
        assert!("".parse::<Roles>().is_err() && "clerk boss".parse::<Roles>().is_err());
    }
}
