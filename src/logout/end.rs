//! Ending sessions. Whatever ends one comes by here, so that nobody forgets the relying systems.

use url::Url;
use uuid::Uuid;

use super::{Error, delivery, sid};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::client::{self, ClientState, Metadata};
use crate::crypto::DataKeys;
use crate::db::Tx;
use crate::{grant, session};

/// A client's sign-in that has ended, with what its grants in the session have in common.
struct SignedIn {
    client: String,
    sub: String,
    metadata: Metadata,
}

impl SignedIn {
    /// Whether a logout token names the subject beside `sid`. A client that reads no `sid` ends all sign-ins of
    /// the subject; so where the grant is for somebody represented it must not be named, or the sign-out of
    /// one who acts for it would end everybody's. Every grant is the person's own so far.
    const fn may_be_named(&self) -> bool {
        true
    }
}

/// What is left to do when a session or a sign-in has ended.
#[derive(Debug, Default)]
pub struct Farewell {
    /// Logout tokens wait to be sent: the courier is to be woken after the commit.
    pub to_deliver: usize,
    frames: Vec<(Url, String)>,
}

impl Farewell {
    /// What the person's browser opens (OpenID Connect Front-Channel Logout section 3).
    pub fn frames(&self, issuer: &str) -> Vec<String> {
        let frame = |(uri, sid): &(Url, String)| {
            let mut uri = uri.clone();
            uri.query_pairs_mut().append_pair("iss", issuer).append_pair("sid", sid);
            uri.into()
        };
        self.frames.iter().map(frame).collect()
    }
}

/// Ends a session, and with it the grants that rest on it; whoever has a grant in it will be told. `None` if
/// it had ended already.
pub async fn end(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    person: Uuid,
    reason: &str,
) -> Result<Option<Farewell>, Error> {
    if !session::end(tx, keys, visit, id, person, reason).await? {
        return Ok(None);
    }
    let clients = grant::clients_in(tx, id).await?;
    Ok(Some(tell(tx, keys, visit, id, person, clients).await?))
}

/// Ends the sessions of a person that are alive, but not `except`. Tells how many.
pub async fn end_all(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    except: Option<Uuid>,
    reason: &str,
) -> Result<u64, Error> {
    let mut ended = 0;
    for id in session::not_ended(tx, visit, person).await? {
        if Some(id) != except && end(tx, keys, visit, id, person, reason).await?.is_some() {
            ended += 1;
        }
    }
    Ok(ended)
}

/// Ends what one client was given in a session that goes on, and tells only this client.
pub async fn end_at(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    person: Uuid,
    client: &str,
) -> Result<Farewell, Error> {
    let mut clients = grant::clients_in(tx, id).await?;
    clients.retain(|(known, _)| known == client);
    grant::revoke_in(tx, id, client).await?;
    let about = About { person: Some(person), client: Some(client) };
    audit::record(tx, keys, visit, Event::SignedOutOfService { session: id }, about).await?;
    tell(tx, keys, visit, id, person, clients).await
}

async fn tell(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: Uuid,
    person: Uuid,
    clients: Vec<(String, String)>,
) -> Result<Farewell, Error> {
    let mut farewell = Farewell::default();
    for (client, sub) in clients {
        let Some(found) = client::find(tx, keys, &client).await? else { continue };
        if found.state != ClientState::Active {
            continue;
        }
        let ended = SignedIn { client, sub, metadata: found.metadata };
        if ended.metadata.backchannel_logout_uri.is_some() {
            let (client, sub) = (&ended.client, &ended.sub);
            delivery::enqueue(tx, visit, client, person, session, sub, ended.may_be_named()).await?;
            farewell.to_deliver += 1;
        }
        if let Some(uri) = &ended.metadata.frontchannel_logout_uri {
            farewell.frames.push((uri.clone(), sid(session, &ended.client, &ended.sub)));
        }
    }
    Ok(farewell)
}
