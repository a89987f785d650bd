//! Clients as they were a few seconds ago.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use crate::client::{self, Client, ClientState};

/// How long a change of a client may take to reach a node that has just used it.
const LIFE: Duration = Duration::from_secs(5);

pub struct Clients(moka::sync::Cache<String, Arc<Client>>);

impl Default for Clients {
    fn default() -> Self {
        Self(moka::sync::Cache::builder().max_capacity(1000).time_to_live(LIFE).build())
    }
}

impl App {
    /// The active client of `id`, as its channel lets it be. Unknown ids are not remembered: nobody fills the cache with them.
    pub async fn client(&self, id: &str) -> Result<Option<Arc<Client>>, client::Error> {
        if let Some(client) = self.clients.0.get(id) {
            return Ok(Some(client));
        }
        let found = client::find(&mut &self.db, &self.keys.data(), id).await?;
        let Some(client) = found.filter(|c| c.state == ClientState::Active) else { return Ok(None) };
        let client = Arc::new(client::under_channel(client, &self.config.channel));
        self.clients.0.insert(id.to_owned(), client.clone());
        Ok(Some(client))
    }

    /// Forgets a client that has just been changed here.
    pub fn client_changed(&self, id: &str) {
        self.clients.0.invalidate(id);
    }
}
