//! What a register may say, and how its words are read.

use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::Register;

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
    #[error("the answer belongs to another question")]
    OtherQuestion,
    #[error("the answer is not what was agreed on")]
    Unreadable,
    #[error("a simulator answered, and danger.simulate_registers is off")]
    Simulator,
}

#[derive(Deserialize)]
struct Reply {
    request_id: String,
    result: Option<PopulationResult>,
    code: Option<OperatorsCode>,
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

/// Reads the text of a 200 to question `id`.
pub(super) fn read(register: Register, id: &Uuid, text: &str) -> Result<Answer, NoAnswer> {
    let reply = serde_json::from_str::<Reply>(text).ok();
    let reply = reply.filter(|reply| reply.error.is_none()).ok_or(NoAnswer::Unreadable)?;
    if reply.request_id != id.to_string() {
        return Err(NoAnswer::OtherQuestion);
    }
    let matched = || Answer::Match { reference: reply.request_id };
    match (register, reply.result, reply.code) {
        (Register::Population, Some(result), None) => Ok(match result {
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
