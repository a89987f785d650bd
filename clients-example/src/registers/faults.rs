//! Failures that can be switched on, a register at a time: what real ones do on a bad day.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::{Registers, lock};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    Population,
    Operators,
    /// All the departments' registers.
    LegalPersons,
    /// Only 429, 500, hang and late mean something to it.
    Sms,
    /// Only 429, 500, hang, late and wrong_request_id mean something to it.
    Face,
    /// 429, 500, hang, late, wrong_request_id and error_in_200 mean something to it.
    NetworkIdentity,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    None,
    /// Too many requests, with Retry-After.
    #[serde(rename = "429")]
    TooManyRequests,
    /// A stack trace in place of an answer.
    #[serde(rename = "500")]
    ServerError,
    /// The connection stays open and nothing comes.
    Hang,
    /// The right answer, `ms` milliseconds later.
    Late,
    /// The answer to another question.
    WrongRequestId,
    /// HTTP 200 with an error inside, and no result.
    #[serde(rename = "error_in_200")]
    ErrorIn200,
    /// The answer of a register that lags behind, and says so by its date: see `People::match_number`.
    Stale,
    /// The right answer with a Chinese message, in GBK.
    Gbk,
    /// The operators' own code for "asked too often".
    #[serde(rename = "10009")]
    Code10009,
    /// The operators' own code for "we timed out ourselves".
    #[serde(rename = "10013")]
    Code10013,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub mode: Mode,
    /// For `late`.
    #[serde(default = "three_seconds")]
    pub ms: u64,
    /// For how many questions; without it, until changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

fn three_seconds() -> u64 {
    3000
}

impl Default for Fault {
    fn default() -> Self {
        Self { mode: Mode::None, ms: three_seconds(), times: None }
    }
}

impl Fault {
    /// The failures that come in place of an answer, or before it.
    pub async fn strike(self) -> Result<(), Response> {
        match self.mode {
            Mode::TooManyRequests => {
                Err((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], "slow down")
                    .into_response())
            }
            Mode::ServerError => {
                let trace =
                    "java.lang.NullPointerException\n\tat cn.example.register.Match.run(Match.java:42)";
                Err((StatusCode::INTERNAL_SERVER_ERROR, trace).into_response())
            }
            Mode::Hang => {
                std::future::pending::<()>().await;
                Ok(())
            }
            Mode::Late => {
                tokio::time::sleep(Duration::from_millis(self.ms)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Fault {
    /// The id that the answer bears.
    pub fn told(self, request_id: &str) -> &str {
        if self.mode == Mode::WrongRequestId { "00000000-0000-0000-0000-000000000000" } else { request_id }
    }
}

#[derive(Default)]
pub struct Faults(Mutex<BTreeMap<Register, Fault>>);

impl Faults {
    /// The fault that this question meets.
    pub fn meet(&self, register: Register) -> Fault {
        let mut faults = lock(&self.0);
        let fault = faults.entry(register).or_default();
        let met = *fault;
        match &mut fault.times {
            Some(0) => return Fault::default(),
            Some(left) => *left -= 1,
            None => {}
        }
        if fault.times == Some(0) {
            *fault = Fault::default();
        }
        met
    }

    fn all(&self) -> BTreeMap<Register, Fault> {
        let faults = lock(&self.0);
        let registers = [
            Register::Population,
            Register::Operators,
            Register::LegalPersons,
            Register::Sms,
            Register::Face,
            Register::NetworkIdentity,
        ];
        registers.map(|register| (register, faults.get(&register).copied().unwrap_or_default())).into()
    }
}

/// `GET /faults`
pub async fn show(State(registers): State<Arc<Registers>>) -> Json<BTreeMap<Register, Fault>> {
    Json(registers.faults.all())
}

/// `PUT /faults`: changes the registers that are named, and leaves the others.
pub async fn change(
    State(registers): State<Arc<Registers>>,
    Json(change): Json<BTreeMap<Register, Fault>>,
) -> Json<BTreeMap<Register, Fault>> {
    lock(&registers.faults.0).extend(change);
    Json(registers.faults.all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_it_was_told_to() {
        let faults = Faults::default();
        let fault: Fault = serde_json::from_str(r#"{"mode":"500","times":2}"#).unwrap();
        lock(&faults.0).insert(Register::Population, fault);
        let met: Vec<Mode> = (0..3).map(|_| faults.meet(Register::Population).mode).collect();
        assert_eq!(met, [Mode::ServerError, Mode::ServerError, Mode::None]);
        assert_eq!(faults.meet(Register::Operators).mode, Mode::None);
        let forever: Fault = serde_json::from_str(r#"{"mode":"gbk"}"#).unwrap();
        lock(&faults.0).insert(Register::Population, forever);
        assert!((0..9).all(|_| faults.meet(Register::Population).mode == Mode::Gbk));
    }
}
