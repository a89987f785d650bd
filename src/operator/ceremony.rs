//! What a window has asked the clerk's browser for, kept until it comes back: single use, ten minutes.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::Chance;
use crate::transient::{Key, Transient, Unavailable};

pub const LIFE: Duration = Duration::from_secs(600);

/// A window that wants a clerk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    pub terminal: Uuid,
    /// Where it is, as the clerk reads it.
    pub place: String,
    /// The address, checked, to which the browser goes back.
    pub back: String,
}

/// A shift that was begun, for the window to take up.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begun {
    pub shift: Uuid,
}

/// A deed that a second clerk is to look at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToConfirm {
    pub deed: Uuid,
    pub shift: Uuid,
    pub asked: Asked,
}

/// A person who is to choose their PIN.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToChoose {
    /// The deed that it is for.
    pub pin_for: Uuid,
    pub asked: Asked,
}

/// Keeps it; tells the handle that stands in the address.
pub async fn keep(
    transient: &Transient,
    chance: &Chance,
    what: &impl Serialize,
) -> Result<String, Unavailable> {
    let id = chance.token();
    transient.put_json(&key(&id), what, LIFE).await?;
    Ok(id)
}

pub async fn look<T: DeserializeOwned>(transient: &Transient, id: &str) -> Result<Option<T>, Unavailable> {
    transient.get_json(&key(id)).await
}

pub async fn take<T: DeserializeOwned>(transient: &Transient, id: &str) -> Result<Option<T>, Unavailable> {
    transient.take_json(&key(id)).await
}

fn key(id: &str) -> Key {
    Key::new("ceremony", id)
}
