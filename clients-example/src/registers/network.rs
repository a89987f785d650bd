//! The service for network identity. Whoever opens the page says who they are and how it ends; toward one platform a
//! person always has the same network number, which tells nothing of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::page::page;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Mode, Register};
use crate::{Registers, lock};

/// Checks by their reference.
pub type NetworkChecks = BTreeMap<String, NetworkCheck>;

/// What the provider says when it begins one.
#[derive(Deserialize)]
pub struct Order {
    request_id: String,
    want: Want,
    number: Option<String>,
    name: Option<String>,
    return_to: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Want {
    Result,
    /// Whether it is who the provider knows already.
    Match,
    /// Number and name, if the person agrees here as well.
    Plaintext,
}

pub struct NetworkCheck {
    order: Order,
    ended: Value,
}

/// What the person says on the page.
#[derive(Default, Deserialize)]
pub struct Said {
    #[serde(default)]
    number: String,
    #[serde(default)]
    name: String,
    /// A box: the person tells number and name.
    tell: Option<String>,
}

#[derive(Template)]
#[template(path = "network.html")]
struct NetworkPage {
    title: &'static str,
    department: &'static str,
    reference: String,
    wants_plaintext: bool,
}

/// `POST /network-identity/checks`
pub async fn begin(
    State(registers): State<Arc<Registers>>,
    headers: HeaderMap,
    Json(order): Json<Order>,
) -> Response {
    let fault = registers.faults.meet(Register::NetworkIdentity);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let reference = format!("NET-{}", order.request_id);
    let answer = json!({
        "request_id": fault.told(&order.request_id), "reference": reference,
        "address": format!("http://{host}/network-identity/{reference}"),
    });
    let check = NetworkCheck { order, ended: json!({ "result": "PENDING" }) };
    lock(&registers.network_checks).insert(reference, check);
    Json(answer).into_response()
}

/// `GET /network-identity/checks/{reference}`
pub async fn outcome(State(registers): State<Arc<Registers>>, Path(reference): Path<String>) -> Response {
    let fault = registers.faults.meet(Register::NetworkIdentity);
    if let Err(failure) = fault.strike().await {
        return failure;
    }
    if fault.mode == Mode::ErrorIn200 {
        return Json(json!({ "code": "50001", "message": "系统繁忙" })).into_response();
    }
    let checks = lock(&registers.network_checks);
    let Some(check) = checks.get(&reference) else { return StatusCode::NOT_FOUND.into_response() };
    let mut answer = check.ended.clone();
    answer["request_id"] = fault.told(&check.order.request_id).into();
    answer["reference"] = reference.into();
    Json(answer).into_response()
}

/// `GET /network-identity/{reference}`: where the person is sent.
pub async fn show(State(registers): State<Arc<Registers>>, Path(reference): Path<String>) -> Response {
    let wants_plaintext = match lock(&registers.network_checks).get(&reference) {
        Some(check) => check.order.want == Want::Plaintext,
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    let (title, department) = ("网络身份认证", "国家网络身份认证模拟器");
    page(StatusCode::OK, &NetworkPage { title, department, reference, wants_plaintext })
}

/// `GET /network-identity/{reference}/passed?number=…&name=…&tell=on`, `…/failed`, `…/pending`: and back to the
/// provider.
pub async fn decide(
    State(registers): State<Arc<Registers>>,
    Path((reference, result)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Response {
    let mut checks = lock(&registers.network_checks);
    let Some(check) = checks.get_mut(&reference) else { return StatusCode::NOT_FOUND.into_response() };
    check.ended = match result.as_str() {
        "passed" => passed(&check.order, &said),
        "failed" => json!({ "result": "FAILED" }),
        "pending" => json!({ "result": "PENDING" }),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Redirect::to(&check.order.return_to).into_response()
}

fn passed(order: &Order, said: &Said) -> Value {
    // Nobody here has a birthday but in their number.
    let mut ended = json!({
        "result": "PASSED", "network_number": network_number(&said.number), "age": "ADULT",
        "matches": order.want == Want::Match
            && order.number.as_deref() == Some(said.number.as_str())
            && order.name.as_deref() == Some(said.name.as_str()),
    });
    if order.want == Want::Plaintext && said.tell.is_some() {
        ended["plaintext"] = json!({ "number_kind": "citizen-id", "number": said.number, "name": said.name });
    }
    ended
}

/// The same for a person each time, and not to be turned back by who has not the simulator.
fn network_number(number: &str) -> String {
    let digest = digest(&SHA256, format!("simulated platform|{number}").as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
