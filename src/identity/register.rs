//! A new person: the number taken, the row written, the binding sealed, all or nothing.

use uuid::Uuid;

use super::person::place;
use super::trust::Level;
use super::{
    CaseKind, Error, HandleKind, NewEvidence, PersonState, binding, handle, number_index, open_case,
};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Phone, Secret, Visit};
use crate::crypto::Purpose;
use crate::db::{Tx, values};
use crate::keys::KeyRing;

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub number: OfficialNumber,
    pub name: PersonName,
    pub phone: Option<Phone>,
    pub user_name: Option<Secret>,
    pub email: Option<Secret>,
    pub email_verified: bool,
    pub address: Option<Secret>,
    pub evidence: NewEvidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    New(Uuid),
    /// An active account holds the number. Nothing was written.
    Taken,
}

/// Registers a person. Of any number of simultaneous calls with one number, one gets [`Registered::New`].
pub async fn register(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    new: &NewPerson,
) -> Result<Registered, Error> {
    // A node that does not know the newest index key could take a number that is taken under it.
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let id = visit.chance.id();
    if !number_index::claim(tx, &ring.data(), &new.number, id).await? {
        return Ok(Registered::Taken);
    }
    write(tx, ring, visit, id, new, false).await?;
    Ok(Registered::New(id))
}

/// Registers the second of two persons who have one number (重号). The account is provisional until the police have
/// given one of them another (`renumber`): it is signed in to by phone, and its number is told to nobody. A case
/// is opened. `None`, and nothing written, if no account holds the number: then this is no second one.
pub async fn register_provisional(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    new: &NewPerson,
) -> Result<Option<Uuid>, Error> {
    let keys = ring.data();
    let Some(holder) = number_index::find_by_number(tx, &keys, &new.number).await? else { return Ok(None) };
    let id = visit.chance.id();
    write(tx, ring, visit, id, new, true).await?;
    open_case(tx, &keys, visit, CaseKind::SharedNumber, (id, Some(holder)), "second person").await?;
    Ok(Some(id))
}

async fn write(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    id: Uuid,
    new: &NewPerson,
    provisional: bool,
) -> Result<(), Error> {
    let keys = ring.data();
    let seal = |column: &str, text: &str| keys.encrypt(&visit.chance, place(&id, column), text);
    let optional = |column: &str, text: Option<&str>| text.map(|t| seal(column, t)).transpose();
    let number = seal("number", new.number.as_str())?;
    let name = seal("name", new.name.as_str())?;
    let phone = optional("phone", new.phone.as_ref().map(Phone::as_str))?;
    let user_name = optional("user_name", new.user_name.as_ref().map(Secret::reveal))?;
    let email = optional("email", new.email.as_ref().map(Secret::reveal))?;
    let address = optional("address", new.address.as_ref().map(Secret::reveal))?;
    tx.execute(
        "insert into person (id, state, number_kind, number, name, phone, user_name, email, email_verified,
                             address, created_at, updated_at, checked_at, provisional)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11, $12)",
        values![
            id,
            PersonState::Active.as_str(),
            new.number.kind().as_str(),
            &number,
            &name,
            phone.as_ref(),
            user_name.as_ref(),
            email.as_ref(),
            new.email_verified,
            address.as_ref(),
            visit.now,
            provisional
        ],
    )
    .await?;
    if let Some(phone) = &new.phone {
        handle::add(tx, &keys, HandleKind::Phone, phone.as_str(), id).await?;
    }
    if let Some(user_name) = &new.user_name {
        handle::add(tx, &keys, HandleKind::UserName, user_name.reveal(), id).await?;
    }
    let evidence = binding::record(tx, &keys, visit, id, &new.evidence).await?;
    let level = Level { trust: evidence.trust, rests_on: Some(evidence), until: None, lapsed: Vec::new() };
    binding::rest_on(tx, &keys, id, &level).await?;
    let event = Event::PersonRegistered { trust: new.evidence.trust, method: new.evidence.method };
    audit::record(tx, &keys, visit, event, About { person: Some(id), client: None }).await?;
    Ok(())
}
