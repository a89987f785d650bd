//! Network identity: an account that the national service vouches for. It is bound to a network number beside the
//! person's own number, or, where they keep that to themselves, in its place. Nobody is asked for the plain
//! number after that (order 173 of 2025, article 7).

use uuid::Uuid;

use super::change::{Because, Renumbered, rename, renumber};
use super::{Error, NewEvidence, NewPerson, Person, Registered, number_index, prove, register};
use crate::audit::{self, About, Event};
use crate::base::number::{NetworkNumber, NumberKind, OfficialNumber};
use crate::base::{PersonName, Visit};
use crate::config;
use crate::crypto::{DataKeys, Place, Purpose};
use crate::db::{self, Read, Tx, values};
use crate::keys::KeyRing;

/// The name of who has told none. No relying system gets it.
const UNTOLD: &str = "网证";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkBound {
    Done,
    /// Another account has this network number.
    Elsewhere(Uuid),
}

impl Person {
    /// Whether the person keeps number and name to themselves: neither is known here.
    pub fn is_untold(&self) -> bool {
        self.number.kind() == NumberKind::NetworkId
    }
}

/// The account that this network number opens.
pub async fn find_by_network(
    read: &mut impl Read,
    keys: &DataKeys,
    number: &NetworkNumber,
) -> Result<Option<Uuid>, Error> {
    let Some(person) = number_index::find_by_number(read, keys, &number.clone().into()).await? else {
        return Ok(None);
    };
    let seal = "select seal from network_identity where person = $1";
    let seal = read.optional(seal, values![person], |row| row.get::<Vec<u8>>(0)).await?;
    let seal = seal.ok_or_else(|| db::Error::corrupt("network_identity", "person"))?;
    keys.check_seal(&seal, &fields(&person, number))?;
    Ok(Some(person))
}

/// Makes an account for who has shown a network number and nothing else.
pub async fn register_by_network(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    number: &NetworkNumber,
    evidence: NewEvidence,
) -> Result<Registered, Error> {
    let new = NewPerson {
        number: number.clone().into(),
        name: PersonName::parse(UNTOLD).map_err(|_| db::Error::corrupt("person", "name"))?,
        phone: None,
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence,
    };
    let registered = register(tx, ring, visit, &new).await?;
    if let Registered::New(person) = registered {
        keep(tx, &ring.data(), visit, person, number).await?;
    }
    Ok(registered)
}

/// Binds a network number to an account whose owner has shown it, in place of the one it had.
pub async fn bind_network(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    person: Uuid,
    number: &NetworkNumber,
) -> Result<NetworkBound, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let official = OfficialNumber::from(number.clone());
    match number_index::find_by_number(tx, &keys, &official).await? {
        Some(holder) if holder == person => return Ok(NetworkBound::Done),
        Some(holder) => return Ok(NetworkBound::Elsewhere(holder)),
        None => {}
    }
    number_index::release_kind(tx, person, NumberKind::NetworkId).await?;
    if !number_index::claim_also(tx, &keys, &official, person).await? {
        // Between the look and the claim somebody took it: the caller's transaction begins anew.
        return Err(Error::KeysChanged);
    }
    keep(tx, &keys, visit, person, number).await?;
    Ok(NetworkBound::Done)
}

/// Number and name of who had kept them, told by the service at their wish. Where another account holds the number
/// nothing is changed.
pub async fn tell(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    person: &Person,
    (number, name): (&OfficialNumber, &PersonName),
    reference: &str,
) -> Result<Renumbered, Error> {
    if let Some(holder) = number_index::find_by_number(tx, &ring.data(), number).await? {
        return Ok(if holder == person.id { Renumbered::Same } else { Renumbered::Held(holder) });
    }
    let because = Because { reason: "told", reference };
    let renumbered = renumber(tx, ring, visit, person, number, because).await?;
    rename(tx, &ring.data(), visit, person, name).await?;
    Ok(renumbered)
}

/// Evidence from the service for an account that has this network number, or gets it now.
pub async fn prove_by_network(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    person: Uuid,
    number: &NetworkNumber,
    evidence: &NewEvidence,
    policy: &config::Trust,
) -> Result<NetworkBound, Error> {
    let bound = bind_network(tx, ring, visit, person, number).await?;
    if bound == NetworkBound::Done {
        prove(tx, &ring.data(), visit, person, evidence, policy).await?;
    }
    Ok(bound)
}

async fn keep(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    number: &NetworkNumber,
) -> Result<(), Error> {
    let sealed = keys.encrypt(&visit.chance, place(&person), number.as_str())?;
    let seal = keys.seal(&fields(&person, number))?;
    tx.execute(
        "insert into network_identity (person, number, bound_at, seal) values ($1, $2, $3, $4)
         on conflict (person) do update set number = excluded.number, bound_at = excluded.bound_at,
           seal = excluded.seal",
        values![person, &sealed, visit.now, &seal],
    )
    .await?;
    let about = About { person: Some(person), client: None };
    audit::record(tx, keys, visit, Event::NetworkIdentityBound, about).await?;
    Ok(())
}

fn fields<'a>(person: &'a Uuid, number: &'a NetworkNumber) -> [&'a [u8]; 3] {
    [b"network_identity", person.as_bytes(), number.as_str().as_bytes()]
}

pub(super) fn place(person: &Uuid) -> Place<'_> {
    Place { table: "network_identity", column: "number", row: person.as_bytes() }
}
