//! Pages that say why it does not go on, and what to do.

use std::time::Duration;

use super::Frame;

page!(ProblemPage, "problem.html");

/// An error page: the words, and the stable code in `data-error`.
pub struct ProblemPage {
    pub problem: Problem,
    /// The code of the protocol (`invalid_request`, …) or the problem's own.
    pub code: &'static str,
}

/// What a person can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    NotFound,
    /// Known address, wrong method: a form's address opened by hand.
    WrongWay,
    TooMany(Duration),
    Busy(Duration),
    /// The Ask or the registration is over: too old, used, or never ours.
    Expired,
    /// The anti-forgery token does not fit: cookies are off, or the page is from an earlier session.
    FormExpired,
    /// The relying system's request is wrong; the person can do nothing about it.
    ServiceMistake,
    /// The relying system is not registered, or is stopped.
    ServiceUnknown,
    /// The service wants more than this person can show now.
    NotEnough,
    /// The person has not agreed, and the service speaks no protocol in which it could be told.
    Declined,
    /// The service speaks CAS, and the day on which that ends has come.
    CasOver,
    /// The account is stopped for now; only a counter can lift that.
    Held,
    /// An operator without the right to this.
    NoRight,
    /// Not on a shared machine, nor in a session that was opened by scanning a code.
    NotHere,
    /// What was sent is too large.
    TooLarge,
    /// Our own failure.
    Ours,
}

impl Problem {
    /// One of each, for tests.
    pub const ALL: [Problem; 16] = [
        Self::NotFound,
        Self::WrongWay,
        Self::TooMany(Duration::from_secs(90)),
        Self::Busy(Duration::from_secs(5)),
        Self::Expired,
        Self::FormExpired,
        Self::ServiceMistake,
        Self::ServiceUnknown,
        Self::NotEnough,
        Self::Declined,
        Self::CasOver,
        Self::Held,
        Self::NoRight,
        Self::NotHere,
        Self::TooLarge,
        Self::Ours,
    ];

    /// The stable code, if the protocol gives no better one.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::WrongWay => "method_not_allowed",
            Self::TooMany(_) => "rate_limited",
            Self::Busy(_) => "temporarily_unavailable",
            Self::Expired => "expired",
            Self::FormExpired => "form_expired",
            Self::ServiceMistake => "invalid_request",
            Self::ServiceUnknown => "invalid_client",
            Self::NotEnough => "unmet_authentication_requirements",
            Self::Declined => "access_denied",
            Self::CasOver => "cas_over",
            Self::Held => "account_held",
            Self::NoRight => "no_right",
            Self::NotHere => "not_in_this_session",
            Self::TooLarge => "too_large",
            Self::Ours => "server_error",
        }
    }

    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("problem-not-found", "problem-not-found-do"),
            Self::WrongWay => ("problem-wrong-way", "problem-wrong-way-do"),
            Self::TooMany(_) => ("problem-too-many", "problem-too-many-do"),
            Self::Busy(_) => ("problem-busy", "problem-busy-do"),
            Self::Expired => ("problem-expired", "problem-expired-do"),
            Self::FormExpired => ("problem-form-expired", "problem-form-expired-do"),
            Self::ServiceMistake => ("problem-service-mistake", "problem-service-mistake-do"),
            Self::ServiceUnknown => ("problem-service-unknown", "problem-service-unknown-do"),
            Self::NotEnough => ("problem-not-enough", "problem-not-enough-do"),
            Self::Declined => ("problem-declined", "problem-declined-do"),
            Self::CasOver => ("problem-cas-over", "problem-cas-over-do"),
            Self::Held => ("problem-held", "problem-held-do"),
            Self::NoRight => ("problem-no-right", "problem-no-right-do"),
            Self::NotHere => ("problem-not-here", "problem-not-here-do"),
            Self::TooLarge => ("problem-too-large", "problem-too-large-do"),
            Self::Ours => ("problem-ours", "problem-ours-do"),
        }
    }
}

impl From<Problem> for ProblemPage {
    fn from(problem: Problem) -> Self {
        Self { problem, code: problem.code() }
    }
}

impl ProblemPage {
    pub fn title(&self, frame: &Frame) -> String {
        frame.t(self.problem.keys().0).into_owned()
    }

    pub fn advice(&self, frame: &Frame) -> String {
        let key = self.problem.keys().1;
        match self.problem {
            Problem::TooMany(wait) | Problem::Busy(wait) => frame.with(key, "wait", frame.wait(&wait)),
            _ => frame.t(key).into_owned(),
        }
    }
}
