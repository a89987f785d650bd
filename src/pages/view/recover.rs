//! The way to a new password. Forms carry its handle as the hidden field `recovery`.

use super::{Fault, Frame};
use crate::credential::SecondFactor;

page!(Recover, "recover.html");
page!(RecoverCode, "recover_code.html");
page!(RecoverSecond, "recover_second.html");
page!(RecoverPassword, "recover_password.html");
page!(RecoverWaiting, "recover_waiting.html");
page!(Recovered, "recovered.html");

/// Form `recover`: field `identifier`. The other ways are named beside it.
pub struct Recover {
    pub identifier: String,
    pub by_passkey: bool,
    pub by_sms: bool,
    /// When the counters are open, as the operator words it.
    pub counter_hours: Option<String>,
    pub faults: Vec<Fault>,
}

/// Form `recover-code`: field `code`, for the code by SMS and for a counter's ticket. The same for everybody.
pub struct RecoverCode {
    pub recovery: String,
    /// Codes are sent; else there are only tickets.
    pub by_sms: bool,
    pub counter_hours: Option<String>,
    pub faults: Vec<Fault>,
}

/// Form `recover-second`: field `code`; form `recover-without` says that there is none.
pub struct RecoverSecond {
    pub recovery: String,
    /// The authenticator app, or a recovery code.
    pub factor: SecondFactor,
    /// What else would do, with its address.
    pub other: Option<(SecondFactor, String)>,
    pub faults: Vec<Fault>,
}

/// Form `recover-password`: field `password`, and `again` from a browser without script.
pub struct RecoverPassword {
    pub recovery: String,
    /// The fewest characters a password has.
    pub shortest: u32,
    pub faults: Vec<Fault>,
}

/// A day must pass first.
pub struct RecoverWaiting {
    /// Day and time from which a new password can be set.
    pub ready_at: String,
    pub counter_hours: Option<String>,
}

/// The new password is set, and the person is signed in. `next` is where they go on.
pub struct Recovered {
    pub next: String,
}

impl Recover {
    pub const fn go_on(&self) -> &'static str {
        if self.by_sms { "phone-do" } else { "recover-go-on" }
    }
}

impl RecoverCode {
    pub const fn title(&self) -> &'static str {
        if self.by_sms { "recover-code-title" } else { "recover-ticket-title" }
    }
}

impl RecoverSecond {
    pub const fn by_recovery_code(&self) -> bool {
        matches!(self.factor, SecondFactor::RecoveryCode)
    }

    pub fn title(&self) -> &'static str {
        if self.by_recovery_code() { "factor-recovery-title" } else { "factor-app-title" }
    }

    pub fn hint(&self, frame: &Frame) -> String {
        frame.t(if self.by_recovery_code() { "factor-recovery-hint" } else { "factor-app-hint" }).into_owned()
    }

    pub const fn other_key(&self, factor: &SecondFactor) -> &'static str {
        match factor {
            SecondFactor::RecoveryCode => "factor-by-recovery",
            _ => "factor-by-app",
        }
    }
}
