//! A self-service kiosk: the page that its browser shows full-screen, and the back end beside it that holds the
//! terminal's key. The browser gets neither token nor number. Start at `machine`.

mod machine;
mod provider;
mod qr;
mod reader;
mod terminal;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use clients_example::serve;
use serde::Deserialize;

use machine::{Machine, Shown};
use provider::Provider;
use reader::{Card, Simulator};
use terminal::{Key, Terminal};

#[derive(Parser)]
struct Flags {
    /// Print the public key of this file as a JWK, making the key if there is none, and end: for
    /// `yihao terminal enroll --jwk`.
    #[arg(long, value_name = "FILE", exclusive = true)]
    print_jwk: Option<PathBuf>,
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: String,
    #[arg(long, default_value = "127.0.0.1:8084")]
    listen: SocketAddr,
    #[arg(long, default_value = "")]
    client_id: String,
    /// What `yihao terminal enroll` printed.
    #[arg(long, default_value = "")]
    terminal_id: String,
    /// The terminal's key, PKCS #8 in PEM.
    #[arg(long, default_value = "kiosk.key")]
    key: PathBuf,
    /// Where it stands, as it was enrolled.
    #[arg(long, default_value = "天河区政务服务中心1号自助终端")]
    place: String,
    #[arg(long, default_value = "http://localhost:8083")]
    licences: String,
    /// Seconds without a touch after which everything is wiped.
    #[arg(long, env = "KIOSK_IDLE", default_value_t = 60)]
    idle: u64,
    /// The simulated card reader's name and key.
    #[arg(long, default_value = "reader-1")]
    reader_id: String,
    #[arg(long, default_value = "reader.key")]
    reader_key: PathBuf,
    /// How many seconds to wait for the provider at the start.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

struct Kiosk {
    machine: Arc<Machine>,
    simulator: Arc<Simulator>,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    if let Some(file) = &flags.print_jwk {
        serve::announce(&Key::open(file)?.jwk().to_string());
        return Ok(());
    }
    serve::log();
    let listener = serve::bind(flags.listen).await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .context("an HTTP client")?;
    let issuer = flags.issuer.trim_end_matches('/').to_owned();
    let terminal =
        Terminal { id: flags.terminal_id.clone(), client_id: flags.client_id, key: Key::open(&flags.key)? };
    let reader_key = Key::open(&flags.reader_key)?;
    let simulator = Simulator::new(flags.reader_id, reader_key, issuer.clone(), flags.terminal_id);
    let simulator = Arc::new(simulator);
    let provider = Provider::discover(&issuer, http, terminal, Duration::from_secs(flags.patience)).await?;
    let idle = Duration::from_secs(flags.idle);
    let machine = Machine::new(provider, simulator.clone(), flags.place, flags.licences, idle);
    tokio::spawn(machine.clone().watch());
    serve::serve(listener, router(Arc::new(Kiosk { machine, simulator })), &url).await
}

fn router(kiosk: Arc<Kiosk>) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/kiosk.css", get(style))
        .route("/kiosk.js", get(script))
        .route("/state", get(state))
        .route("/touch", post(touch))
        .route("/phone", post(phone))
        .route("/card", post(card))
        .route("/pin", post(pin))
        .route("/end", post(end))
        .route("/simulator/card", post(put_card).delete(take_card))
        .layer(axum::middleware::from_fn(dressed))
        .with_state(kiosk)
}

/// Nothing is kept by the browser, nothing is loaded from elsewhere, and no other site's page can press a button.
async fn dressed(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_own(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; \
             base-uri 'none'; form-action 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page sends this header; a form of another site cannot.
fn is_own(headers: &HeaderMap) -> bool {
    headers.get("x-kiosk").is_some_and(|value| value == "1")
}

/// Each turn begins with an empty browser (W3C Clear Site Data).
async fn front() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::HeaderName::from_static("clear-site-data"), "\"cache\", \"cookies\", \"storage\""),
    ];
    (headers, include_str!("../../assets/kiosk.html")).into_response()
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../assets/kiosk.css"))
        .into_response()
}

async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("../../assets/kiosk.js")).into_response()
}

async fn state(State(kiosk): State<Arc<Kiosk>>) -> Json<Shown> {
    Json(kiosk.machine.shown())
}

async fn touch(State(kiosk): State<Arc<Kiosk>>) -> StatusCode {
    kiosk.machine.touch();
    StatusCode::NO_CONTENT
}

async fn phone(State(kiosk): State<Arc<Kiosk>>) -> Json<Shown> {
    kiosk.machine.by_phone().await;
    Json(kiosk.machine.shown())
}

async fn card(State(kiosk): State<Arc<Kiosk>>) -> Json<Shown> {
    kiosk.machine.by_card().await;
    Json(kiosk.machine.shown())
}

#[derive(Deserialize)]
struct Pin {
    pin: String,
}

async fn pin(State(kiosk): State<Arc<Kiosk>>, Json(Pin { pin }): Json<Pin>) -> Json<Shown> {
    kiosk.machine.with_pin(&pin).await;
    Json(kiosk.machine.shown())
}

async fn end(State(kiosk): State<Arc<Kiosk>>) -> Json<Shown> {
    kiosk.machine.end(None).await;
    Json(kiosk.machine.shown())
}

/// What hands do at a real reader.
async fn put_card(State(kiosk): State<Arc<Kiosk>>, Json(card): Json<Card>) -> StatusCode {
    kiosk.simulator.put(Some(card));
    StatusCode::NO_CONTENT
}

async fn take_card(State(kiosk): State<Arc<Kiosk>>) -> StatusCode {
    kiosk.simulator.put(None);
    StatusCode::NO_CONTENT
}
