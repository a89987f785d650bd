//! Ending sessions. Whatever ends one comes by here, so that nobody forgets the relying systems.

use url::Url;
use uuid::Uuid;

use super::delivery::Kind;
use super::{Error, delivery, sid};
use crate::audit::{self, About, Event};
use crate::base::{Channel, Visit};
use crate::client::{self, ClientState};
use crate::config::Config;
use crate::crypto::DataKeys;
use crate::db::Tx;
use crate::grant::{self, SignedIn};
use crate::mandate::Mandate;
use crate::session;
use crate::terminal;

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

/// Ends the session of a browser that signs out when the session is over by itself, idle or too old: relying
/// systems, which count for themselves, may think that the person is still there.
pub async fn end_over(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
) -> Result<Option<Farewell>, Error> {
    match session::person_of(tx, id).await? {
        Some(person) => end(tx, keys, visit, id, person, "signed out when over").await,
        None => Ok(None),
    }
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

/// Ends the sessions of shared machines in which nobody is any more; tells how many, a hundred a channel at most.
pub async fn end_idle(tx: &mut Tx, keys: &DataKeys, visit: &Visit, config: &Config) -> Result<usize, Error> {
    let mut ended = 0;
    for channel in Channel::ALL.into_iter().filter(|channel| channel.is_shared()) {
        let since = visit.now.minus(config.idle_time(channel));
        for (session, person) in session::idle_on_shared(tx, visit, channel, since).await? {
            end(tx, keys, visit, session, person, "idle").await?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// Suspends a terminal and ends what was signed in and issued there: one step. `None` if it was suspended, or there
/// is none; else how many sessions ended.
pub async fn suspend_terminal(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    reason: &str,
) -> Result<Option<u64>, Error> {
    if !terminal::suspend(tx, keys, visit, id, reason).await? {
        return Ok(None);
    }
    let mut ended = 0;
    loop {
        let sessions = session::at_terminal(tx, visit, id).await?;
        if sessions.is_empty() {
            break;
        }
        for (session, person) in sessions {
            end(tx, keys, visit, session, person, "terminal suspended").await?;
            ended += 1;
        }
    }
    grant::revoke_at_terminal(tx, id).await?;
    Ok(Some(ended))
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
    clients.retain(|signed_in| signed_in.client == client);
    grant::revoke_in(tx, id, client).await?;
    let about = About { person: Some(person), client: Some(client) };
    audit::record(tx, keys, visit, Event::SignedOutOfService { session: id }, about).await?;
    tell(tx, keys, visit, id, person, clients).await
}

/// Tells the relying systems that what was done under a mandate is over: it has ended, and what rests on it.
/// The sessions of who acted go on.
pub async fn end_mandate(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    mandate: &Mandate,
) -> Result<Farewell, Error> {
    let mut farewell = Farewell::default();
    for (session, person, signed_in) in grant::clients_under(tx, mandate.grantor, mandate.id).await? {
        let told = tell(tx, keys, visit, session, person, vec![signed_in]).await?;
        farewell.to_deliver += told.to_deliver;
    }
    Ok(farewell)
}

/// The same for everybody who acts for an organization that nobody can act for any more, or not now: it is no more,
/// or who may act for it is contested.
pub async fn end_acting_for(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    organization: Uuid,
) -> Result<Farewell, Error> {
    let mut farewell = Farewell::default();
    let mut last = None;
    loop {
        let all = grant::clients_acting_for(tx, organization, last.as_ref()).await?;
        if all.is_empty() {
            return Ok(farewell);
        }
        for (session, person, signed_in) in &all {
            let told = tell(tx, keys, visit, *session, *person, vec![signed_in.clone()]).await?;
            farewell.to_deliver += told.to_deliver;
        }
        last = all.into_iter().last();
    }
}

async fn tell(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: Uuid,
    person: Uuid,
    signed_in: Vec<SignedIn>,
) -> Result<Farewell, Error> {
    let mut farewell = Farewell::default();
    for SignedIn { client, sub, represented } in signed_in {
        let Some(found) = client::find(tx, keys, &client).await? else { continue };
        if found.state != ClientState::Active {
            continue;
        }
        let speaks_cas = !found.metadata.cas_services.is_empty();
        if found.metadata.backchannel_logout_uri.is_some() || speaks_cas {
            // A client that reads no `sid` ends all sign-ins of the subject: where it is somebody represented,
            // the sign-out of one who acts for them must not end everybody's.
            delivery::enqueue(tx, visit, (Kind::Logout, &client), person, session, &sub, !represented)
                .await?;
            farewell.to_deliver += 1;
        }
        if let Some(uri) = found.metadata.frontchannel_logout_uri {
            farewell.frames.push((uri, sid(session, &client, &sub)));
        }
    }
    Ok(farewell)
}
