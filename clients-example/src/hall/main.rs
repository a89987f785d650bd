//! A web relying system: it lets people sign in at the provider, knows who they are, and fetches their
//! licences with their token. Start at `sign_in`.

mod home;
mod licence;
mod session;
mod sign_in;
mod sign_out;
mod told;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::{get, post};
use clap::Parser;
use clients_example::http_client::HttpClient;
use clients_example::provider::discover;
use clients_example::relying_party::{Registration, RelyingParty};
use clients_example::{page, serve};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl, Scope};
use url::Url;

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: String,
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// How browsers reach this system; its redirect addresses begin with it. [default: http://localhost:PORT]
    #[arg(long)]
    base_url: Option<Url>,
    #[arg(long)]
    client_id: String,
    /// Better in the environment: command lines can be read by everybody.
    #[arg(long, env = "CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
    /// Separated by spaces; `openid` is always asked for.
    #[arg(long, default_value = "profile phone official_number organization represented")]
    scope: String,
    #[arg(long, default_value = "粤易办·网上办事大厅")]
    title: String,
    #[arg(long, default_value = "省政务服务和数据管理局")]
    department: String,
    /// The licence library.
    #[arg(long, default_value = "http://localhost:8083")]
    licences: Url,
    /// Another system to link to, as NAME=URL.
    #[arg(long)]
    neighbour: Option<String>,
    /// How many seconds to wait for the provider at the start.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

/// What every handler shares.
struct Hall {
    title: String,
    department: String,
    base_url: Url,
    neighbour: Option<(String, String)>,
    licences: Url,
    relying_party: RelyingParty,
    sessions: session::Sessions,
    http: HttpClient,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    serve::log();
    let listener = serve::bind(flags.listen).await?;
    let base_url = match flags.base_url {
        Some(url) => url,
        None => Url::parse(&format!("http://localhost:{}", listener.local_addr()?.port()))?,
    };
    let http = HttpClient::new()?;
    let issuer = IssuerUrl::new(flags.issuer).context("--issuer is no URL")?;
    let provider = discover(&issuer, &http, Duration::from_secs(flags.patience)).await?;
    let registration = Registration {
        client_id: ClientId::new(flags.client_id.clone()),
        client_secret: Some(ClientSecret::new(flags.client_secret)),
        redirect_uri: RedirectUrl::from_url(base_url.join("/callback")?),
        scopes: flags.scope.split_whitespace().map(|scope| Scope::new(scope.to_owned())).collect(),
    };
    let hall = Arc::new(Hall {
        title: flags.title,
        department: flags.department,
        base_url: base_url.clone(),
        neighbour: flags.neighbour.and_then(|n| n.split_once('=').map(|(n, u)| (n.to_owned(), u.to_owned()))),
        licences: flags.licences,
        relying_party: RelyingParty::new(registration, provider, http.clone()),
        sessions: session::Sessions::new(&flags.client_id),
        http,
    });
    let router = Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(sign_in::leave))
        .route("/callback", get(sign_in::callback))
        .route("/sign-out", post(sign_out::leave))
        .route("/signed-out", get(sign_out::back))
        .route("/backchannel-logout", post(told::hear))
        .route("/licence", get(licence::show))
        .with_state(hall);
    let router = page::with_pages(router, &issuer.url().origin().ascii_serialization());
    serve::serve(listener, router, base_url.as_str().trim_end_matches('/')).await
}
