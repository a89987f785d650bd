//! Tells clients that a request of theirs has been answered. Every node does, and none holds a lease: an
//! attempt belongs to whoever claims it.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::app::App;
use crate::ask::elsewhere::ping::{self, Ping};
use crate::oidc::ping::of;

/// How long what another node wrote down, or a due retry, may wait to be seen.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Attempts at once. They mostly wait.
const AT_ONCE: usize = 64;

pub struct Pinger {
    app: App,
    under_way: JoinSet<()>,
}

impl Pinger {
    pub fn new(app: App) -> Self {
        Self { app, under_way: JoinSet::new() }
    }

    /// Tells for ever: at once what has been answered on this node.
    pub async fn run(mut self) {
        loop {
            if let Err(error) = self.set_out().await {
                tracing::warn!(error = format!("{error:#}"), "clients could not be told of answers");
                tokio::time::sleep(LOOK_EVERY).await;
            }
            tokio::select! {
                () = self.app.ping_queued.notified() => {}
                Some(_) = self.under_way.join_next() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Makes every attempt that is due now, and waits for them.
    pub async fn tell_due(&mut self) -> anyhow::Result<()> {
        self.set_out().await?;
        while self.under_way.join_next().await.is_some() {}
        Ok(())
    }

    async fn set_out(&mut self) -> anyhow::Result<()> {
        let now = self.app.clock.now();
        for ping in ping::due(&mut &self.app.db, now).await? {
            if self.under_way.len() >= AT_ONCE {
                break;
            }
            let mut tx = self.app.db.begin().await?;
            let claimed = ping::claim(&mut tx, now, &ping).await?;
            tx.commit().await?;
            if claimed {
                self.under_way.spawn(tell(self.app.clone(), ping));
            }
        }
        Ok(())
    }
}

async fn tell(app: App, ping: Ping) {
    let done = async {
        let told = attempt(&app, &ping).await?;
        metrics::counter!("yihao_pings_total", "outcome" => if told { "told" } else { "failed" })
            .increment(1);
        if told || ping.is_last(app.clock.now()) {
            let mut tx = app.db.begin().await?;
            ping::done(&mut tx, ping.request).await?;
            tx.commit().await?;
        }
        anyhow::Ok(())
    };
    if let Err(error) = done.await {
        tracing::warn!(request = %ping.request, error = format!("{error:#}"), "a client was not told of an answer");
    }
}

/// True too if there is nobody to tell any more.
async fn attempt(app: &App, ping: &Ping) -> anyhow::Result<bool> {
    let Some(client) = app.client(&ping.client).await? else { return Ok(true) };
    let Some(url) = &client.metadata.backchannel_client_notification_endpoint else { return Ok(true) };
    let token = ping.token(&app.keys.data())?;
    match app.web.post_json(url, &token, &of(app, ping)?).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::info!(client = ping.client, request = %ping.request, error = error.code(), "not told");
            Ok(false)
        }
    }
}
