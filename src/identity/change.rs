//! Changes of life. The account and its subject ids stay, whatever number or name a person has now; what they
//! had is kept, and opens nothing any more.

use uuid::Uuid;

use super::person::place;
use super::{CaseKind, Error, HandleKind, Person, PersonState, handle, number_index, open_case};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Phone, Visit};
use crate::crypto::{DataKeys, Purpose, Unopenable};
use crate::db::{Read, Tx, values};
use crate::keys::KeyRing;

/// Why a number is another now, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Because<'a> {
    /// `corrected`, `renewed`, `resident`, …: a word, never a number.
    pub reason: &'a str,
    /// The source's own reference.
    pub reference: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renumbered {
    Done,
    /// It is the account's number already.
    Same,
    /// Another account holds the new number: a case was opened, and nothing else changed.
    Held(Uuid),
}

/// Binds the account to another number of the same person: corrected by the police, a new document, or a
/// document of another kind.
pub async fn renumber(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    person: &Person,
    number: &OfficialNumber,
    because: Because<'_>,
) -> Result<Renumbered, Error> {
    if person.number == *number && !person.provisional {
        return Ok(Renumbered::Same);
    }
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    // Also one that nobody has claimed: legacy accounts wait there, and somebody must say whose they are.
    if let Some(holder) = number_index::holder(tx, &keys, number).await? {
        if person.provisional && person.number == *number {
            return Ok(Renumbered::Same);
        }
        let holder = holder.account;
        let accounts = (person.id, Some(holder));
        open_case(tx, &keys, visit, CaseKind::SharedNumber, accounts, because.reason).await?;
        return Ok(Renumbered::Held(holder));
    }
    // A network number is no document: it goes on beside whatever the person tells.
    if !person.is_untold() && person.number != *number {
        keep_number(tx, &keys, visit, person, because).await?;
        number_index::release_kind(tx, person.id, person.number.kind()).await?;
    }
    if !number_index::claim_also(tx, &keys, number, person.id).await? {
        return Err(Error::KeysChanged);
    }
    let sealed = keys.encrypt(&visit.chance, place(&person.id, "number"), number.as_str())?;
    tx.execute(
        "update person set number_kind = $2, number = $3, updated_at = $4, provisional = false where id = $1",
        values![person.id, number.kind().as_str(), &sealed, visit.now],
    )
    .await?;
    note(tx, &keys, visit, person.id, "number").await?;
    Ok(Renumbered::Done)
}

async fn keep_number(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: &Person,
    because: Because<'_>,
) -> Result<(), Error> {
    let id = visit.id();
    let place = crate::crypto::Place { table: "former_number", column: "number", row: id.as_bytes() };
    let number = keys.encrypt(&visit.chance, place, person.number.as_str())?;
    tx.execute(
        "insert into former_number (id, person, kind, number, digest, reason, reference, until)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            id,
            person.id,
            person.number.kind().as_str(),
            &number,
            &digest(keys, &person.number)?,
            because.reason,
            because.reference,
            visit.now
        ],
    )
    .await?;
    Ok(())
}

fn digest(keys: &DataKeys, number: &OfficialNumber) -> Result<Vec<u8>, Unopenable> {
    let domain = format!("former/{}", number.kind().as_str());
    Ok(keys.blind(&domain, number.as_str()).into_iter().next().ok_or(Unopenable)?.digest)
}

/// Who had this number: for look-ups by operators, never for a sign-in.
pub async fn find_by_former_number(
    read: &mut impl Read,
    keys: &DataKeys,
    number: &OfficialNumber,
) -> Result<Option<Uuid>, Error> {
    let domain = format!("former/{}", number.kind().as_str());
    for index in keys.blind(&domain, number.as_str()) {
        let newest = "select person from former_number where digest = $1 order by id desc limit 1";
        let found = read.optional(newest, values![&index.digest], |row| row.get::<Uuid>(0)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Gives the person another name; the former one is kept.
pub async fn rename(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: &Person,
    name: &PersonName,
) -> Result<(), Error> {
    let id = visit.id();
    let place_of = crate::crypto::Place { table: "former_name", column: "name", row: id.as_bytes() };
    let former = keys.encrypt(&visit.chance, place_of, person.name.as_str())?;
    tx.execute(
        "insert into former_name (id, person, name, until) values ($1, $2, $3, $4)",
        values![id, person.id, &former, visit.now],
    )
    .await?;
    let name = keys.encrypt(&visit.chance, place(&person.id, "name"), name.as_str())?;
    tx.execute(
        "update person set name = $2, updated_at = $3 where id = $1",
        values![person.id, &name, visit.now],
    )
    .await?;
    note(tx, keys, visit, person.id, "name").await
}

/// Gives the person another phone, which they have proven. Who else had it as a way to sign in keeps it: a
/// phone that two accounts hold is none's.
pub async fn set_phone(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    phone: &Phone,
) -> Result<(), Error> {
    let sealed = keys.encrypt(&visit.chance, place(&person, "phone"), phone.as_str())?;
    tx.execute(
        "update person set phone = $2, phone_changed_at = $3, updated_at = $3 where id = $1",
        values![person, &sealed, visit.now],
    )
    .await?;
    handle::replace(tx, keys, HandleKind::Phone, phone.as_str(), person).await?;
    note(tx, keys, visit, person, "phone").await
}

/// Stops an account: nobody signs in, sessions and tokens end with the state, nothing is lost. `false` if it
/// is not active.
pub async fn hold(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    reason: &str,
) -> Result<bool, Error> {
    turn(tx, keys, visit, person, (PersonState::Active, PersonState::Held), Some(reason)).await
}

/// Lifts a hold: the register was wrong, or a day behind.
pub async fn release(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<bool, Error> {
    turn(tx, keys, visit, person, (PersonState::Held, PersonState::Active), None).await
}

async fn turn(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    (from, to): (PersonState, PersonState),
    reason: Option<&str>,
) -> Result<bool, Error> {
    let turned = tx
        .execute(
            "update person set state = $3, hold_reason = $4, updated_at = $5 where id = $1 and state = $2",
            values![person, from.as_str(), to.as_str(), reason, visit.now],
        )
        .await?;
    if turned == 1 {
        note(tx, keys, visit, person, to.as_str()).await?;
    }
    Ok(turned == 1)
}

/// Notes that the population register has confirmed the person.
pub async fn note_person_check(tx: &mut Tx, visit: &Visit, person: Uuid) -> Result<(), Error> {
    tx.execute("update person set checked_at = $2 where id = $1", values![person, visit.now]).await?;
    Ok(())
}

async fn note(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid, what: &str) -> Result<(), Error> {
    let about = About { person: Some(person), client: None };
    Ok(audit::record(tx, keys, visit, Event::PersonChanged { what }, about).await?)
}
