//! What a journey of several pages has learnt so far, between two of them: in transient state, encrypted, named
//! by a handle that the forms carry.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::here::Here;
use crate::crypto::Place;
use crate::http::{Failure, Params};
use crate::transient::Key;

const LIFE: Duration = Duration::from_secs(30 * 60);

pub trait Journey: Serialize + DeserializeOwned {
    /// The field that carries the handle; also what it is kept under.
    const NAME: &'static str;

    /// The browser that began.
    fn browser(&self) -> Uuid;
}

/// Keeps it under `handle`, or under a new one.
pub async fn keep<J: Journey>(here: &Here, journey: &J, handle: Option<Uuid>) -> Result<Uuid, Failure> {
    let handle = handle.unwrap_or_else(|| here.app.chance.id());
    let text = serde_json::to_string(journey).map_err(|e| Failure::internal(&e))?;
    let sealed = here.app.keys.data().encrypt(&here.app.chance, place::<J>(&handle), &text)?;
    here.app.transient.put(&key::<J>(handle), &sealed, LIFE).await?;
    Ok(handle)
}

/// What the request's handle names; a journey of another browser, or one that is over, is expired.
pub async fn find<J: Journey>(here: &Here, params: &Params) -> Result<(Uuid, J), Failure> {
    let handle = handle_of::<J>(params)?;
    let sealed = here.app.transient.get(&key::<J>(handle)).await?.ok_or_else(Failure::expired)?;
    Ok((handle, open(here, handle, &sealed)?))
}

/// The same, and it is over: of two that finish one journey, one does.
pub async fn take<J: Journey>(here: &Here, params: &Params) -> Result<J, Failure> {
    let handle = handle_of::<J>(params)?;
    let sealed = here.app.transient.take(&key::<J>(handle)).await?.ok_or_else(Failure::expired)?;
    open(here, handle, &sealed)
}

/// A page of this journey.
pub fn next<J: Journey>(here: &Here, page: &str, handle: Uuid) -> String {
    let to = here.along(page);
    let separator = if to.contains('?') { '&' } else { '?' };
    format!("{to}{separator}{}={handle}", J::NAME)
}

fn open<J: Journey>(here: &Here, handle: Uuid, sealed: &[u8]) -> Result<J, Failure> {
    let text = here.app.keys.data().decrypt(place::<J>(&handle), sealed)?;
    let journey: J = serde_json::from_str(&text).map_err(|e| Failure::internal(&e))?;
    if journey.browser() == here.browser.id { Ok(journey) } else { Err(Failure::expired()) }
}

fn handle_of<J: Journey>(params: &Params) -> Result<Uuid, Failure> {
    params.get(J::NAME).and_then(|text| text.parse().ok()).ok_or_else(Failure::expired)
}

fn key<J: Journey>(handle: Uuid) -> Key {
    Key::new(J::NAME, handle)
}

fn place<J: Journey>(handle: &Uuid) -> Place<'_> {
    Place { table: J::NAME, column: "kept", row: handle.as_bytes() }
}
