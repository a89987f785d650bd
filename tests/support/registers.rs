//! The registers as a test wants them: an exchange platform that keeps the contract, says that it is a
//! simulator, checks how it is asked, and knows the people it is told of.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;
use yihao::base::Moment;

/// What the connector signs with where no key is configured.
const KEY: &[u8] = b"demo-register-key";

/// How a register misbehaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503 to everything.
    Down,
    /// Too many questions.
    Busy,
    /// An answer to another question.
    OtherQuestion,
    /// Not JSON.
    Garbled,
    /// 200, and inside it an error.
    FailedInside,
    /// Data of a hundred days ago.
    Stale,
}

impl Fault {
    pub const ALL: [Fault; 6] =
        [Self::Down, Self::Busy, Self::OtherQuestion, Self::Garbled, Self::FailedInside, Self::Stale];
}

#[derive(Default)]
struct Known {
    people: Vec<Entry>,
    /// As the registers of legal persons tell them, each with its department.
    organizations: Vec<(&'static str, Value)>,
    /// Child and guardian, by number.
    guardians: Vec<(String, String)>,
    fault: Option<Fault>,
}

struct Entry {
    number: String,
    name: String,
    phone: String,
    /// The population register's word on who matches: `MATCH`, `DECEASED`, …
    result: &'static str,
}

pub struct Registers {
    known: Arc<Mutex<Known>>,
    url: Url,
    server: tokio::task::JoinHandle<()>,
}

impl Registers {
    pub async fn start() -> Self {
        let known = Arc::new(Mutex::new(Known::default()));
        let router = Router::new()
            .route("/population/match", post(population))
            .route("/operators/match", post(operators))
            .route("/guardians/match", post(guardians))
            .route("/legal-persons/{department}/query", post(legal_persons))
            .with_state(known.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { known, url, server }
    }

    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// A person of this number, name and national phone number.
    pub fn know(&self, number: &str, name: &str, phone: &str) {
        self.know_as(number, name, phone, "MATCH");
    }

    pub fn know_as(&self, number: &str, name: &str, phone: &str, result: &'static str) {
        let entry = Entry { number: number.into(), name: name.into(), phone: phone.into(), result };
        lock(&self.known).people.push(entry);
    }

    /// A child, who has no phone, and its guardian.
    pub fn know_child(&self, number: &str, name: &str, guardian: &str) {
        self.know(number, name, "");
        lock(&self.known).guardians.push((number.into(), guardian.into()));
    }

    /// An active organization of this code, name and representative (name and number), in the register of
    /// `department`: `commerce`, `establishments`, `civil-affairs` or `agriculture`.
    pub fn know_organization(
        &self,
        department: &'static str,
        code: &str,
        name: &str,
        representative: (&str, &str),
    ) {
        let record = json!({
            "credit_code": code, "name": name, "status": "存续", "representative_name": representative.0,
            "representative_number": representative.1,
        });
        lock(&self.known).organizations.push((department, record));
    }

    /// The register names another representative of the organization.
    pub fn change_representative(&self, code: &str, (name, number): (&str, &str)) {
        self.change_organization(
            code,
            json!({ "representative_name": name, "representative_number": number }),
        );
    }

    /// Changes what the register has: `name`, `status` (a word of the register: 注销, …), `successor`, ….
    pub fn change_organization(&self, code: &str, change: Value) {
        let mut known = lock(&self.known);
        let (_, record) = known
            .organizations
            .iter_mut()
            .find(|(_, record)| record["credit_code"] == code)
            .expect("an organization that is known");
        for (name, value) in change.as_object().expect("an object") {
            record[name] = value.clone();
        }
    }

    /// `None` mends it.
    pub fn fail(&self, fault: Option<Fault>) {
        lock(&self.known).fault = fault;
    }
}

impl Drop for Registers {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(known: &Mutex<Known>) -> std::sync::MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

async fn population(State(known): State<Arc<Mutex<Known>>>, Json(question): Json<Value>) -> Response {
    answer(&known, &question, &["number", "name"], |known| {
        let entry = known.people.iter().find(|entry| entry.number == question["number"]);
        let result = match entry {
            None => "NO_RECORD",
            Some(entry) if entry.name != question["name"] => "MISMATCH",
            Some(entry) => entry.result,
        };
        json!({ "result": result })
    })
}

async fn guardians(State(known): State<Arc<Mutex<Known>>>, Json(question): Json<Value>) -> Response {
    answer(&known, &question, &["number", "name", "guardian"], |known| {
        let child = known.people.iter().find(|entry| entry.number == question["number"]);
        let theirs = |(child, guardian): &(String, String)| {
            question["number"] == child.as_str() && question["guardian"] == guardian.as_str()
        };
        let result = match child {
            None => "NO_RECORD",
            Some(entry) if entry.name == question["name"] && known.guardians.iter().any(theirs) => "MATCH",
            Some(_) => "MISMATCH",
        };
        json!({ "result": result })
    })
}

async fn operators(State(known): State<Arc<Mutex<Known>>>, Json(question): Json<Value>) -> Response {
    answer(&known, &question, &["number", "name", "phone"], |known| {
        let entry = known.people.iter().find(|entry| entry.phone == question["phone"]);
        let code = entry.map_or("10001", |entry| {
            match (entry.number == question["number"], entry.name == question["name"]) {
                (true, true) => "1",
                (false, false) => "2",
                (true, false) => "3",
                (false, true) => "4",
            }
        });
        json!({ "code": code })
    })
}

async fn legal_persons(
    State(known): State<Arc<Mutex<Known>>>,
    Path(department): Path<String>,
    Json(question): Json<Value>,
) -> Response {
    answer(&known, &question, &["credit_code"], |known| {
        let mut organizations = known.organizations.iter();
        let found = organizations
            .find(|(of, record)| *of == department && record["credit_code"] == question["credit_code"]);
        match found {
            None => json!({ "result": "NO_RECORD" }),
            Some((_, record)) => {
                let mut said = record.clone();
                said["result"] = "FOUND".into();
                said["as_of"] = day_of(&question, 0).into();
                said
            }
        }
    })
}

/// So many days before the asker's day.
fn day_of(question: &Value, ago: u32) -> String {
    let now = Moment::from_seconds(question["timestamp"].as_i64().expect("a timestamp"));
    now.minus(Duration::from_secs(24 * 3600) * ago).day().to_string()
}

/// What `look` finds, or what the fault makes of it. `about` are the members that are signed.
fn answer(
    known: &Mutex<Known>,
    question: &Value,
    about: &[&str],
    look: impl FnOnce(&Known) -> Value,
) -> Response {
    let known = lock(known);
    let simulator = [("x-simulator", "yihao-tests")];
    if !is_signed(question, about) {
        return (StatusCode::FORBIDDEN, simulator).into_response();
    }
    let mut said = look(&known);
    said["request_id"] = question["request_id"].clone();
    match known.fault {
        None => (simulator, Json(said)).into_response(),
        Some(Fault::Down) => (StatusCode::SERVICE_UNAVAILABLE, simulator).into_response(),
        Some(Fault::Busy) => (StatusCode::TOO_MANY_REQUESTS, simulator).into_response(),
        Some(Fault::OtherQuestion) => {
            said["request_id"] = uuid::Uuid::nil().to_string().into();
            (simulator, Json(said)).into_response()
        }
        Some(Fault::Garbled) => (simulator, "<html>维护中</html>").into_response(),
        Some(Fault::FailedInside) => {
            let error = json!({ "request_id": question["request_id"], "error": "50010" });
            (simulator, Json(error)).into_response()
        }
        Some(Fault::Stale) => {
            said["as_of"] = day_of(question, 100).into();
            (simulator, Json(said)).into_response()
        }
    }
}

/// The platform's rule: the fields in order, joined by `|`, under HMAC-SHA256 in hex.
fn is_signed(question: &Value, about: &[&str]) -> bool {
    let text = |name: &&str| match &question[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields: Vec<String> =
        ["app_id", "timestamp", "nonce", "request_id"].iter().chain(about).map(text).collect();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY);
    let tag = aws_lc_rs::hmac::sign(&key, fields.join("|").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    question["sign"] == hex.as_str()
}
