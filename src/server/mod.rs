//! Rank 6: the doors put together and served: the public port for people and programs, the internal one for
//! the operators' machines.

mod bare;
mod danger;
mod health;
mod internal;
mod metrics;
mod public;
mod tls;

pub use danger::refuse_danger;
pub use public::router;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::Context;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use axum_server::{Handle, Server};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// The longest request line with headers.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long a connection may take for a request's head, and stay open without a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// The two ports, taken. Whoever has them knows that the server will not fail for want of one.
pub struct Listeners {
    pub public: TcpListener,
    pub internal: TcpListener,
}

impl Listeners {
    /// Takes the configured ports; port 0 lets the system choose.
    ///
    /// # Errors
    /// A port is in use or not ours to take; the setting is named.
    pub fn bind(config: &config::Server) -> anyhow::Result<Self> {
        let take = |key: &str, address: SocketAddr| {
            listen(address).with_context(|| format!("{key}: cannot listen on {address} (is it in use?)"))
        };
        Ok(Self {
            public: take("server.listen", config.listen)?,
            internal: take("server.internal", config.internal)?,
        })
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
        SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
    }?;
    // A server that starts again need not wait for the connections of the one before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Serves both ports until `stop`, then lets requests in flight finish within `server.stop_seconds`.
///
/// # Errors
/// The certificate cannot be read, or a listener broke.
pub async fn serve(app: App, listeners: Listeners, stop: CancellationToken) -> anyhow::Result<()> {
    let recorder = metrics::install();
    let certificate = tls::open(&app.config.server.tls).await?;
    let (waiting, told) = (app.clone(), stop.clone());
    tokio::spawn(async move {
        told.cancelled().await;
        waiting.waiting.close();
    });
    let stopping = Stopping { told: stop, patience: Duration::from_secs(app.config.server.stop_seconds) };
    let internal = stopping
        .heeded_by(axum_server::from_tcp(listeners.internal)?.acceptor(NoDelayAcceptor::new()))
        .serve(internal::router(&app, recorder.clone()).into_make_service());
    let plain = stopping.heeded_by(axum_server::from_tcp(listeners.public)?.acceptor(NoDelayAcceptor::new()));
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let public = async {
        match &certificate {
            Some(config) => {
                plain.map(|tcp| RustlsAcceptor::new(config.clone()).acceptor(tcp)).serve(service).await
            }
            None => plain.serve(service).await,
        }
    };
    tokio::select! {
        served = async { tokio::try_join!(public, internal) } => { served?; }
        () = metrics::upkeep(&recorder) => {}
        () = tls::watch(&app.config.server.tls, certificate.as_ref()) => {}
    }
    Ok(())
}

/// How a server is told to stop, and how long it may take.
struct Stopping {
    told: CancellationToken,
    patience: Duration,
}

impl Stopping {
    /// The server with our limits, ending when told.
    fn heeded_by<A>(&self, mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
        let http = server.http_builder();
        http.http1().max_buf_size(LONGEST_HEAD).header_read_timeout(Some(HEAD_WITHIN));
        http.http2().max_header_list_size(LONGEST_HEAD as u32).max_concurrent_streams(100);
        let handle = Handle::new();
        let (told, patience, ending) = (self.told.clone(), self.patience, handle.clone());
        tokio::spawn(async move {
            told.cancelled().await;
            ending.graceful_shutdown(Some(patience));
        });
        server.handle(handle)
    }
}
