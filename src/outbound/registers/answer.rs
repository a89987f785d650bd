//! What a register may say, and how its words are read.

use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::Register;
use crate::base::Moment;

/// What came of a question. Only `Match` raises a trust level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All that was asked belongs together. The reference finds the question in the register's own log; it
    /// is the evidence to keep.
    Match { reference: String },
    /// The register knows the number or the phone, but what was asked does not belong together.
    Mismatch,
    /// The register does not know what was asked about.
    NoRecord,
    /// The person has died.
    Deceased,
    /// The record is cancelled or locked. Not a mismatch, for another name would not help; not "no
    /// record", for there is one. Only the police can mend it, so the person is sent there.
    NotInForce,
    /// Nothing is known now that was not known before.
    NoAnswer(NoAnswer),
}

impl Answer {
    /// Its kind, for the metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Match { .. } => "match",
            Self::Mismatch => "mismatch",
            Self::NoRecord => "no-record",
            Self::Deceased => "deceased",
            Self::NotInForce => "not-in-force",
            Self::NoAnswer(why) => why.as_str(),
        }
    }
}

/// Why there is no answer. For the log and the operator; the person is told to try later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("no key to ask with: set registers.key_file")]
    NotConfigured,
    #[error("no connection, or it broke")]
    Unreachable,
    #[error("no complete answer in time")]
    Timeout,
    #[error("refused with status {0}")]
    Refused(u16),
    #[error("too many questions for the register now")]
    Busy,
    #[error("the questions to the register that a day has are spent (registers.per_day)")]
    Spent,
    #[error("the answer belongs to another question")]
    OtherQuestion,
    #[error("the answer is not what was agreed on")]
    Unreadable,
    #[error("the register answered that it failed")]
    Failed,
    #[error("no extract is in use: load it with `yihao register load`")]
    NotLoaded,
    #[error("the register's data are older than registers.stale_days")]
    Stale,
    #[error("the register has failed too often, and is left alone for registers.rest_seconds")]
    Resting,
    #[error("a simulator answered, and danger.simulate_registers is off")]
    Simulator,
}

impl NoAnswer {
    /// Its kind, for the metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Refused(_) => "refused",
            Self::Busy => "busy",
            Self::Spent => "spent",
            Self::OtherQuestion => "other-question",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
            Self::NotLoaded => "not-loaded",
            Self::Stale => "stale",
            Self::Resting => "resting",
            Self::Simulator => "simulator",
        }
    }

    /// Whether the same question may get an answer a moment later. Not one that was understood and refused,
    /// and not where too much was asked already.
    pub(super) const fn may_pass(self) -> bool {
        match self {
            Self::Unreachable | Self::Timeout => true,
            Self::Refused(status) => status >= 500,
            _ => false,
        }
    }

    /// Whether it is the register that is ill, so that it had better be left alone for a while.
    pub(super) const fn is_outage(self) -> bool {
        self.may_pass() || matches!(self, Self::Failed | Self::Unreadable | Self::OtherQuestion)
    }
}

#[derive(Deserialize)]
struct Reply {
    request_id: String,
    result: Option<PopulationResult>,
    code: Option<OperatorsCode>,
    /// The day of the register's data; a register that says nothing of it is taken to be of today.
    as_of: Option<jiff::civil::Date>,
    /// Some platforms answer 200 and tell the error inside.
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PopulationResult {
    Match,
    Mismatch,
    NoRecord,
    Deceased,
    Cancelled,
    Locked,
}

/// The operators' codes (DOMAIN §3.3).
#[derive(Deserialize)]
enum OperatorsCode {
    #[serde(rename = "1")]
    AllMatch,
    #[serde(rename = "2")]
    NumberAndNameDiffer,
    #[serde(rename = "3")]
    NameDiffers,
    #[serde(rename = "4")]
    NumberDiffers,
    #[serde(rename = "10001")]
    NoResult,
    #[serde(rename = "10009")]
    RateExceeded,
    #[serde(rename = "10013")]
    TimedOut,
}

/// Reads the text of a 200 to question `id`. From data older than `oldest` nothing follows: neither a match
/// nor that somebody is unknown.
pub(super) fn read(register: Register, id: &Uuid, text: &str, oldest: Moment) -> Result<Answer, NoAnswer> {
    let reply = serde_json::from_str::<Reply>(text).map_err(|_| NoAnswer::Unreadable)?;
    if reply.request_id != id.to_string() {
        return Err(NoAnswer::OtherQuestion);
    }
    if reply.error.is_some() {
        return Err(NoAnswer::Failed);
    }
    if reply.as_of.and_then(Moment::of_day).is_some_and(|day| day < oldest) {
        return Err(NoAnswer::Stale);
    }
    let matched = || Answer::Match { reference: reply.request_id };
    match (register, reply.result, reply.code) {
        (Register::Population | Register::Guardians, Some(result), None) => Ok(match result {
            PopulationResult::Match => matched(),
            PopulationResult::Mismatch => Answer::Mismatch,
            PopulationResult::NoRecord => Answer::NoRecord,
            PopulationResult::Deceased => Answer::Deceased,
            PopulationResult::Cancelled | PopulationResult::Locked => Answer::NotInForce,
        }),
        (Register::Operators, None, Some(code)) => match code {
            OperatorsCode::AllMatch => Ok(matched()),
            OperatorsCode::NumberAndNameDiffer
            | OperatorsCode::NameDiffers
            | OperatorsCode::NumberDiffers => Ok(Answer::Mismatch),
            OperatorsCode::NoResult => Ok(Answer::NoRecord),
            OperatorsCode::RateExceeded => Err(NoAnswer::Busy),
            OperatorsCode::TimedOut => Err(NoAnswer::Timeout),
        },
        _ => Err(NoAnswer::Unreadable),
    }
}
