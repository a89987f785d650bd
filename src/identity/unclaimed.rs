//! Accounts for many at once, made from what a register says of them. A person's is unclaimed: no factor, no level,
//! no token, and found by nobody who looks for an account, until its owner comes. An organization has no login, so
//! there is nothing to claim: it is the account of its code.

use std::collections::HashMap;

use uuid::Uuid;

use super::organization::{self, Known};
use super::person::place;
use super::trust::Level;
use super::{Binding, Error, NewEvidence, PersonState, binding, number_index};
use crate::audit::{self, About, Event};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{PersonName, TrustLevel, Visit};
use crate::config;
use crate::crypto::{DataKeys, Purpose};
use crate::db::{self, Given, Kind, Read, Rows, Tx, values};
use crate::keys::KeyRing;

/// Somebody who is to have an account.
pub struct Wanted {
    pub number: OfficialNumber,
    pub who: Who,
}

pub enum Who {
    Person(PersonName),
    Organization(Box<Known>),
}

/// The account of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Made now.
    Made(Uuid),
    /// Was there, made from another legacy account.
    Unclaimed(Uuid),
    /// Was there, at the level that its person has now.
    Person(Uuid, PersonState, TrustLevel),
    Organization(Uuid),
}

static NUMBERS: Given = Given {
    table: "given_number",
    columns: &[
        ("kind", Kind::Text),
        ("key_version", Kind::Int),
        ("digest", Kind::Bytes),
        ("account", Kind::Uuid),
    ],
};

static PERSONS: Given = Given {
    table: "given_person",
    columns: &[
        ("id", Kind::Uuid),
        ("number_kind", Kind::Text),
        ("number", Kind::Bytes),
        ("name", Kind::Bytes),
    ],
};

static ACCOUNTS: Given = Given { table: "given_account", columns: &[("id", Kind::Uuid)] };

/// The account of each, made where there was none. No number may be wanted twice.
///
/// # Errors
/// [`Error::KeysChanged`]: another transaction took one of the numbers, or the keys are others: begin anew.
pub async fn accounts_for(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    wanted: &[Wanted],
) -> Result<Vec<Holder>, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let fresh: Vec<Uuid> = wanted.iter().map(|_| visit.chance.id()).collect();
    let all = numbers(&keys, wanted.iter().zip(fresh.iter().copied()));
    tx.give(&all).await?;
    let held = holders(tx, &keys, visit, policy).await?;
    let is_new = |id: &Uuid| !held.contains_key(id);
    let new: Vec<(&Wanted, Uuid)> =
        wanted.iter().zip(fresh.iter().copied()).filter(|(_, id)| is_new(id)).collect();
    if !new.is_empty() {
        make(tx, &keys, visit, &new).await?;
    }
    Ok(fresh.into_iter().map(|id| held.get(&id).copied().unwrap_or(Holder::Made(id))).collect())
}

fn numbers<'a>(keys: &DataKeys, wanted: impl Iterator<Item = (&'a Wanted, Uuid)>) -> Rows {
    let mut rows = Rows::new(&NUMBERS);
    for (Wanted { number, .. }, id) in wanted {
        for index in keys.blind(&number_index::domain(number), number.as_str()) {
            rows.push(values![number.kind().as_str(), i64::from(index.version), &index.digest, id]);
        }
    }
    rows
}

/// Who holds the numbers that are given, by the fresh id that was thought of for each.
async fn holders(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
) -> Result<HashMap<Uuid, Holder>, Error> {
    let rows = tx
        .all(
            "select g.account, n.account, p.state, b.person is not null,
                    coalesce(b.person, n.account), coalesce(b.state, 'revoked'), coalesce(b.trust, 1),
                    coalesce(b.evidence, n.account), coalesce(b.changed_at, 0), coalesce(b.seal, n.digest)
             from given_number g
               join number_index n on n.kind = g.kind and n.key_version = g.key_version and n.digest = g.digest
               left join person p on p.id = n.account
               left join binding b on b.person = n.account",
            values![],
            |row| {
                let person = match row.get::<Option<String>>(2)? {
                    Some(_) => Some(row.word::<PersonState>(2, "person")?),
                    None => None,
                };
                let binding = row.get::<bool>(3)?.then(|| Binding::read(row, 4)).transpose()?;
                Ok((row.get::<Uuid>(0)?, row.get::<Uuid>(1)?, person, binding))
            },
        )
        .await?;
    let mut holders = HashMap::with_capacity(rows.len());
    for (wanted, account, person, binding) in rows {
        let holder = match (person, binding) {
            (None, _) => Holder::Organization(account),
            (Some(PersonState::Unclaimed), _) => Holder::Unclaimed(account),
            (Some(state), None) => Holder::Person(account, state, TrustLevel::Anonymous),
            (Some(state), Some(binding)) => {
                binding.check(keys)?;
                Holder::Person(account, state, binding.trust(visit.now, policy))
            }
        };
        holders.insert(wanted, holder);
    }
    Ok(holders)
}

