//! Where a client is told that a request has been answered: it notes what it hears, and can fail.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tokio::task::JoinHandle;

#[derive(Default)]
struct Notes {
    heard: Vec<(String, Value)>,
    status: Option<u16>,
}

pub struct Notified {
    pub origin: String,
    notes: Arc<Mutex<Notes>>,
    server: JoinHandle<()>,
}

impl Notified {
    /// It answers 204 until told otherwise.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let notes = Arc::<Mutex<Notes>>::default();
        let router = Router::new().route("/told", post(hear)).with_state(notes.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { origin, notes, server }
    }

    pub fn uri(&self) -> String {
        format!("{}/told", self.origin)
    }

    pub fn answers(&self, status: u16) {
        notes(&self.notes).status = Some(status);
    }

    /// The `Authorization` and the body of everything that came, whatever was answered.
    pub fn heard(&self) -> Vec<(String, Value)> {
        notes(&self.notes).heard.clone()
    }
}

impl Drop for Notified {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn notes(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().expect("nobody panicked here")
}

async fn hear(
    State(shared): State<Arc<Mutex<Notes>>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> StatusCode {
    let mut notes = notes(&shared);
    let authorization = headers[header::AUTHORIZATION].to_str().expect("text").to_owned();
    notes.heard.push((authorization, body));
    StatusCode::from_u16(notes.status.unwrap_or(204)).expect("a status")
}
