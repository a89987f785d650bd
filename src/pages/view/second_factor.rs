//! One more proof, in a session that has begun.

use super::{Fault, Frame};
use crate::credential::SecondFactor;

page!(AskSecondFactor, "second_factor.html");
page!(NoSecondFactor, "second_factor_missing.html");

/// Form `second-factor`: field `code`; none where a passkey is asked for. Form `second-factor-send` sends
/// another code by SMS, form `second-factor-leave` goes back to the service without.
pub struct AskSecondFactor {
    pub why: Why,
    pub factor: SecondFactor,
    /// What else would do.
    pub others: Vec<SecondFactor>,
    /// Masked.
    pub phone: Option<String>,
    /// Where the person goes on within their account, if that is where they come from.
    pub to: Option<String>,
    pub faults: Vec<Fault>,
}

/// Nothing that the person has is strong enough.
pub struct NoSecondFactor {
    pub why: Why,
    /// They may add a passkey now.
    pub can_add: bool,
}

/// Who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The relying system.
    Service,
    /// A change of factors.
    Change,
    /// The person, at every sign-in.
    Always,
}

impl Why {
    pub const fn key(self) -> &'static str {
        match self {
            Self::Service => "factor-why-service",
            Self::Change => "factor-why-change",
            Self::Always => "factor-why-always",
        }
    }
}

impl AskSecondFactor {
    pub const fn title(&self) -> &'static str {
        match self.factor {
            SecondFactor::Passkey => "factor-passkey-title",
            SecondFactor::Totp => "factor-app-title",
            SecondFactor::Sms => "factor-sms-title",
            SecondFactor::RecoveryCode => "factor-recovery-title",
        }
    }

    pub const fn by_passkey(&self) -> bool {
        matches!(self.factor, SecondFactor::Passkey)
    }

    pub const fn by_sms(&self) -> bool {
        matches!(self.factor, SecondFactor::Sms)
    }

    pub const fn by_recovery_code(&self) -> bool {
        matches!(self.factor, SecondFactor::RecoveryCode)
    }

    pub fn hint(&self, frame: &Frame) -> String {
        match (self.factor, &self.phone) {
            (SecondFactor::Sms, Some(phone)) => frame.with("code-sent", "phone", phone),
            (SecondFactor::Sms | SecondFactor::Passkey, _) => String::new(),
            (SecondFactor::Totp, _) => frame.t("factor-app-hint").into_owned(),
            (SecondFactor::RecoveryCode, _) => frame.t("factor-recovery-hint").into_owned(),
        }
    }

    /// This page, asking for another factor.
    pub fn with(&self, frame: &Frame, factor: &SecondFactor) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("method", factor.as_str());
        query.extend_pairs(self.to.as_ref().map(|to| ("to", to)));
        query.extend_pairs(frame.ask.as_ref().map(|ask| ("ask", ask)));
        format!("{}?{}", super::address::SECOND_FACTOR, query.finish())
    }

    pub const fn other_key(&self, factor: &SecondFactor) -> &'static str {
        match factor {
            SecondFactor::Passkey => "factor-by-passkey",
            SecondFactor::Totp => "factor-by-app",
            SecondFactor::Sms => "factor-by-sms",
            SecondFactor::RecoveryCode => "factor-by-recovery",
        }
    }

    /// Whether there is a relying system to go back to with "I cannot".
    pub const fn can_leave(&self, frame: &Frame) -> bool {
        self.to.is_none() && frame.onward.is_some()
    }
}
