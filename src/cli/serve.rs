//! `yihao serve`

use tokio_util::sync::CancellationToken;

use super::{Call, log, signals};
use crate::app::App;
use crate::base::{Chance, Clock};
use crate::config::Config;
use crate::{duties, server};

pub async fn run(call: &Call) -> anyhow::Result<()> {
    let config = call.config()?;
    log::start(&config.log)?;
    let stop = signals::stop()?;
    let (app, listeners) = open(config).await?;
    tracing::info!(issuer = app.config.issuer(), listen = %listeners.public.local_addr()?, "serving");
    serve(app, listeners, stop).await
}

/// Everything that can fail before the first request: the configuration, what it names, the ports.
pub async fn open(config: Config) -> anyhow::Result<(App, server::Listeners)> {
    server::refuse_danger(&config)?;
    let listeners = server::Listeners::bind(&config.server)?;
    Ok((App::open(config, Clock::Machine, Chance::Machine).await?, listeners))
}

/// Serves, and does the duties, until `stop`.
pub async fn serve(app: App, listeners: server::Listeners, stop: CancellationToken) -> anyhow::Result<()> {
    let duties = tokio::spawn(duties::run(app.clone(), stop.clone()));
    let served = server::serve(app, listeners, stop.clone()).await;
    // Also when the server failed: the duties must not go on without it.
    stop.cancel();
    duties.await?;
    served
}
