//! A simulator of what the provider asks outside: the population register, the mobile operators'
//! three-element check, the registers of legal persons, a face check, network identity, the national platform, and an SMS
//! gateway whose messages can be read. Every answer says that it is one (`x-simulator: yes`), and it can be told to fail (`PUT /faults`).

mod answers;
mod faces;
mod faults;
mod national;
mod network;
mod organizations;
mod people;
mod signature;
mod sms;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::{get, post, put};
use clap::Parser;
use clients_example::{page, serve};

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Shared with the provider: it signs its questions with it, and shows it to the SMS gateway.
    #[arg(long, default_value = "demo-register-key")]
    key: String,
    /// The population register: CSV as tests/legacy/gen_legacy.py writes it.
    #[arg(long)]
    population: Option<PathBuf>,
    /// More people: a line each, {"citizen_id","name","phone"}.
    #[arg(long)]
    people: Option<PathBuf>,
    /// The registers of legal persons: CSV as tests/legacy/gen_legacy.py writes it.
    #[arg(long)]
    legal_persons: Option<PathBuf>,
    /// More organizations: a line each, {"credit_code","name","representative_name","representative_id",
    /// "department","standing","successor"}.
    #[arg(long)]
    organizations: Option<PathBuf>,
}

/// What every handler shares.
struct Registers {
    key: signature::SharedKey,
    people: Mutex<people::People>,
    organizations: Mutex<organizations::Organizations>,
    faults: faults::Faults,
    messages: Mutex<sms::Messages>,
    checks: Mutex<faces::Checks>,
    network_checks: Mutex<network::NetworkChecks>,
    national: national::National,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    serve::log();
    let mut people = people::People::default();
    if let Some(path) = &flags.population {
        let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
        people.read_population(file).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &flags.people {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        people.add_all(people::parse(&text).with_context(|| path.display().to_string())?);
    }
    people.take_snapshot();
    let mut organizations = organizations::Organizations::default();
    if let Some(path) = &flags.legal_persons {
        let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
        organizations.read(file).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &flags.organizations {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        organizations.change(&text).with_context(|| path.display().to_string())?;
    }
    organizations.take_snapshot();
    tracing::info!(
        people = people.count(),
        organizations = organizations.count(),
        "the registers are filled"
    );
    let registers = Arc::new(Registers {
        key: signature::SharedKey::new(&flags.key),
        people: Mutex::new(people),
        organizations: Mutex::new(organizations),
        faults: faults::Faults::default(),
        messages: Mutex::default(),
        checks: Mutex::default(),
        network_checks: Mutex::default(),
        national: national::National::open()?,
    });
    let router = Router::new()
        .route("/population/match", post(answers::population))
        .route("/operators/match", post(answers::operators))
        .route("/guardians/match", post(answers::guardians))
        .route("/legal-persons/{department}/query", post(answers::legal_persons))
        .route("/sms", get(sms::read).post(sms::send))
        .route("/face/checks", post(faces::begin))
        .route("/face/checks/{reference}", get(faces::outcome))
        .route("/face/{reference}", get(faces::show))
        .route("/face/{reference}/{result}", get(faces::decide))
        .route("/network-identity/checks", post(network::begin))
        .route("/network-identity/checks/{reference}", get(network::outcome))
        .route("/network-identity/{reference}", get(network::show))
        .route("/network-identity/{reference}/{result}", get(network::decide))
        .route("/national/.well-known/openid-configuration", get(national::configuration))
        .route("/national/jwks", get(national::jwks))
        .route("/national/authorize", get(national::authorize).post(national::agree))
        .route("/national/declined", get(national::decline))
        .route("/national/token", post(national::token))
        .route("/national/userinfo", get(national::userinfo))
        .route("/faults", get(faults::show).put(faults::change))
        .route("/people", put(people::add))
        .route("/organizations", put(organizations::change))
        .with_state(registers);
    let router = page::with_pages(router, "").layer(axum::middleware::map_response(mark));
    let listener = serve::bind(flags.listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    serve::serve(listener, router, &url).await
}

/// A provider in earnest looks for this header and refuses to believe us.
async fn mark(mut response: Response) -> Response {
    response.headers_mut().insert("x-simulator", HeaderValue::from_static("yes"));
    response
}

/// The lock of a value that is never left half changed, so a panic elsewhere does not spoil it.
fn lock<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
