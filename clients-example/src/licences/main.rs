//! A resource server: a library of electronic licences. It trusts no token by its looks but asks the
//! provider (RFC 7662), and has a trust level of its own below which it shows nothing.

mod introspection;
mod library;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use clients_example::challenge::Challenge;
use clients_example::dpop::Proofs;
use clients_example::http_client::HttpClient;
use clients_example::licence::{Holder, LicenceList, Presented};
use clients_example::provider::discover;
use clients_example::serve;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, TokenIntrospectionResponse};
use serde_json::json;
use url::Url;

use introspection::{Confirmation, Introspection, Introspector};
use library::Library;

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: String,
    #[arg(long, default_value = "127.0.0.1:8083")]
    listen: SocketAddr,
    #[arg(long)]
    client_id: String,
    /// Better in the environment: command lines can be read by everybody.
    #[arg(long, env = "CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
    /// How programs reach this system. [default: http://localhost:PORT]
    #[arg(long)]
    base_url: Option<Url>,
    /// The lowest trust level (1 to 5) that licences are shown for.
    #[arg(long, default_value_t = 3)]
    min_trust: u8,
    /// How many seconds to wait for the provider at the start.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

struct Licences {
    introspector: Introspector,
    library: Library,
    min_trust: u8,
    /// Our own address: what a proof must have been made for.
    address: Url,
    proofs: Proofs,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    serve::log();
    let listener = serve::bind(flags.listen).await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let http = HttpClient::new()?;
    let issuer = IssuerUrl::new(flags.issuer).context("--issuer is no URL")?;
    let provider = discover(&issuer, &http, Duration::from_secs(flags.patience)).await?;
    let (id, secret) = (ClientId::new(flags.client_id), ClientSecret::new(flags.client_secret));
    let licences = Arc::new(Licences {
        introspector: Introspector::new(&provider, id, secret, http)?,
        library: Library::open()?,
        min_trust: flags.min_trust,
        address: flags.base_url.unwrap_or(Url::parse(&url)?).join("/licences")?,
        proofs: Proofs::default(),
    });
    let router = Router::new().route("/licences", get(list)).with_state(licences);
    serve::serve(listener, router, &url).await
}

/// `GET /licences`: the licences of whoever the token speaks for.
async fn list(State(licences): State<Arc<Licences>>, headers: HeaderMap) -> Response {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (bound, token) = match header.and_then(|value| value.split_once(' ')) {
        Some(("Bearer", token)) => (false, token),
        Some(("DPoP", token)) => (true, token),
        _ => return refuse(StatusCode::UNAUTHORIZED, Challenge::default(), "a token is needed"),
    };
    let about = match licences.introspector.introspect(token).await {
        Ok(about) => about,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the provider could not be asked");
            let words = json!({"error": "temporarily_unavailable"});
            return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], Json(words))
                .into_response();
        }
    };
    let error = |code: &str| Challenge { error: Some(code.into()), bound, ..Challenge::default() };
    match (bound, &about.extra_fields().cnf) {
        (false, None) => {}
        (true, Some(Confirmation { jkt: Some(jkt) })) => {
            let proof = headers.get("dpop").and_then(|value| value.to_str().ok()).unwrap_or_default();
            if let Err(why) = licences.proofs.check(proof, "GET", &licences.address, token, jkt) {
                let challenge = error(Challenge::INVALID_DPOP_PROOF);
                return refuse(StatusCode::UNAUTHORIZED, challenge, &why.to_string());
            }
        }
        // A bound token shown as a plain bearer token was taken from its owner.
        _ => {
            let words = "the token is not active, or not of the scheme by which it was shown";
            return refuse(StatusCode::UNAUTHORIZED, error(Challenge::INVALID_TOKEN), words);
        }
    }
    licences.answer(&about, bound)
}

impl Licences {
    /// The rules, in order: a live token, for a number, at our trust level.
    fn answer(&self, about: &Introspection, bound: bool) -> Response {
        let more = about.extra_fields();
        let error = |code: &str| Challenge { error: Some(code.into()), bound, ..Challenge::default() };
        if !about.active() {
            let challenge = error(Challenge::INVALID_TOKEN);
            return refuse(StatusCode::UNAUTHORIZED, challenge, "the token is not active");
        }
        let Some(number) = &more.identity.official_number else {
            let scope = Some("official_number".to_owned());
            let challenge = Challenge { scope, ..error(Challenge::INSUFFICIENT_SCOPE) };
            return refuse(StatusCode::FORBIDDEN, challenge, "licences are kept by official number");
        };
        let trust_level = more.identity.trust_level.unwrap_or(1);
        if trust_level < self.min_trust {
            let trust_level = Some(self.min_trust);
            let challenge = Challenge { trust_level, ..error(Challenge::INSUFFICIENT_AUTHENTICATION) };
            return refuse(StatusCode::FORBIDDEN, challenge, "the person's trust level is too low");
        }
        let kind = more.identity.official_number_kind.as_deref().unwrap_or_default();
        let list = LicenceList {
            holder: Holder { number: number.masked(), name: more.name.clone() },
            licences: self.library.licences_of(kind, number),
            token: Presented {
                client_id: about.client_id().map(|id| id.to_string()),
                channel: more.identity.channel.clone(),
                bound,
                acr: more.acr.clone(),
                trust_level,
                assisted: more.identity.assisted.clone(),
            },
        };
        ([(header::CACHE_CONTROL, "no-store")], Json(list)).into_response()
    }
}

fn refuse(status: StatusCode, challenge: Challenge, description: &str) -> Response {
    let body = json!({"error": challenge.error, "error_description": description, "trust_level": challenge.trust_level});
    (status, [(header::WWW_AUTHENTICATE, challenge.to_string())], Json(body)).into_response()
}
