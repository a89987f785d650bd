//! The face check. Nobody looks at anybody: whoever opens the page says how it ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::page::page;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::faults::Register;
use crate::{Registers, lock};

/// Checks by their reference.
pub type Checks = BTreeMap<String, Check>;

/// What the provider says when it begins one. Number and name are not kept.
#[derive(Deserialize)]
pub struct Order {
    request_id: String,
    return_to: String,
}

pub struct Check {
    request_id: String,
    return_to: String,
    result: Outcome,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Outcome {
    Pending,
    Passed,
    Failed,
}

#[derive(Template)]
#[template(path = "face.html")]
struct FacePage {
    title: &'static str,
    department: &'static str,
    reference: String,
}

/// `POST /face/checks`
pub async fn begin(
    State(registers): State<Arc<Registers>>,
    headers: HeaderMap,
    Json(order): Json<Order>,
) -> Response {
    let fault = registers.faults.meet(Register::Face);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Order { request_id, return_to } = order;
    let reference = format!("SIM-{request_id}");
    let answer = json!({
        "request_id": fault.told(&request_id), "reference": reference,
        "address": format!("http://{host}/face/{reference}"),
    });
    let check = Check { request_id, return_to, result: Outcome::Pending };
    lock(&registers.checks).insert(reference, check);
    Json(answer).into_response()
}

/// `GET /face/checks/{reference}`
pub async fn outcome(State(registers): State<Arc<Registers>>, Path(reference): Path<String>) -> Response {
    let fault = registers.faults.meet(Register::Face);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let checks = lock(&registers.checks);
    let Some(check) = checks.get(&reference) else { return StatusCode::NOT_FOUND.into_response() };
    let request_id = fault.told(&check.request_id);
    Json(json!({"request_id": request_id, "reference": reference, "result": check.result})).into_response()
}

/// `GET /face/{reference}`: where the person is sent.
pub async fn show(State(registers): State<Arc<Registers>>, Path(reference): Path<String>) -> Response {
    if !lock(&registers.checks).contains_key(&reference) {
        return StatusCode::NOT_FOUND.into_response();
    }
    page(StatusCode::OK, &FacePage { title: "人脸核验", department: "人脸比对服务模拟器", reference })
}

/// `GET /face/{reference}/passed`, `…/failed`, `…/pending`: and back to the provider.
pub async fn decide(
    State(registers): State<Arc<Registers>>,
    Path((reference, result)): Path<(String, String)>,
) -> Response {
    let mut checks = lock(&registers.checks);
    let result = match result.as_str() {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "pending" => Outcome::Pending,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let Some(check) = checks.get_mut(&reference) else { return StatusCode::NOT_FOUND.into_response() };
    check.result = result;
    Redirect::to(&check.return_to).into_response()
}
