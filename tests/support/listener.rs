//! The addresses at which a relying system is told that a session has ended: it notes what it hears and what
//! browsers open, and can be down, hang, or send elsewhere.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::post;
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Clone, Debug)]
pub enum Says {
    Status(u16),
    /// Nothing, for as long as anybody waits.
    Nothing,
    Elsewhere(String),
}

#[derive(Default)]
struct Notes {
    heard: Vec<String>,
    opened: Vec<String>,
    says: Option<Says>,
}

pub struct Listener {
    pub origin: String,
    notes: Arc<Mutex<Notes>>,
    server: JoinHandle<()>,
}

impl Listener {
    /// It answers 200 until told otherwise.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let notes = Arc::<Mutex<Notes>>::default();
        let router = Router::new()
            .route("/logout", post(hear))
            .route("/events", post(hear_event))
            .fallback(open)
            .with_state(notes.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { origin, notes, server }
    }

    pub fn uri(&self) -> String {
        format!("{}/logout", self.origin)
    }

    pub fn events_uri(&self) -> String {
        format!("{}/events", self.origin)
    }

    pub fn says(&self, says: Says) {
        notes(&self.notes).says = Some(says);
    }

    /// The addresses that browsers opened here, with their queries.
    pub fn opened(&self) -> Vec<String> {
        notes(&self.notes).opened.clone()
    }

    /// The logout tokens that came, whatever was answered.
    pub fn heard(&self) -> Vec<String> {
        notes(&self.notes).heard.clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn notes(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().expect("nobody panicked here")
}

/// A Security Event Token (RFC 8935 section 2.1).
async fn hear_event(
    State(shared): State<Arc<Mutex<Notes>>>,
    headers: axum::http::HeaderMap,
    body: String,
) -> StatusCode {
    assert_eq!(headers["content-type"], "application/secevent+jwt");
    notes(&shared).heard.push(body);
    StatusCode::ACCEPTED
}

async fn hear(State(shared): State<Arc<Mutex<Notes>>>, Form(form): Form<Vec<(String, String)>>) -> Response {
    assert_eq!(form.len(), 1, "{form:?}");
    assert_eq!(form[0].0, "logout_token");
    let says = {
        let mut notes = notes(&shared);
        notes.heard.push(form[0].1.clone());
        notes.says.clone()
    };
    match says {
        None => StatusCode::OK.into_response(),
        Some(Says::Status(status)) => StatusCode::from_u16(status).expect("a status").into_response(),
        Some(Says::Elsewhere(address)) => Redirect::temporary(&address).into_response(),
        Some(Says::Nothing) => std::future::pending().await,
    }
}

async fn open(State(shared): State<Arc<Mutex<Notes>>>, address: Uri) -> Html<&'static str> {
    notes(&shared).opened.push(address.to_string());
    Html("<!DOCTYPE html><title>A relying system</title>")
}
