//! That somebody is there, in a session of a shared machine: the use of a token shows it, and the session goes on.

use std::time::Duration;

use uuid::Uuid;

use super::App;
use crate::base::{Moment, Visit};
use crate::grant::Grant;
use crate::session;

/// When this node noted it last, for sessions in use now: a use does not become a write each time.
pub struct Presence(moka::sync::Cache<Uuid, Moment>);

impl Default for Presence {
    fn default() -> Self {
        let life = Duration::from_secs(3600);
        Self(moka::sync::Cache::builder().max_capacity(100_000).time_to_live(life).build())
    }
}

impl App {
    /// A token of this grant is used.
    pub async fn note_presence(&self, visit: &Visit, grant: &Grant) -> Result<(), session::Error> {
        if !grant.channel.is_shared() {
            return Ok(());
        }
        // Often enough that nobody who is there is taken for gone.
        let every = self.config.idle_time(grant.channel) / 6;
        if self.presence.0.get(&grant.session).is_some_and(|noted| visit.now.since(noted) < every) {
            return Ok(());
        }
        self.presence.0.insert(grant.session, visit.now);
        let mut tx = self.db.begin().await?;
        session::touch(&mut tx, visit, grant.session).await?;
        Ok(tx.commit().await?)
    }
}
