//! A new person: the number taken, the row written, the binding sealed, all or nothing. Where an account that
//! nobody has claimed holds the number, it becomes theirs.

use uuid::Uuid;

use super::person::place;
use super::trust::Level;
use super::{
    CaseKind, Error, HandleKind, NewEvidence, PersonState, binding, handle, number_index, open_case,
};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Phone, Secret, Visit};
use crate::crypto::{DataKeys, Purpose, Unopenable};
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
    let keys = ring.data();
    let fresh = visit.chance.id();
    if number_index::claim(tx, &keys, &new.number, fresh).await? {
        insert(tx, &keys, visit, fresh, new, false).await?;
        prove(tx, &keys, visit, fresh, new).await?;
        return Ok(Registered::New(fresh));
    }
    match number_index::holder(tx, &keys, &new.number).await? {
        Some(holder) if holder.unclaimed && claim(tx, &keys, visit, holder.account, new).await? => {
            number_index::write_newest(tx, &keys, &new.number, holder.account).await?;
            prove(tx, &keys, visit, holder.account, new).await?;
            Ok(Registered::New(holder.account))
        }
        _ => Ok(Registered::Taken),
    }
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
    insert(tx, &keys, visit, id, new, true).await?;
    prove(tx, &keys, visit, id, new).await?;
    open_case(tx, &keys, visit, CaseKind::SharedNumber, (id, Some(holder)), "second person").await?;
    Ok(Some(id))
}

/// What of a person is encrypted.
struct Columns {
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    user_name: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
}

impl Columns {
    fn of(keys: &DataKeys, visit: &Visit, id: Uuid, new: &NewPerson) -> Result<Self, Unopenable> {
        let seal = |column: &str, text: &str| keys.encrypt(&visit.chance, place(&id, column), text);
        let optional = |column: &str, text: Option<&str>| text.map(|t| seal(column, t)).transpose();
        Ok(Self {
            name: seal("name", new.name.as_str())?,
            phone: optional("phone", new.phone.as_ref().map(Phone::as_str))?,
            user_name: optional("user_name", new.user_name.as_ref().map(Secret::reveal))?,
            email: optional("email", new.email.as_ref().map(Secret::reveal))?,
            address: optional("address", new.address.as_ref().map(Secret::reveal))?,
        })
    }
}

async fn insert(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    new: &NewPerson,
    provisional: bool,
) -> Result<(), Error> {
    let columns = Columns::of(keys, visit, id, new)?;
    let number = keys.encrypt(&visit.chance, place(&id, "number"), new.number.as_str())?;
    tx.execute(
        "insert into person (id, state, number_kind, number, name, phone, user_name, email, email_verified,
                             address, created_at, updated_at, checked_at, provisional)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11, $12)",
        values![
            id,
            PersonState::Active.as_str(),
            new.number.kind().as_str(),
            &number,
            &columns.name,
            columns.phone.as_ref(),
            columns.user_name.as_ref(),
            columns.email.as_ref(),
            new.email_verified,
            columns.address.as_ref(),
            visit.now,
            provisional
        ],
    )
    .await?;
    Ok(())
}

/// An account that nobody had claimed gets its owner. What is linked to it goes on sleeping: to know a number and
/// a name wakes nothing.
async fn claim(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    new: &NewPerson,
) -> Result<bool, Error> {
    let columns = Columns::of(keys, visit, id, new)?;
    let claimed = tx
        .execute(
            "update person set state = $2, name = $3, phone = $4, user_name = $5, email = $6, email_verified = $7,
                               address = $8, updated_at = $9, checked_at = $9
             where id = $1 and state = $10",
            values![
                id,
                PersonState::Active.as_str(),
                &columns.name,
                columns.phone.as_ref(),
                columns.user_name.as_ref(),
                columns.email.as_ref(),
                new.email_verified,
                columns.address.as_ref(),
                visit.now,
                PersonState::Unclaimed.as_str()
            ],
        )
        .await?;
    Ok(claimed == 1)
}

/// What the account of a person rests on, and how else they are found.
async fn prove(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid, new: &NewPerson) -> Result<(), Error> {
    if let Some(phone) = &new.phone {
        handle::add(tx, keys, HandleKind::Phone, phone.as_str(), id).await?;
    }
    if let Some(user_name) = &new.user_name {
        handle::add(tx, keys, HandleKind::UserName, user_name.reveal(), id).await?;
    }
    let evidence = binding::record(tx, keys, visit, id, &new.evidence).await?;
    let level = Level { trust: evidence.trust, rests_on: Some(evidence), until: None, lapsed: Vec::new() };
    binding::rest_on(tx, keys, id, &level).await?;
    let event = Event::PersonRegistered { trust: new.evidence.trust, method: new.evidence.method };
    audit::record(tx, keys, visit, event, About { person: Some(id), client: None }).await?;
    Ok(())
}
