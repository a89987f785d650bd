//! The operators' pages.

use super::{Fault, Frame};
use crate::operator::Role;

page!(ConsoleSignIn, "console_sign_in.html");
page!(ConsoleCode, "console_code.html");
page!(ConsoleHome, "console_home.html");
page!(ConsolePasskey, "console_passkey.html");
page!(ConsoleToken, "console_token.html");
page!(ConsoleWindow, "console_window.html");

/// Form `console-sign-in`: fields `identifier`, `password`.
pub struct ConsoleSignIn {
    pub passkeys: bool,
    /// What was typed before, to be put right.
    pub identifier: String,
    pub faults: Vec<Fault>,
}

/// Forms `second-factor` (field `code`) and `console-certificate`.
pub struct ConsoleCode {
    pub app: bool,
    pub passkeys: bool,
    pub certificate: bool,
    pub faults: Vec<Fault>,
}

/// Forms `role` (buttons `role`) and `console-sign-out`.
pub struct ConsoleHome {
    pub name: String,
    pub role: Role,
    /// The operator's other roles.
    pub others: Vec<Role>,
    pub rooms: Vec<Room>,
    /// Cases past their deadline, of who decides.
    pub overdue: u64,
    pub can_add_passkey: bool,
    pub has_passkey: bool,
}

/// A part of the console.
pub struct Room {
    /// The key of its name.
    pub key: &'static str,
    pub address: &'static str,
}

pub struct ConsolePasskey {
    /// The names of those that are there.
    pub present: Vec<String>,
    /// The sign-in is too long ago for a change.
    pub too_old: bool,
}

/// A token for programs. Form `console-token`.
pub struct ConsoleToken {
    /// That the session shows, and so the token.
    pub role: Role,
    /// Shown once.
    pub token: Option<crate::base::Secret>,
}

impl ConsoleToken {
    pub const fn role_words(&self) -> &'static str {
        role_key(self.role)
    }
}

/// At a window: a passkey, or certificate and password, begins a shift, or vouches for what is to be done. Form
/// `window-certificate`: field `password`.
pub struct ConsoleWindow {
    pub place: String,
    pub task: WindowTask,
    /// Whether certificates are believed here.
    pub certificate: bool,
    pub faults: Vec<Fault>,
}

pub enum WindowTask {
    Shift,
    /// Masked; the kind by its word.
    Deed {
        kind: &'static str,
        name: String,
        number: String,
    },
}

impl ConsoleWindow {
    pub fn title(&self) -> &'static str {
        match self.task {
            WindowTask::Shift => "window-shift-title",
            WindowTask::Deed { .. } => "window-deed-title",
        }
    }

    /// Where the form posts to.
    pub fn certificate_at(&self) -> &'static str {
        match self.task {
            WindowTask::Shift => super::address::CONSOLE_SHIFT_CERTIFICATE,
            WindowTask::Deed { .. } => super::address::CONSOLE_CONFIRM_CERTIFICATE,
        }
    }

    /// Where the script posts to.
    pub fn at(&self) -> &'static str {
        match self.task {
            WindowTask::Shift => super::address::CONSOLE_SHIFT,
            WindowTask::Deed { .. } => super::address::CONSOLE_CONFIRM,
        }
    }

    pub fn deed_key(&self, kind: &str) -> &'static str {
        match kind {
            "raise" => "deed-raise",
            "phone" => "deed-phone",
            "recover" => "deed-recover",
            "pin" => "deed-pin",
            _ => "deed-open",
        }
    }
}

impl ConsoleCode {
    /// Where what is wrong with no field leads: only a certificate has none.
    pub fn first(&self) -> &'static str {
        if self.certificate { "console-certificate" } else { "code" }
    }
}

impl ConsoleSignIn {
    pub fn title(&self) -> &'static str {
        "console-sign-in-title"
    }
}

impl ConsoleHome {
    pub fn role_words(&self, frame: &Frame, role: &Role) -> String {
        frame.t(role_key(*role)).into_owned()
    }

    /// What the role is for, in one sentence.
    pub fn role_text(&self) -> &'static str {
        match self.role {
            Role::Viewer => "operator-viewer-text",
            Role::Registrar => "operator-registrar-text",
            Role::Keeper => "operator-keeper-text",
            Role::Auditor => "operator-auditor-text",
            Role::Clerk => "operator-clerk-text",
            Role::Decider => "operator-decider-text",
        }
    }
}

/// The name of a role.
pub const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Viewer => "operator-viewer",
        Role::Registrar => "operator-registrar",
        Role::Keeper => "operator-keeper",
        Role::Auditor => "operator-auditor",
        Role::Clerk => "operator-clerk",
        Role::Decider => "operator-decider",
    }
}
