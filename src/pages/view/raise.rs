//! What would make us surer who somebody is, and the question before a face is checked.

use jiff::civil::Date;

use super::{Fault, Frame, Level, level};
use crate::base::TrustLevel;

page!(Raise, "raise.html");
page!(AskFace, "face.html");
page!(AskCertificate, "certificate.html");
page!(NumberHeld, "number_held.html");
page!(AskNetworkIdentity, "network_identity.html");
page!(NetworkNewcomer, "network_newcomer.html");

/// What there is, what is wanted, and the ways there. Form `raise-leave` goes back to the service without.
pub struct Raise {
    /// What the service needs; without one, what comes next. `None`: there is nothing above.
    pub needed: Option<TrustLevel>,
    pub level: Level,
    /// Besides the counter, which is always there.
    pub ways: Vec<Way>,
    pub counter_hours: Option<String>,
    pub faults: Vec<Fault>,
}

/// A way to prove who one is without going anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    Face,
    /// A platform of this name.
    National {
        name: String,
    },
    /// The service for network identity, by its name.
    Network {
        name: String,
    },
    Certificate,
}

/// "Do you agree?", asked before each check. Form `face`: buttons `allow` and `deny`. Form `face-withdraw`, where
/// an earlier result still counts.
pub struct AskFace {
    /// Who does the check.
    pub checker: String,
    /// Below 14 a guardian agrees, and not here.
    pub needs_guardian: bool,
    /// When the check was agreed to that still counts.
    pub agreed: Option<Date>,
    /// A check that is not finished: where its result is asked for again.
    pub again: Option<String>,
    pub counter_hours: Option<String>,
    pub faults: Vec<Fault>,
}

/// Plug it in. Form `certificate`.
pub struct AskCertificate;

/// What network identity tells, and what it does not. Form `network-identity`: box `tell`, empty.
pub struct AskNetworkIdentity {
    pub name: String,
    /// Whether number and name are unknown here, and the person may have them told.
    pub may_tell: bool,
    /// A check that is not finished: where its result is asked for again.
    pub again: Option<String>,
    /// Where the other ways are.
    pub back: String,
    pub faults: Vec<Fault>,
}

/// A network number that opens no account yet. Form `newcomer`: an account with nothing else.
pub struct NetworkNewcomer {
    pub handle: String,
}

/// Somebody has proven a number that an account holds on weaker proof. Is that account theirs? Form `anew`: no.
pub struct NumberHeld {
    pub handle: String,
}

impl Raise {
    pub fn needed(&self, frame: &Frame) -> Option<String> {
        self.needed.map(|trust| level::named(frame, trust))
    }

    /// Whether a service waits.
    pub const fn wanted_by_service(&self, frame: &Frame) -> bool {
        frame.onward.is_some()
    }

    pub const fn title(&self, frame: &Frame) -> &'static str {
        if self.wanted_by_service(frame) { "raise-title" } else { "raise-title-own" }
    }
}
