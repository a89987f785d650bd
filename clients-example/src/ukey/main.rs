//! A U-key station, simulated: a drawer of certificates, and the proxy that a browser reaches the provider through. A real
//! browser shows the certificate of a U-key in TLS, and the proxy before the provider tells of it in `Client-Cert`
//! (RFC 9440); here the certificate that was put in stands in that header, and no key is asked for anything. The provider
//! believes it from this machine, which only a demo may. Start at `proxy`.

mod authority;
mod proxy;
mod station;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};
use clap::Parser;
use clients_example::{page, serve};
use url::Url;

use authority::Authority;
use station::Station;

#[derive(Parser)]
struct Flags {
    /// The provider that stands behind this.
    #[arg(long, default_value = "http://localhost:8080")]
    provider: Url,
    #[arg(long, default_value = "127.0.0.1:8087")]
    listen: SocketAddr,
    /// The folder of the authority: `ca.pem` and `list.pem` are what the provider reads.
    #[arg(long)]
    files: PathBuf,
    /// Who has a U-key: NDJSON with `citizen_id` and `name`.
    #[arg(long)]
    people: Option<PathBuf>,
    /// Which enterprises have an electronic licence: NDJSON with `credit_code` and `name`.
    #[arg(long)]
    organizations: Option<PathBuf>,
    /// Makes the authority's files, and ends.
    #[arg(long)]
    prepare: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    let authority = Authority::open(&flags.files).context("the authority")?;
    if flags.prepare {
        return authority.publish();
    }
    serve::log();
    let mut cards = Vec::new();
    for (file, is_organization) in [(&flags.people, false), (&flags.organizations, true)] {
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            cards.extend(station::cards(&text, is_organization).with_context(|| path.display().to_string())?);
        }
    }
    let station = Arc::new(Station::new(flags.provider, authority, cards)?);
    let own = Router::new()
        .route("/station", get(station::show))
        .route("/station/insert", post(station::insert))
        .route("/station/take-out", post(station::take_out))
        .route("/station/revoke", post(station::revoke))
        .with_state(station.clone());
    // Everything else is the provider's, with the headers that it gives.
    let router = page::with_pages(own, "")
        .fallback(move |request: Request| async move { proxy::pass(&station, request).await });
    let listener = serve::bind(flags.listen).await?;
    let url = format!("http://localhost:{}/station", listener.local_addr()?.port());
    serve::serve(listener, router, &url).await
}