async fn make(tx: &mut Tx, keys: &DataKeys, visit: &Visit, new: &[(&Wanted, Uuid)]) -> Result<(), Error> {
    let rows = numbers(keys, new.iter().copied());
    tx.give(&rows).await?;
    let taken = tx
        .execute(
            "insert into number_index (kind, key_version, digest, account)
             select kind, key_version, digest, account from given_number where true on conflict do nothing",
            values![],
        )
        .await?;
    if taken != rows.len() as u64 {
        return Err(Error::KeysChanged);
    }
    let mut persons = Rows::new(&PERSONS);
    let mut organizations = Rows::new(&organization::GIVEN);
    for (wanted, id) in new {
        match &wanted.who {
            Who::Person(name) => {
                let number = keys.encrypt(&visit.chance, place(id, "number"), wanted.number.as_str())?;
                let name = keys.encrypt(&visit.chance, place(id, "name"), name.as_str())?;
                persons.push(values![*id, wanted.number.kind().as_str(), &number, &name]);
            }
            Who::Organization(known) => organization::push(&mut organizations, keys, visit, *id, known)?,
        }
    }
    if !persons.is_empty() {
        tx.give(&persons).await?;
        tx.execute(
            "insert into person (id, state, number_kind, number, name, created_at, updated_at, checked_at)
             select id, $1, number_kind, number, name, $2, $2, 0 from given_person",
            values![PersonState::Unclaimed.as_str(), visit.now],
        )
        .await?;
    }
    if !organizations.is_empty() {
        organization::insert_given(tx, visit, &organizations).await?;
    }
    Ok(())
}

/// Takes back accounts that were made for legacy accounts and that nothing rests on any more. Tells how many went: a
/// person's that has been claimed stays, and so does an organization's that somebody acts for or knows.
pub async fn unmake(tx: &mut Tx, accounts: impl Iterator<Item = Uuid>) -> Result<u64, Error> {
    let mut rows = Rows::new(&ACCOUNTS);
    for account in accounts {
        rows.push(values![account]);
    }
    if rows.is_empty() {
        return Ok(0);
    }
    tx.give(&rows).await?;
    let persons = tx
        .execute(
            "delete from person where state = 'unclaimed' and id in (select id from given_account)
               and not exists (select 1 from binding b where b.person = person.id)
               and not exists (select 1 from mandate m where m.grantee = person.id)
               and not exists (select 1 from mandate m where m.grantor = person.id)",
            values![],
        )
        .await?;
    let organizations = tx
        .execute(
            "delete from organization where id in (select id from given_account)
               and not exists (select 1 from mandate m where m.grantor = organization.id)
               and not exists (select 1 from mandate m where m.grantee = organization.id)
               and not exists (select 1 from subject s where s.account = organization.id)
               and not exists (select 1 from cases c where c.account = organization.id)
               and not exists (select 1 from organization o where o.successor = organization.id)",
            values![],
        )
        .await?;
    tx.execute(
        "delete from number_index where account in (select id from given_account)
           and not exists (select 1 from person p where p.id = number_index.account)
           and not exists (select 1 from organization o where o.id = number_index.account)",
        values![],
    )
    .await?;
    Ok(persons + organizations)
}

/// Gives an account back that was claimed with nothing but what has just been taken back: it is as if nobody had come.
/// The caller ends its sessions and takes its factors. `false` if it is not active.
pub async fn unclaim(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<bool, Error> {
    let turned = tx
        .execute(
            "update person set state = $2, phone = null, user_name = null, email = null, email_verified = false,
                    address = null, updated_at = $3 where id = $1 and state = $4",
            values![person, PersonState::Unclaimed.as_str(), visit.now, PersonState::Active.as_str()],
        )
        .await?;
    if turned == 1 {
        tx.execute("delete from handle_index where person = $1", values![person]).await?;
        super::binding::revoke(tx, keys, visit, person).await?;
    }
    Ok(turned == 1)
}

/// An account that nobody had claimed becomes somebody's, on evidence that is theirs. `false` if it is unclaimed no more.
pub async fn claim(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    new: &NewEvidence,
) -> Result<bool, Error> {
    let claimed = tx
        .execute(
            "update person set state = $2, updated_at = $3 where id = $1 and state = $4",
            values![person, PersonState::Active.as_str(), visit.now, PersonState::Unclaimed.as_str()],
        )
        .await?;
    if claimed == 0 {
        return Ok(false);
    }
    let evidence = binding::record(tx, keys, visit, person, new).await?;
    let level = Level { trust: evidence.trust, rests_on: Some(evidence), until: None, lapsed: Vec::new() };
    binding::rest_on(tx, keys, person, &level).await?;
    let event = Event::PersonRegistered { trust: new.trust, method: new.method };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(true)
}

/// The number and the name of a person, in whatever state; for an unclaimed one [`super::load`] has nothing yet.
pub async fn who(
    read: &mut impl Read,
    keys: &DataKeys,
    person: Uuid,
) -> Result<Option<(OfficialNumber, PersonName)>, Error> {
    let found = read
        .optional("select number_kind, number, name from person where id = $1", values![person], |row| {
            Ok((row.word::<NumberKind>(0, "person")?, row.get::<Vec<u8>>(1)?, row.get::<Vec<u8>>(2)?))
        })
        .await?;
    let Some((kind, number, name)) = found else { return Ok(None) };
    let corrupt = |what: &'static str| db::Error::corrupt("person", what);
    let number = keys.decrypt(place(&person, "number"), &number)?;
    let name = keys.decrypt(place(&person, "name"), &name)?;
    let number = OfficialNumber::from_stored(kind, &number).map_err(|_| corrupt("number"))?;
    Ok(Some((number, PersonName::parse(&name).map_err(|_| corrupt("name"))?)))
}
