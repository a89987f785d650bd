//! The registers' doors: `POST /population/match`, `POST /operators/match` and
//! `POST /legal-persons/{department}/query`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::faults::{Mode, Register};
use crate::organizations::Department;
use crate::people::OperatorsCode;
use crate::{Registers, lock};

/// A question to a register, about whatever that register knows. Purpose and matter are demanded by exchange
/// platforms and kept by their auditors; they are not signed. No Debug: a number and a name may be in it.
#[derive(Deserialize)]
pub struct Question<About> {
    app_id: String,
    #[serde(deserialize_with = "text_or_number")]
    timestamp: String,
    nonce: String,
    request_id: String,
    #[serde(rename = "purpose")]
    _purpose: String,
    #[serde(rename = "matter")]
    _matter: String,
    #[serde(flatten)]
    about: About,
    sign: String,
}

#[derive(Deserialize)]
pub struct AboutPerson {
    number: String,
    name: String,
    #[serde(default)]
    phone: String,
    /// Whose ward a child may be, by number.
    #[serde(default)]
    guardian: String,
}

#[derive(Deserialize)]
pub struct AboutOrganization {
    credit_code: String,
}

impl<About> Question<About> {
    /// Whether the asker signed its own part and what it asks about, in this order.
    fn is_signed(&self, registers: &Registers, about: &[&str]) -> bool {
        let own: [&str; 4] = [&self.app_id, &self.timestamp, &self.nonce, &self.request_id];
        registers.key.signed(&[&own, about].concat(), &self.sign)
    }

    /// The day that a register's data are of, seen from the asker's own time: three days ago, or long ago.
    fn as_of(&self, stale: bool) -> Option<String> {
        let age = if stale { STALE_DAYS } else { LAG_DAYS };
        let day = self.timestamp.parse::<i64>().ok()?.div_euclid(86_400) - age;
        Some(civil(day))
    }
}

/// Registers are told of a change by the departments some days later.
const LAG_DAYS: i64 = 3;
const STALE_DAYS: i64 = 100;

/// The date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(day: i64) -> String {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

/// Signed as it is written, so 1700000000 and "1700000000" sign alike.
fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("a timestamp is a text or a number")),
    }
}

/// `POST /population/match`
pub async fn population(
    State(registers): State<Arc<Registers>>,
    Json(question): Json<Question<AboutPerson>>,
) -> Response {
    let about = &question.about;
    if !question.is_signed(&registers, &[&about.number, &about.name]) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::Population);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let stale = fault.mode == Mode::Stale;
    let result = lock(&registers.people).match_number(&about.number, &about.name, stale);
    answer(&question, fault.mode, json!({"result": result, "as_of": question.as_of(stale)}))
}

/// `POST /guardians/match`
pub async fn guardians(
    State(registers): State<Arc<Registers>>,
    Json(question): Json<Question<AboutPerson>>,
) -> Response {
    let about = &question.about;
    if !question.is_signed(&registers, &[&about.number, &about.name, &about.guardian]) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::Population);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let stale = fault.mode == Mode::Stale;
    let people = lock(&registers.people);
    let result = people.match_guardian(&about.number, &about.name, &about.guardian, stale);
    drop(people);
    answer(&question, fault.mode, json!({"result": result, "as_of": question.as_of(stale)}))
}

/// `POST /operators/match`
pub async fn operators(
    State(registers): State<Arc<Registers>>,
    Json(question): Json<Question<AboutPerson>>,
) -> Response {
    let about = &question.about;
    if !question.is_signed(&registers, &[&about.number, &about.name, &about.phone]) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::Operators);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let stale = fault.mode == Mode::Stale;
    let code = match fault.mode {
        Mode::Code10009 => OperatorsCode::TooOften,
        Mode::Code10013 => OperatorsCode::TimedOut,
        _ => lock(&registers.people).match_phone(&about.number, &about.name, &about.phone, stale),
    };
    answer(&question, fault.mode, json!({"code": code, "as_of": question.as_of(stale)}))
}

/// `POST /legal-persons/{department}/query`
pub async fn legal_persons(
    State(registers): State<Arc<Registers>>,
    Path(department): Path<Department>,
    Json(question): Json<Question<AboutOrganization>>,
) -> Response {
    let code = &question.about.credit_code;
    if !question.is_signed(&registers, &[code]) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::LegalPersons);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let stale = fault.mode == Mode::Stale;
    let record = lock(&registers.organizations).find(department, code, stale).cloned();
    let said = match record {
        None => json!({"result": "NO_RECORD"}),
        Some(record) => {
            let mut said = json!(record);
            said["result"] = "FOUND".into();
            said["as_of"] = question.as_of(stale).into();
            said
        }
    };
    answer(&question, fault.mode, said)
}

fn wrong_sign<About>(question: &Question<About>) -> Response {
    let body = json!({"request_id": question.request_id, "error": "wrong_sign"});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// The answer as it goes out, or as the fault has bent it.
fn answer<About>(question: &Question<About>, mode: Mode, mut said: Value) -> Response {
    said["request_id"] = question.request_id.as_str().into();
    match mode {
        Mode::WrongRequestId => {
            said["request_id"] = format!("{}-other", question.request_id).into();
            Json(said).into_response()
        }
        Mode::ErrorIn200 => {
            let body = json!({"request_id": question.request_id, "error": "50010", "message": "系统繁忙"});
            Json(body).into_response()
        }
        Mode::Gbk => {
            said["message"] = "查询成功".into();
            let text = said.to_string();
            let (bytes, _, _) = encoding_rs::GBK.encode(&text);
            ([(header::CONTENT_TYPE, "application/json;charset=GBK")], bytes.into_owned()).into_response()
        }
        _ => Json(said).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_have_their_dates() {
        for (day, date) in [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_775, "2026-11-18")] {
            assert_eq!(civil(day), date);
        }
    }
}
