//! The courier: takes logout tokens to the relying systems that wait for them. Every node has one, and none
//! holds a lease: a delivery belongs to whoever claims its next attempt.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::JoinSet;
use url::Url;

use crate::app::App;
use crate::base::Actor;
use crate::logout::{self, Delivery, Outcome};
use crate::oidc::{cas, logout_token, security_event};

/// How long a delivery that another node enqueued, or a due retry, may wait to be seen.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Attempts at once for one client: one that hangs has no more than these.
const PER_CLIENT: usize = 4;
/// Attempts at once in all. They mostly wait.
const IN_ALL: usize = 256;

/// What is under way on this node.
pub struct Courier {
    app: App,
    under_way: JoinSet<String>,
    by_client: HashMap<String, usize>,
}

impl Courier {
    pub fn new(app: App) -> Self {
        Self { app, under_way: JoinSet::new(), by_client: HashMap::new() }
    }

    /// Delivers for ever: at once what this node has just enqueued.
    pub async fn run(mut self) {
        loop {
            if let Err(error) = self.set_out().await {
                tracing::warn!(error = format!("{error:#}"), "logout tokens could not be looked for");
                // Whatever keeps failing must not turn this into a busy loop.
                tokio::time::sleep(LOOK_EVERY).await;
            }
            tokio::select! {
                () = self.app.logout_queued.notified() => {}
                Some(done) = self.under_way.join_next() => self.is_back(done.ok()),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Makes every attempt that is due now, and those that become possible when they are done.
    pub async fn deliver_due(&mut self) -> anyhow::Result<()> {
        loop {
            self.set_out().await?;
            match self.under_way.join_next().await {
                Some(done) => self.is_back(done.ok()),
                None => return Ok(()),
            }
        }
    }

    /// Claims what is due, as far as there are hands, and sets out with it.
    async fn set_out(&mut self) -> anyhow::Result<()> {
        let now = self.app.clock.now();
        for client in logout::waiting_clients(&mut &self.app.db, now).await? {
            let busy = self.by_client.get(&client).copied().unwrap_or_default();
            let free = PER_CLIENT.saturating_sub(busy).min(IN_ALL.saturating_sub(self.under_way.len()));
            if free == 0 {
                continue;
            }
            let due = logout::due(&mut &self.app.db, &client, now, free).await?;
            if due.is_empty() {
                continue;
            }
            let mut claimed = Vec::new();
            let mut tx = self.app.db.begin().await?;
            for delivery in due {
                claimed.extend(logout::claim(&mut tx, now, delivery).await?);
            }
            tx.commit().await?;
            for delivery in claimed {
                *self.by_client.entry(client.clone()).or_default() += 1;
                self.under_way.spawn(carry(self.app.clone(), delivery));
            }
        }
        Ok(())
    }

    fn is_back(&mut self, client: Option<String>) {
        // A task that panicked does not say whose it was: its place is free again when all are back.
        if let Some(count) = client.and_then(|client| self.by_client.get_mut(&client)) {
            *count = count.saturating_sub(1);
        }
        if self.under_way.is_empty() {
            self.by_client.clear();
        }
    }
}

/// One attempt, from the claim to what is written down of it. Gives the client back.
async fn carry(app: App, delivery: Delivery) -> String {
    let done = async {
        let outcome = attempt(&app, &delivery).await?;
        let visit = app.visit_of(Actor::Duty("logout-delivery"));
        let mut tx = app.db.begin().await?;
        logout::settle(&mut tx, &app.keys.data(), &visit, &delivery, &outcome).await?;
        tx.commit().await?;
        let word = match &outcome {
            Outcome::Delivered => "delivered",
            Outcome::Failed(_) => "failed",
            Outcome::Hopeless(_) => "hopeless",
            Outcome::Superseded => "superseded",
        };
        metrics::counter!("yihao_logout_attempts_total", "outcome" => word).increment(1);
        if let Outcome::Failed(error) = &outcome {
            let attempt = delivery.attempts;
            tracing::info!(client = delivery.client, delivery = %delivery.id, attempt, error, "no logout token taken");
        }
        anyhow::Ok(())
    };
    if let Err(error) = done.await {
        // Not settled, so it comes again at its next time.
        tracing::warn!(delivery = %delivery.id, error = format!("{error:#}"), "a logout token was not sent");
    }
    delivery.client
}

async fn attempt(app: &App, delivery: &Delivery) -> anyhow::Result<Outcome> {
    let visit = app.visit_of(Actor::Duty("logout-delivery"));
    if delivery.is_too_old(visit.now) {
        return Ok(Outcome::Hopeless("too_old"));
    }
    if logout::is_superseded(&mut &app.db, delivery).await? {
        return Ok(Outcome::Superseded);
    }
    // As the client is registered now, not as it was: an address that was wrong may have been put right.
    let Some(client) = app.client(&delivery.client).await? else {
        return Ok(Outcome::Hopeless("client_gone"));
    };
    if let Some(token) = security_event::of_delivery(app, &visit, &client, delivery)? {
        let Some(uri) = &client.metadata.security_events_uri else {
            return Ok(Outcome::Hopeless("no_address"));
        };
        return Ok(match app.web.push_event(uri, &token).await {
            Ok(()) => Outcome::Delivered,
            Err(error) => Outcome::Failed(error.code()),
        });
    }
    let tickets = logout::cas_tickets(&mut &app.db, delivery.session, &delivery.client).await?;
    let uri = &client.metadata.backchannel_logout_uri;
    if uri.is_none() && tickets.is_empty() {
        return Ok(Outcome::Hopeless("no_address"));
    }
    let mut told = Ok(());
    if let Some(uri) = uri {
        let token = logout_token::of_delivery(app, &visit, &client, delivery)?;
        told = app.web.post_form(uri, &[("logout_token", &token)]).await;
    }
    for ticket in &tickets {
        // Only to what is registered still; each sign-in is another ticket, and to end one twice does nothing.
        let service = Url::parse(&ticket.service).ok().filter(|url| client.metadata.has_cas_service(url));
        if let Some(service) = service {
            let request = cas::logout_request::of(&visit, &delivery.sub, ticket);
            told = told.and(app.web.post_form(&service, &[("logoutRequest", &request)]).await);
        }
    }
    Ok(match told {
        Ok(()) => Outcome::Delivered,
        Err(error) => Outcome::Failed(error.code()),
    })
}
