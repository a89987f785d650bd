//! A sign-out on its way from one address to the next, in transient state: what is in it need not stand in a
//! URL.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::Chance;
use crate::transient::{Key, Transient, Unavailable};

/// What an ID token says about whom a relying system means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hinted {
    pub sub: String,
    pub sid: Option<String>,
}

/// A sign-out under way. Whoever learns its id can end nothing by it: the browser's session decides.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Leaving {
    /// The relying system that asks.
    pub client: Option<String>,
    pub hinted: Option<Hinted>,
    /// Where the person goes in the end: registered by the client, with `state`.
    pub back: Option<String>,
    /// What the browser still has to open in frames.
    pub frames: Vec<String>,
    /// Only the client's sign-in has ended.
    pub stays: bool,
}

impl Leaving {
    pub async fn keep(
        &self,
        transient: &Transient,
        chance: &Chance,
        life: Duration,
    ) -> Result<String, Unavailable> {
        let id = chance.token();
        transient.put_json(&key(&id), self, life).await?;
        Ok(id)
    }

    pub async fn find(transient: &Transient, id: &str) -> Result<Option<Self>, Unavailable> {
        transient.get_json(&key(id)).await
    }
}

fn key(id: &str) -> Key {
    Key::new("leaving", id)
}
