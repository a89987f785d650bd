//! The clerk's desk: the program of one window. It holds the window's key; the clerk begins a shift with a
//! passkey, one person's matter after the other is opened and ended, and what the desk may see of the person it
//! sees by a token that is bound to this key and ends with the matter. Start at `desk`.

mod desk;
mod phone;
mod reader;
mod sheet;
mod window;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::{get, post};
use clap::Parser;
use clients_example::{page, serve};
use url::Url;

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: Url,
    #[arg(long, default_value = "127.0.0.1:8085")]
    listen: SocketAddr,
    /// How the window's browser reaches this desk. [default: http://localhost:PORT]
    #[arg(long)]
    base_url: Option<Url>,
    #[arg(long)]
    client_id: String,
    /// The window's id, as `yihao terminal enroll` printed it.
    #[arg(long)]
    terminal: String,
    /// The window's key, PKCS #8 (P-256).
    #[arg(long)]
    key: PathBuf,
    /// Cards that the simulated reader can be given: NDJSON with `citizen_id` and `name`.
    #[arg(long)]
    cards: PathBuf,
    /// By which the provider knows the card reader, and its key: PKCS #8 (P-256) in PEM.
    #[arg(long)]
    reader_id: String,
    #[arg(long)]
    reader_key: PathBuf,
    /// The licence library.
    #[arg(long, default_value = "http://localhost:8083")]
    licences: Url,
    #[arg(long, default_value = "政务服务窗口")]
    title: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    serve::ended(run().await)
}

async fn run() -> Result<()> {
    let flags = Flags::parse();
    serve::log();
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let listener = serve::bind(flags.listen).await?;
    let base_url = match flags.base_url {
        Some(url) => url,
        None => Url::parse(&format!("http://localhost:{}", listener.local_addr()?.port()))?,
    };
    let key = std::fs::read(&flags.key).with_context(|| flags.key.display().to_string())?;
    let issuer = flags.issuer.as_str().trim_end_matches('/').to_owned();
    let reader = reader::Reader::open(
        &flags.cards,
        flags.reader_id,
        &flags.reader_key,
        issuer,
        flags.terminal.clone(),
    )?;
    let window = window::Window::new(flags.issuer.clone(), flags.client_id, flags.terminal, &key)?;
    let desk = Arc::new(desk::Desk {
        title: flags.title,
        back: base_url.join("/back")?,
        licences: flags.licences,
        window,
        reader,
        state: tokio::sync::Mutex::default(),
    });
    let router = Router::new()
        .route("/", get(desk::show))
        .route("/shift", post(desk::begin_shift))
        .route("/shift/end", post(desk::end_shift))
        .route("/back", get(desk::back))
        .route("/matter", post(desk::open_matter))
        .route("/matter/card", post(desk::read_card))
        .route("/matter/phone", post(phone::ask))
        .route("/matter/again", post(desk::look_again))
        .route("/matter/end", post(desk::end_matter))
        .route("/deed", post(desk::ask_deed))
        .route("/deed/pin", post(desk::choose_pin))
        .route("/sheet", get(sheet::show))
        .route("/deed/second", post(desk::second_clerk))
        .route("/deed/code", post(desk::prove))
        .with_state(desk);
    let router = page::with_pages(router, &flags.issuer.origin().ascii_serialization());
    serve::serve(listener, router, base_url.as_str().trim_end_matches('/')).await
}
