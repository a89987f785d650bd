//! Rank 6: what Yihao does without being asked. Every node reads the keys again, delivers logout tokens and looks
//! for the answers that its own waiting clients were given elsewhere; the rest is done by one node at a time, the one that gets the lease.

mod courier;
mod deeds;
mod deletion;
mod guardians;
mod lease;
mod legacy;
mod licences;
mod lookout;
mod organizations;
mod pinger;
mod rekeying;
mod shared_machines;
pub mod signing_keys;
mod verifications;

pub use courier::Courier;
pub use deeds::carry_out_deeds;
pub use deletion::sweep;
pub use guardians::narrow_guardians;
pub use legacy::{go_on_undoing, go_on_with_tasks, raise_cases};
pub use licences::check_licences;
pub use lookout::look_out;
pub use organizations::{check_organization, check_organizations};
pub use pinger::Pinger;
pub use rekeying::rekey;
pub use shared_machines::end_idle;
pub use verifications::finish_verifications;

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;

/// So long may a rotation take to reach the other nodes.
const RELOAD_EVERY: Duration = Duration::from_secs(5);
const WARN_EVERY: Duration = Duration::from_secs(60);
/// A duty that failed is tried again after so long, by whichever node comes first.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// What one node does for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    SigningKeys,
    Rekeying,
    Deletion,
    Organizations,
    Licences,
    Guardians,
    Verifications,
    SharedMachines,
    Deeds,
    Undoing,
    Tasks,
    Cases,
}

impl Duty {
    const ALL: [Duty; 12] = [
        Self::SigningKeys,
        Self::Rekeying,
        Self::Deletion,
        Self::Organizations,
        Self::Licences,
        Self::Guardians,
        Self::Verifications,
        Self::SharedMachines,
        Self::Deeds,
        Self::Undoing,
        Self::Tasks,
        Self::Cases,
    ];

    /// Its name in the lease, the log and the audit log.
    const fn name(self) -> &'static str {
        match self {
            Self::SigningKeys => "signing-keys",
            Self::Rekeying => "rekeying",
            Self::Deletion => "deletion",
            Self::Organizations => "organizations",
            Self::Licences => "licences",
            Self::Guardians => "guardians",
            Self::Verifications => "verifications",
            Self::SharedMachines => "shared-machines",
            Self::Deeds => "deeds",
            Self::Undoing => "undoing",
            Self::Tasks => "tasks",
            Self::Cases => "cases",
        }
    }

    const fn every(self) -> Duration {
        Duration::from_secs(match self {
            Self::SigningKeys => 24 * 3600,
            Self::Rekeying => 60,
            Self::Deletion | Self::Organizations | Self::Licences | Self::Cases => 3600,
            Self::Guardians => 24 * 3600,
            Self::Verifications | Self::Deeds => 60,
            // The next person stands there in a minute.
            Self::SharedMachines => 5,
            // Somebody looks at the page.
            Self::Undoing | Self::Tasks => 5,
        })
    }

    async fn fulfil(self, app: &App) -> anyhow::Result<()> {
        match self {
            Self::SigningKeys => signing_keys::turn_those_due(app).await,
            Self::Rekeying => rekey(app).await.map(drop),
            Self::Deletion => sweep(app).await.map(drop),
            Self::Organizations => check_organizations(app).await.map(drop),
            Self::Licences => check_licences(app).await.map(drop),
            Self::Guardians => narrow_guardians(app).await.map(drop),
            Self::Deeds => carry_out_deeds(app).await.map(drop),
            Self::Verifications => finish_verifications(app).await.map(drop),
            Self::SharedMachines => end_idle(app).await.map(drop),
            Self::Undoing => go_on_undoing(app).await.map(drop),
            Self::Tasks => go_on_with_tasks(app).await.map(drop),
            Self::Cases => raise_cases(app).await.map(drop),
        }
    }
}

/// Does the duties until `stop`.
pub async fn run(app: App, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    tasks.spawn(reload_keys(app.clone()));
    tasks.spawn(warn_of_danger(app.clone()));
    tasks.spawn(Courier::new(app.clone()).run());
    tasks.spawn(Pinger::new(app.clone()).run());
    tasks.spawn(lookout::keep_looking_out(app.clone()));
    let node = app.chance.id();
    for duty in Duty::ALL {
        tasks.spawn(keep(app.clone(), duty, node));
    }
    stop.cancelled().await;
    // A duty is made of transactions: one that is cut off leaves nothing half done.
    tasks.shutdown().await;
}

async fn reload_keys(app: App) {
    loop {
        tokio::time::sleep(RELOAD_EVERY).await;
        if let Err(error) = app.keys.reload(&app.db).await {
            tracing::warn!(%error, "the keys could not be read again");
        }
    }
}

async fn warn_of_danger(app: App) {
    let on = app.config.danger.switched_on();
    while !on.is_empty() {
        tracing::warn!("not for production: {} is on", on.join(", "));
        tokio::time::sleep(WARN_EVERY).await;
    }
}

/// Does `duty` whenever its lease is free. Looking twice as often as needed, no node waits for two turns.
async fn keep(app: App, duty: Duty, node: Uuid) {
    let look_every = (duty.every() / 2).min(Duration::from_secs(600));
    loop {
        if let Err(error) = turn(&app, duty, node).await {
            tracing::warn!(duty = duty.name(), error = format!("{error:#}"), "a duty was not done");
        }
        tokio::time::sleep(look_every).await;
    }
}

async fn turn(app: &App, duty: Duty, node: Uuid) -> anyhow::Result<()> {
    let now = app.clock.now();
    if !lease::take(&app.db, duty.name(), node, now, duty.every()).await? {
        return Ok(());
    }
    let done = duty.fulfil(app).await;
    if done.is_err() {
        lease::shorten(&app.db, duty.name(), node, app.clock.now().plus(RETRY_AFTER)).await?;
    }
    done
}

#[cfg(test)]
mod tests;
