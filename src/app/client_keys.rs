//! The public keys of clients: registered with them, or fetched from their `jwks_uri`.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;

use super::App;
use crate::client::Client;

/// Fetched sets, kept for a while; a set that lacks the wanted key is fetched again, once a minute at most.
pub struct ClientKeys {
    fetched: moka::sync::Cache<String, Arc<JwkSet>>,
    asked_again: moka::sync::Cache<String, ()>,
}

impl Default for ClientKeys {
    fn default() -> Self {
        let cache = |minutes: u64| {
            moka::sync::Cache::builder().max_capacity(1000).time_to_live(Duration::from_secs(minutes * 60))
        };
        Self {
            fetched: cache(10).build(),
            asked_again: moka::sync::Cache::builder()
                .max_capacity(1000)
                .time_to_live(Duration::from_secs(60))
                .build(),
        }
    }
}

impl App {
    /// The client's key set; one that has `kid`, if such a one can be had.
    pub async fn keys_of(&self, client: &Client, kid: Option<&str>) -> Option<Arc<JwkSet>> {
        if let Some(jwks) = &client.metadata.jwks {
            return serde_json::from_value(jwks.clone()).ok().map(Arc::new);
        }
        let uri = client.metadata.jwks_uri.as_ref()?;
        let known = self.client_keys.fetched.get(uri.as_str());
        if let Some(keys) = &known {
            let has_it = kid.is_none_or(|kid| keys.find(kid).is_some());
            if has_it || self.client_keys.asked_again.contains_key(uri.as_str()) {
                return known;
            }
        }
        self.client_keys.asked_again.insert(uri.to_string(), ());
        match self.web.get_json::<JwkSet>(uri).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.client_keys.fetched.insert(uri.to_string(), keys.clone());
                Some(keys)
            }
            Err(error) => {
                tracing::warn!(client = client.id, %error, "the client's jwks_uri gave no keys");
                known
            }
        }
    }
}
