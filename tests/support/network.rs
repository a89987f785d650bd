//! The service for network identity, as a test wants it: the contract kept, or broken in one way.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;
use yihao::config::Config;

/// How it misbehaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Down,
    Garbled,
    /// The result of somebody else's check.
    OtherQuestion,
    /// Leads people to another origin.
    Elsewhere,
    /// A yes to nobody.
    Nameless,
}

#[derive(Default)]
struct Known {
    checks: Vec<Value>,
    fault: Option<Fault>,
}

type Shared = Arc<Mutex<Known>>;

pub struct NetworkIdentities {
    known: Shared,
    url: Url,
    server: tokio::task::JoinHandle<()>,
}

impl NetworkIdentities {
    pub async fn start() -> Self {
        let known = Shared::default();
        let router = Router::new()
            .route("/net/checks", post(begin))
            .route("/net/checks/{reference}", get(outcome))
            .with_state(known.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/net", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { known, url: url.parse().expect("a URL"), server }
    }

    /// Makes a house ask here.
    pub fn configure(&self, config: &mut Config) {
        config.network_identity.url = Some(self.url.clone());
        config.network_identity.name = "Network Identity".to_owned();
        config.danger.simulate_proofs = true;
    }

    pub fn fail(&self, fault: Option<Fault>) {
        self.lock().fault = fault;
    }

    /// What the service was told of each check, in order.
    pub fn asked(&self) -> Vec<Value> {
        self.lock().checks.clone()
    }

    /// The person ends the newest check so; where they are sent back to.
    pub fn ends(&self, said: Value) -> String {
        let mut known = self.lock();
        let check = known.checks.last_mut().expect("a check has begun");
        let check = check.as_object_mut().expect("an object");
        check.extend(said.as_object().expect("an object").clone());
        check["return_to"].as_str().expect("an address").to_owned()
    }

    /// An adult of this network number confirms.
    pub fn confirms(&self, network_number: &str) -> String {
        self.ends(json!({ "result": "PASSED", "network_number": network_number, "age": "ADULT" }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for NetworkIdentities {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const SIMULATOR: [(&str, &str); 1] = [("x-simulator", "yihao-tests")];

async fn begin(State(known): State<Shared>, headers: HeaderMap, Json(mut check): Json<Value>) -> Response {
    let host = headers["host"].to_str().expect("ASCII").to_owned();
    let mut known = known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let reference = format!("N/{}", known.checks.len());
    let elsewhere = known.fault == Some(Fault::Elsewhere);
    let origin = if elsewhere { "http://elsewhere.example".into() } else { format!("http://{host}") };
    check["reference"] = reference.clone().into();
    check["result"] = "PENDING".into();
    let said = json!({
        "request_id": check["request_id"], "reference": reference, "address": format!("{origin}/net/do"),
    });
    known.checks.push(check);
    broken(&known).unwrap_or_else(|| (SIMULATOR, Json(said)).into_response())
}

async fn outcome(State(known): State<Shared>, Path(reference): Path<String>) -> Response {
    let known = known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let found = known.checks.iter().rfind(|check| check["reference"] == reference.as_str());
    let Some(check) = found else { return StatusCode::NOT_FOUND.into_response() };
    let mut said = json!({});
    for name in ["request_id", "reference", "result", "network_number", "age", "matches", "plaintext"] {
        if let Some(value) = check.get(name) {
            said[name] = value.clone();
        }
    }
    match known.fault {
        Some(Fault::OtherQuestion) => said["request_id"] = uuid::Uuid::nil().to_string().into(),
        Some(Fault::Nameless) => said["network_number"] = "short".into(),
        _ => {}
    }
    broken(&known).unwrap_or_else(|| (SIMULATOR, Json(said)).into_response())
}

fn broken(known: &Known) -> Option<Response> {
    match known.fault? {
        Fault::Down => Some((StatusCode::SERVICE_UNAVAILABLE, SIMULATOR).into_response()),
        Fault::Garbled => Some((SIMULATOR, "<html>维护中</html>").into_response()),
        _ => None,
    }
}
