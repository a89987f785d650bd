//! How a terminal becomes one.

use super::store::{Kind, State, Terminal};
use super::{Error, Hours, Refused, TerminalKey};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::client::{self, AuthMethod, ClientState};
use crate::crypto::DataKeys;
use crate::db::{Tx, values};

/// Longer does not fit where people read it.
const LONGEST_PLACE: usize = 60;

/// What an operator says of it.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    pub kind: Kind,
    pub place: String,
    pub client: String,
    pub key: TerminalKey,
    pub hours: Hours,
}

/// # Errors
/// [`Refused`], where it does not fit its client or its key is known.
pub async fn enroll(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    new: NewTerminal,
) -> Result<Terminal, Error> {
    let place = new.place.trim().to_owned();
    if place.is_empty() || place.chars().count() > LONGEST_PLACE || place.chars().any(char::is_control) {
        return Err(Refused::Place.into());
    }
    fits(tx, keys, &new).await?;
    let terminal = Terminal {
        id: visit.id(),
        kind: new.kind,
        place,
        client: new.client,
        key: new.key,
        hours: new.hours,
        state: State::Active,
        enrolled_at: visit.now,
        changed_at: visit.now,
        seal: Vec::new(),
    }
    .sealed(keys)?;
    let jwk = serde_json::to_string(terminal.jwk()).map_err(|e| crate::db::Error::corrupt("terminal", e))?;
    let added = tx
        .execute(
            "insert into terminal (id, kind, place, client, jwk, thumbprint, hours, state, enrolled_at,
                                   changed_at, seal)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) on conflict do nothing",
            values![
                terminal.id,
                terminal.kind.as_str(),
                &terminal.place,
                &terminal.client,
                &jwk,
                terminal.key.thumbprint(),
                &terminal.hours.to_string(),
                terminal.state.as_str(),
                terminal.enrolled_at,
                &terminal.seal
            ],
        )
        .await?;
    if added == 0 {
        return Err(Refused::KeyIsTaken.into());
    }
    let event = Event::TerminalEnrolled { terminal: terminal.id, kind: terminal.kind.as_str() };
    audit::record(tx, keys, visit, event, About { person: None, client: Some(&terminal.client) }).await?;
    Ok(terminal)
}

async fn fits(tx: &mut Tx, keys: &DataKeys, new: &NewTerminal) -> Result<(), Error> {
    let client = client::find(tx, keys, &new.client).await?;
    let client = client.filter(|client| client.state == ClientState::Active).ok_or(Refused::NoClient)?;
    let (has, wants) = (client.metadata.channel, new.kind.channel());
    if has != wants {
        return Err(Refused::OtherChannel { kind: new.kind, has, wants }.into());
    }
    if client.metadata.token_endpoint_auth_method != AuthMethod::PrivateKeyJwt {
        return Err(Refused::OtherMethod.into());
    }
    Ok(())
}
