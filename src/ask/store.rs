//! Asks between two pages: in transient state, named in the URL, so that two tabs do not disturb each other.

use std::time::Duration;

use super::Ask;
use crate::base::Chance;
use crate::transient::{Key, Transient, Unavailable};

/// The name of a kept Ask in a URL: random, and good only in the browser that asked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct AskId(pub String);

impl AskId {
    fn key(&self) -> Key {
        Key::new("ask", &self.0)
    }
}

impl std::fmt::Display for AskId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

pub async fn keep(
    transient: &Transient,
    chance: &Chance,
    ask: &Ask,
    life: Duration,
) -> Result<AskId, Unavailable> {
    let id = AskId(chance.token());
    transient.put_json(&id.key(), ask, life).await?;
    Ok(id)
}

pub async fn find(transient: &Transient, id: &AskId) -> Result<Option<Ask>, Unavailable> {
    transient.get_json(&id.key()).await
}

/// Writes back what a page learnt.
pub async fn update(transient: &Transient, id: &AskId, ask: &Ask, life: Duration) -> Result<(), Unavailable> {
    transient.put_json(&id.key(), ask, life).await
}

/// Ends the Ask: of two answers one gets it.
pub async fn take(transient: &Transient, id: &AskId) -> Result<Option<Ask>, Unavailable> {
    transient.take_json(&id.key()).await
}
