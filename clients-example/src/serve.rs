//! Starting and stopping a server.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Logs go to standard error; standard output is for whoever started the program.
pub fn log() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
}

/// # Errors
/// The address is taken, or not this machine's.
pub async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Serves until told to stop (Ctrl-C or SIGTERM), then lets what runs finish for two seconds.
///
/// # Errors
/// The listener broke, or the machine has no signals to give.
pub async fn serve(listener: TcpListener, router: Router, url: &str) -> Result<()> {
    let (mut terminate, (told, stop)) =
        (signal(SignalKind::terminate())?, tokio::sync::oneshot::channel::<()>());
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop.await.ok();
    });
    announce(&format!("ready {url}"));
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => return Ok(ended??),
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    told.send(()).ok();
    tokio::time::timeout(Duration::from_secs(2), server).await.ok();
    Ok(())
}

/// How a program ends: a failure is one line on standard error, and status 1.
#[allow(clippy::disallowed_macros, reason = "the program's last words")]
pub fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One line on standard output.
#[allow(clippy::disallowed_macros, reason = "the lines that a person, the demo or a test waits for")]
pub fn announce(line: &str) {
    println!("{line}");
}
