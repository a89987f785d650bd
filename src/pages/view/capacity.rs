//! As whom do you act?

use jiff::civil::Date;

use super::Frame;
use super::fault::Fault;
use crate::mandate::Role;

page!(ChooseCapacity, "capacity.html");

/// Form `capacity`: radio `capacity`, oneself (`self`) first.
pub struct ChooseCapacity {
    /// Masked.
    pub own_name: String,
    pub choices: Vec<ActingFor>,
    pub faults: Vec<Fault>,
}

/// One card: somebody the person may act for.
pub struct ActingFor {
    /// The mandate's id.
    pub value: String,
    /// An organization's whole; a person's masked.
    pub name: String,
    /// Masked.
    pub number: String,
    pub role: Role,
    pub until: Option<Date>,
    /// Chosen last.
    pub chosen: bool,
}

/// The words of a role.
pub const fn role_key(role: &Role) -> &'static str {
    match role {
        Role::LegalRepresentative => "role-legal-representative",
        Role::Administrator => "role-administrator",
        Role::Handler => "role-handler",
        Role::Guardian => "role-guardian",
        Role::Helper => "role-helper",
    }
}

impl ActingFor {
    /// Role and end in one line.
    pub fn standing(&self, frame: &Frame) -> String {
        let role = frame.t(role_key(&self.role));
        match &self.until {
            Some(day) => format!("{role} · {}", frame.with("mandate-until", "day", frame.date(day))),
            None => role.into_owned(),
        }
    }
}
