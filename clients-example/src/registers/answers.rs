//! The two registers' doors: `POST /population/match` and `POST /operators/match`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::faults::{Mode, Register};
use crate::people::OperatorsCode;
use crate::{Registers, lock};

/// A question to a register. Purpose and matter are demanded by exchange platforms and kept by their
/// auditors; they are not signed. No Debug: this is a number and a name.
#[derive(Deserialize)]
pub struct Question {
    app_id: String,
    #[serde(deserialize_with = "text_or_number")]
    timestamp: String,
    nonce: String,
    request_id: String,
    #[serde(rename = "purpose")]
    _purpose: String,
    #[serde(rename = "matter")]
    _matter: String,
    number: String,
    name: String,
    #[serde(default)]
    phone: String,
    sign: String,
}

impl Question {
    fn signed_parts(&self) -> Vec<&str> {
        vec![&self.app_id, &self.timestamp, &self.nonce, &self.request_id, &self.number, &self.name]
    }
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
pub async fn population(State(registers): State<Arc<Registers>>, Json(question): Json<Question>) -> Response {
    if !registers.key.signed(&question.signed_parts(), &question.sign) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::Population);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let stale = fault.mode == Mode::Stale;
    let result = lock(&registers.people).match_number(&question.number, &question.name, stale);
    answer(&question, fault.mode, "result", json!(result))
}

/// `POST /operators/match`
pub async fn operators(State(registers): State<Arc<Registers>>, Json(question): Json<Question>) -> Response {
    let mut parts = question.signed_parts();
    parts.push(&question.phone);
    if !registers.key.signed(&parts, &question.sign) {
        return wrong_sign(&question);
    }
    let fault = registers.faults.meet(Register::Operators);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let code = match fault.mode {
        Mode::Code10009 => OperatorsCode::TooOften,
        Mode::Code10013 => OperatorsCode::TimedOut,
        mode => {
            let (people, stale) = (lock(&registers.people), mode == Mode::Stale);
            people.match_phone(&question.number, &question.name, &question.phone, stale)
        }
    };
    answer(&question, fault.mode, "code", json!(code))
}

fn wrong_sign(question: &Question) -> Response {
    let body = json!({"request_id": question.request_id, "error": "wrong_sign"});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

/// The answer as it goes out, or as the fault has bent it.
fn answer(question: &Question, mode: Mode, member: &str, value: Value) -> Response {
    match mode {
        Mode::WrongRequestId => {
            Json(json!({"request_id": format!("{}-other", question.request_id), member: value}))
                .into_response()
        }
        Mode::ErrorIn200 => {
            let body = json!({"request_id": question.request_id, "error": "50010", "message": "系统繁忙"});
            Json(body).into_response()
        }
        Mode::Gbk => {
            let body = json!({"request_id": question.request_id, member: value, "message": "查询成功"});
            let text = body.to_string();
            let (bytes, _, _) = encoding_rs::GBK.encode(&text);
            ([(header::CONTENT_TYPE, "application/json;charset=GBK")], bytes.into_owned()).into_response()
        }
        _ => Json(json!({"request_id": question.request_id, member: value})).into_response(),
    }
}
