//! What was learnt so far, between two pages: in transient state, encrypted, named by a handle that the forms
//! carry.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::Phone;
use crate::base::number::NumberKind;
use crate::crypto::Place;
use crate::http::{Failure, Params};
use crate::pages::here::Here;
use crate::transient::Key;

const LIFE: Duration = Duration::from_secs(30 * 60);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub phone: String,
    /// The code on its way to the phone; none once it was typed.
    pub code: Option<Uuid>,
    /// Set by the register's match.
    pub matched: Option<Matched>,
    /// The browser that began.
    browser: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Matched {
    pub kind: NumberKind,
    pub number: String,
    pub name: String,
    /// The register's own reference to its answer.
    pub reference: String,
}

impl Kept {
    pub fn begin(here: &Here, phone: &Phone, code: Uuid) -> Self {
        Self { phone: phone.as_str().to_owned(), code: Some(code), matched: None, browser: here.browser.id }
    }

    /// Keeps it under `handle`, or under a new one.
    pub async fn keep(&self, here: &Here, handle: Option<Uuid>) -> Result<Uuid, Failure> {
        let handle = handle.unwrap_or_else(|| here.app.chance.id());
        let text = serde_json::to_string(self).map_err(|e| Failure::internal(&e))?;
        let sealed = here.app.keys.data().encrypt(&here.app.chance, place(&handle), &text)?;
        here.app.transient.put(&key(handle), &sealed, LIFE).await?;
        Ok(handle)
    }

    /// What the request's handle names; a registration of another browser, or one that is over, is expired.
    pub async fn find(here: &Here, params: &Params) -> Result<(Uuid, Self), Failure> {
        let handle = handle_of(params)?;
        let sealed = here.app.transient.get(&key(handle)).await?.ok_or_else(Failure::expired)?;
        Ok((handle, Self::open(here, handle, &sealed)?))
    }

    /// The same, and it is over: of two that finish one registration, one does.
    pub async fn take(here: &Here, params: &Params) -> Result<Self, Failure> {
        let handle = handle_of(params)?;
        let sealed = here.app.transient.take(&key(handle)).await?.ok_or_else(Failure::expired)?;
        Self::open(here, handle, &sealed)
    }

    fn open(here: &Here, handle: Uuid, sealed: &[u8]) -> Result<Self, Failure> {
        let text = here.app.keys.data().decrypt(place(&handle), sealed)?;
        let kept: Self = serde_json::from_str(&text).map_err(|e| Failure::internal(&e))?;
        if kept.browser == here.browser.id { Ok(kept) } else { Err(Failure::expired()) }
    }

    pub fn phone(&self) -> Result<Phone, Failure> {
        Phone::parse(&self.phone).map_err(|e| Failure::internal(&e))
    }
}

fn handle_of(params: &Params) -> Result<Uuid, Failure> {
    params.get("registration").and_then(|text| text.parse().ok()).ok_or_else(Failure::expired)
}

fn key(handle: Uuid) -> Key {
    Key::new("registration", handle)
}

fn place(handle: &Uuid) -> Place<'_> {
    Place { table: "registration", column: "kept", row: handle.as_bytes() }
}

/// The next page of this registration.
pub fn next(here: &Here, page: &str, handle: Uuid) -> String {
    let to = here.along(page);
    let separator = if to.contains('?') { '&' } else { '?' };
    format!("{to}{separator}registration={handle}")
}
