//! A native app: a public client with a key of its own (RFC 8252, RFC 9449). Without `--listen` it signs in once
//! from the command line; with it, it serves a page that plays a phone with two apps of one vendor.

mod inbox;
mod once;
mod phone;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use clients_example::serve;
use url::Url;

#[derive(Parser)]
struct Flags {
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: String,
    #[arg(long)]
    client_id: String,
    /// Separated by spaces; `openid` is always asked for.
    #[arg(long, default_value = "profile")]
    scope: String,
    /// Ask for offline access, use the refresh token once, and show that the new tokens work.
    #[arg(long)]
    refresh: bool,
    /// Have no key: the tokens are then worth something to whoever finds them.
    #[arg(long)]
    plain: bool,
    /// How many seconds the person has, or the provider to start.
    #[arg(long, default_value_t = 300)]
    patience: u64,
    /// Serve the page of a phone here.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The vendor's second app, for the phone.
    #[arg(long, requires = "listen")]
    second_client_id: Option<String>,
    /// The licence library, for the phone.
    #[arg(long, default_value = "http://localhost:8083")]
    licences: Url,
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    serve::ended(match flags.listen {
        Some(listen) => phone::run(flags, listen).await,
        None => once::run(flags).await,
    })
}
