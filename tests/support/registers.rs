//! The registers as a test wants them: an exchange platform that keeps the contract, says that it is a
//! simulator, checks how it is asked, and knows the people it is told of.

use std::collections::HashMap;
use std::path::Path as FilePath;
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
    /// So many questions are answered before the fault begins.
    well_for: usize,
    /// What is asked about this number or code gets an answer that nobody can read.
    unreadable: Option<String>,
    /// How often each thing was asked, and how often it was answered well.
    asked: HashMap<String, (u32, u32)>,
    /// The place of each person, by number.
    places: HashMap<String, usize>,
    organization_places: HashMap<(&'static str, String), usize>,
    /// How long an answer takes.
    takes: Duration,
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
        let mut known = lock(&self.known);
        let place = known.people.len();
        known.places.entry(number.into()).or_insert(place);
        known.people.push(entry);
    }

    /// Everybody of a population register, and everything of a register of legal persons, as
    /// `tests/legacy/gen_legacy.py` writes them.
    pub fn know_all(&self, directory: &FilePath) {
        let rows = |name: &str| {
            let mut reader = csv::Reader::from_path(directory.join(name)).expect("a register");
            let heads = reader.headers().expect("heads").clone();
            let place = move |head: &str| heads.iter().position(|one| one == head).expect("a column");
            (reader, place)
        };
        let (mut reader, place) = rows("reg_population.csv");
        let (number, name, status, phone) = (place("idno"), place("name"), place("status"), place("mobile"));
        for row in reader.records() {
            let row = row.expect("a row");
            let result = match &row[status] {
                "0" => "MATCH",
                "1" => "CANCELLED",
                "9" => "DECEASED",
                _ => "LOCKED",
            };
            self.know_as(&row[number], &row[name], &row[phone], result);
        }
        let (mut reader, place) = rows("reg_legal.csv");
        let (code, name, status, into) =
            (place("uscc"), place("name"), place("status"), place("merged_into"));
        let (representative, id) = (place("legal_rep_name"), place("legal_rep_id"));
        for row in reader.records() {
            let row = row.expect("a row");
            let department = match &row[code][..1] {
                "1" => "establishments",
                "5" => "civil-affairs",
                "N" => "agriculture",
                _ => "commerce",
            };
            self.know_organization(department, &row[code], &row[name], (&row[representative], &row[id]));
            self.change_organization(&row[code], json!({ "status": row[status], "successor": row[into] }));
        }
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
        let mut known = lock(&self.known);
        let place = known.organizations.len();
        known.organization_places.entry((department, code.into())).or_insert(place);
        known.organizations.push((department, record));
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
        let places = &known.organization_places;
        let departments = ["commerce", "establishments", "civil-affairs", "agriculture"];
        let place =
            departments.iter().find_map(|department| places.get(&(*department, code.into()))).copied();
        let (_, record) = &mut known.organizations[place.expect("an organization that is known")];
        for (name, value) in change.as_object().expect("an object") {
            record[name] = value.clone();
        }
    }

    /// `None` mends it.
    pub fn fail(&self, fault: Option<Fault>) {
        self.fail_after(0, fault);
    }

    /// The same, when so many questions more have been answered.
    pub fn fail_after(&self, questions: usize, fault: Option<Fault>) {
        let mut known = lock(&self.known);
        (known.well_for, known.fault) = (questions, fault);
    }

    /// Whatever is asked about this number or code gets an answer that nobody can read; `None` mends it.
    pub fn fail_for(&self, number: Option<&str>) {
        lock(&self.known).unreadable = number.map(str::to_owned);
    }

    /// From now on an answer takes so long.
    pub fn take(&self, long: Duration) {
        lock(&self.known).takes = long;
    }

    /// How often each thing was asked, and how often it was answered well.
    pub fn asked(&self) -> HashMap<String, (u32, u32)> {
        lock(&self.known).asked.clone()
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
    rest(&known).await;
    answer(&known, &question, &["number", "name"], |known| {
        let number = question["number"].as_str().unwrap_or_default();
        let entry = known.places.get(number).map(|place| &known.people[*place]);
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
    rest(&known).await;
    answer(&known, &question, &["credit_code"], |known| {
        let code = question["credit_code"].as_str().unwrap_or_default();
        let departments = ["commerce", "establishments", "civil-affairs", "agriculture"];
        let known_department = departments.into_iter().find(|one| *one == department);
        let place = known_department
            .and_then(|department| known.organization_places.get(&(department, code.to_owned())).copied());
        match place.map(|place| &known.organizations[place]) {
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

async fn rest(known: &Mutex<Known>) {
    let takes = lock(known).takes;
    if !takes.is_zero() {
        tokio::time::sleep(takes).await;
    }
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
    let mut known = lock(known);
    let simulator = [("x-simulator", "yihao-tests")];
    if !is_signed(question, about) {
        return (StatusCode::FORBIDDEN, simulator).into_response();
    }
    let mut said = look(&known);
    said["request_id"] = question["request_id"].clone();
    let about: Vec<&str> = about.iter().map(|member| question[member].as_str().unwrap_or_default()).collect();
    let is_ill = known.fault.is_some() && known.well_for == 0;
    known.well_for = known.well_for.saturating_sub(1);
    let is_unreadable = known.unreadable.as_deref().is_some_and(|number| about.contains(&number));
    let counts = known.asked.entry(about.join(" ")).or_default();
    counts.0 += 1;
    if !is_ill && !is_unreadable {
        counts.1 += 1;
    }
    if is_unreadable {
        return (simulator, "<html>维护中</html>").into_response();
    }
    match known.fault.filter(|_| is_ill) {
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
