//! Somebody has proven who they are at level 4 or 5: the account of their number is theirs, or becomes theirs.
//! Better proof displaces worse, and inherits nothing from it.

use uuid::Uuid;

use super::{
    CaseKind, Error, NewPerson, PersonState, Registered, binding, find_by_number, load, number_index,
    open_case, prove, register,
};
use crate::audit::{self, About, Event};
use crate::base::{TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Tx, values};
use crate::keys::KeyRing;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The account that was theirs already; the new evidence is kept.
    Known(Uuid),
    New(Uuid),
    /// An account held the number on weaker proof. It is closed, and this is another.
    Displaced {
        old: Uuid,
        new: Uuid,
    },
}

impl Arrival {
    /// The account of who arrived.
    pub const fn person(self) -> Uuid {
        match self {
            Self::Known(person) | Self::New(person) | Self::Displaced { new: person, .. } => person,
        }
    }
}

/// Finds or makes the account of somebody whose evidence gives level 4 at least.
///
/// # Errors
/// [`Error::TooWeak`]: the evidence gives less, and displaces nobody.
pub async fn arrive(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    new: &NewPerson,
    policy: &config::Trust,
) -> Result<Arrival, Error> {
    if new.evidence.trust < TrustLevel::Proven {
        return Err(Error::TooWeak);
    }
    let keys = ring.data();
    let holder = find_by_number(tx, &keys, &new.number).await?;
    let Some(old) = holder else {
        return match register(tx, ring, visit, new).await? {
            Registered::New(person) => Ok(Arrival::New(person)),
            // Between the look and the claim somebody took it: the caller's transaction begins anew.
            Registered::Taken => Err(Error::KeysChanged),
        };
    };
    let person = load(tx, &keys, old).await?;
    let trust = person.map_or(TrustLevel::Anonymous, |person| person.binding.trust(visit.now, policy));
    if trust >= TrustLevel::Proven {
        prove(tx, &keys, visit, old, &new.evidence, policy).await?;
        return Ok(Arrival::Known(old));
    }
    displace(tx, &keys, visit, old).await?;
    match register(tx, ring, visit, new).await? {
        Registered::New(new) => {
            open_case(tx, &keys, visit, CaseKind::Displaced, (new, Some(old)), "better proof").await?;
            Ok(Arrival::Displaced { old, new })
        }
        Registered::Taken => Err(Error::KeysChanged),
    }
}

/// Closes an account and gives its number free. With its state its sessions, grants and mandates end; its
/// factors open nothing any more. History stays.
pub(super) async fn displace(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<(), Error> {
    close(tx, keys, visit, person, Event::PersonDisplaced).await
}

/// Closes an account at its owner's wish. What the law wants kept is kept, apart; the number is free again.
pub async fn close_account(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<(), Error> {
    close(tx, keys, visit, person, Event::PersonClosed).await
}

async fn close(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    event: Event<'_>,
) -> Result<(), Error> {
    tx.execute(
        "update person set state = $2, updated_at = $3 where id = $1",
        values![person, PersonState::Closed.as_str(), visit.now],
    )
    .await?;
    number_index::release(tx, person).await?;
    tx.execute("delete from handle_index where person = $1", values![person]).await?;
    binding::revoke(tx, keys, visit, person).await?;
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(())
}
