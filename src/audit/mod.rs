//! Rank 2: the audit log. Everything that changes an account or issues a token leaves one event, written
//! in the same transaction as what it tells of. No number, name, phone, token or secret stands in it.

mod detail;
mod event;
mod history;
mod verify;

pub use event::Event;
pub use history::{Entry, disclosures};
pub use verify::{Checked, verify};

use std::borrow::Cow;

use uuid::Uuid;

use crate::base::Visit;
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Tx, values};

/// Whom an event is about, besides who did it.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    pub person: Option<Uuid>,
    pub client: Option<&'a str>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Seal(#[from] Unopenable),
}

/// An event as its seal holds it together.
struct Sealed {
    id: Uuid,
    request: Uuid,
    event: Cow<'static, str>,
    actor: String,
    channel: Cow<'static, str>,
    address: String,
    person: Uuid,
    client: String,
    detail: String,
}

impl Sealed {
    fn fields(&self) -> [&[u8]; 10] {
        [
            b"audit",
            self.id.as_bytes(),
            self.request.as_bytes(),
            self.event.as_bytes(),
            self.actor.as_bytes(),
            self.channel.as_bytes(),
            self.address.as_bytes(),
            self.person.as_bytes(),
            self.client.as_bytes(),
            self.detail.as_bytes(),
        ]
    }
}

/// Appends an event.
pub async fn record(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    event: Event<'_>,
    about: About<'_>,
) -> Result<(), Error> {
    let sealed = Sealed {
        id: visit.id(),
        request: visit.request_id,
        event: event.name().into(),
        actor: visit.actor.to_string(),
        channel: visit.channel.as_str().into(),
        address: visit.address.to_string(),
        person: about.person.unwrap_or_default(),
        client: about.client.unwrap_or_default().to_owned(),
        detail: event.detail().to_string(),
    };
    let seal = keys.seal(&sealed.fields())?;
    tx.execute(
        "insert into audit (id, request, event, actor, channel, address, person, client, detail, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            sealed.id,
            sealed.request,
            event.name(),
            &sealed.actor,
            visit.channel.as_str(),
            &sealed.address,
            about.person,
            about.client,
            &sealed.detail,
            &seal
        ],
    )
    .await?;
    Ok(())
}
