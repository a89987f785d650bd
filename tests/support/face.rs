//! Who checks faces, as a test wants them: the contract kept, or broken in one way.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
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
    /// A reference that was used before.
    SameReference,
}

#[derive(Default)]
struct Known {
    checks: Vec<Value>,
    fault: Option<Fault>,
}

type Shared = Arc<Mutex<Known>>;

pub struct Faces {
    known: Shared,
    url: Url,
    server: tokio::task::JoinHandle<()>,
}

impl Faces {
    pub async fn start() -> Self {
        let known = Shared::default();
        let router = Router::new()
            .route("/face/checks", post(begin))
            .route("/face/checks/{reference}", get(outcome))
            .with_state(known.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/face", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { known, url: url.parse().expect("a URL"), server }
    }

    /// Makes a house ask here.
    pub fn configure(&self, config: &mut Config) {
        config.face.url = Some(self.url.clone());
        config.danger.simulate_proofs = true;
    }

    pub fn fail(&self, fault: Option<Fault>) {
        self.lock().fault = fault;
    }

    /// What the service was told of each check, in order.
    pub fn asked(&self) -> Vec<Value> {
        self.lock().checks.clone()
    }

    /// The person does the newest check; where they are sent back to.
    pub fn ends(&self, result: &str) -> String {
        let mut known = self.lock();
        let check = known.checks.last_mut().expect("a check has begun");
        check["result"] = result.into();
        check["return_to"].as_str().expect("an address").to_owned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Faces {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const SIMULATOR: [(&str, &str); 1] = [("x-simulator", "yihao-tests")];

async fn begin(
    State(known): State<Shared>,
    headers: axum::http::HeaderMap,
    Json(mut check): Json<Value>,
) -> Response {
    let host = headers["host"].to_str().expect("ASCII").to_owned();
    let mut known = known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let n = if known.fault == Some(Fault::SameReference) { 0 } else { known.checks.len() };
    let reference = format!("F/{n}");
    let origin = if known.fault == Some(Fault::Elsewhere) {
        "http://elsewhere.example".into()
    } else {
        format!("http://{host}")
    };
    check["reference"] = reference.clone().into();
    check["result"] = "PENDING".into();
    known.checks.push(check.clone());
    let said = json!({
        "request_id": check["request_id"], "reference": reference, "address": format!("{origin}/face/do?{n}"),
    });
    broken(&known).unwrap_or_else(|| (SIMULATOR, Json(said)).into_response())
}

async fn outcome(State(known): State<Shared>, Path(reference): Path<String>) -> Response {
    let known = known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let found = known.checks.iter().rfind(|check| check["reference"] == reference.as_str());
    let Some(check) = found else { return StatusCode::NOT_FOUND.into_response() };
    let mut said = json!({
        "request_id": check["request_id"], "reference": reference, "result": check["result"],
    });
    if known.fault == Some(Fault::OtherQuestion) {
        said["request_id"] = uuid::Uuid::nil().to_string().into();
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
