//! A person as stored: everything that tells who it is, encrypted.

use uuid::Uuid;

use super::{Binding, Error};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Moment, PersonName, Phone};
use crate::crypto::{DataKeys, Place, Unopenable};
use crate::db::{self, Read, values};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonState {
    /// Made for a legacy account: it has no factor, no token and no level until its owner comes.
    Unclaimed,
    Active,
    /// Stopped for now, because a register says that the person has died, or by an operator.
    Held,
    /// Closed by its owner or displaced by better proof: keeps its history, holds no number.
    Closed,
}

impl PersonState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unclaimed => "unclaimed",
            Self::Active => "active",
            Self::Held => "held",
            Self::Closed => "closed",
        }
    }
}

impl std::str::FromStr for PersonState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "unclaimed" => Ok(Self::Unclaimed),
            "active" => Ok(Self::Active),
            "held" => Ok(Self::Held),
            "closed" => Ok(Self::Closed),
            _ => Err(()),
        }
    }
}

/// A person, opened. `Debug` shows only the id: the other fields hide themselves.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub state: PersonState,
    pub number: OfficialNumber,
    pub name: PersonName,
    /// Verified by a code sent to it, or given by an operator.
    pub phone: Option<Phone>,
    pub email: Option<crate::base::Secret>,
    pub email_verified: bool,
    pub address: Option<crate::base::Secret>,
    pub updated_at: Moment,
    /// When the population register last confirmed the person.
    pub checked_at: Moment,
    /// Another person has the same number, and it is not decided whose it is: no relying system gets it.
    pub provisional: bool,
    pub binding: Binding,
}

struct Row {
    state: PersonState,
    number_kind: NumberKind,
    number: Vec<u8>,
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    email_verified: bool,
    address: Option<Vec<u8>>,
    updated_at: Moment,
    checked_at: Moment,
    provisional: bool,
    binding: Binding,
}

/// Loads and opens a person; `None` if there is none of that id.
pub async fn load(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Person>, Error> {
    let row = read
        .optional(
            "select p.state, p.number_kind, p.number, p.name, p.phone, p.email, p.email_verified, p.address,
                    p.updated_at, b.person, b.state, b.trust, b.evidence, b.changed_at, b.seal,
                    p.checked_at, p.provisional
             from person p join binding b on b.person = p.id where p.id = $1",
            values![id],
            |row| {
                Ok(Row {
                    state: row.word(0, "person")?,
                    number_kind: row.word(1, "person")?,
                    number: row.get(2)?,
                    name: row.get(3)?,
                    phone: row.get(4)?,
                    email: row.get(5)?,
                    email_verified: row.get(6)?,
                    address: row.get(7)?,
                    updated_at: row.moment(8)?,
                    checked_at: row.moment(15)?,
                    provisional: row.get(16)?,
                    binding: Binding::read(row, 9)?,
                })
            },
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    row.binding.check(keys)?;
    let open = |column: &str, bytes: &[u8]| keys.decrypt(place(&id, column), bytes);
    let secret = |column: &str, bytes: Option<Vec<u8>>| -> Result<Option<crate::base::Secret>, Unopenable> {
        bytes.map(|b| open(column, &b).map(|text| crate::base::Secret::new(text.as_str()))).transpose()
    };
    let corrupt = |what: &'static str| db::Error::corrupt("person", what);
    let number = open("number", &row.number)?;
    let name = open("name", &row.name)?;
    let phone = row.phone.map(|bytes| open("phone", &bytes)).transpose()?;
    Ok(Some(Person {
        id,
        state: row.state,
        number: OfficialNumber::from_stored(row.number_kind, &number).map_err(|_| corrupt("number"))?,
        name: PersonName::parse(&name).map_err(|_| corrupt("name"))?,
        phone: phone.map(|text| Phone::parse(&text)).transpose().map_err(|_| corrupt("phone"))?,
        email: secret("email", row.email)?,
        email_verified: row.email_verified,
        address: secret("address", row.address)?,
        updated_at: row.updated_at,
        checked_at: row.checked_at,
        provisional: row.provisional,
        binding: row.binding,
    }))
}

impl Person {
    /// Whether the number is known to be this person's alone: else a relying system that goes by it would take two
    /// persons for one.
    pub fn has_number_to_tell(&self) -> bool {
        !self.provisional && !self.is_untold()
    }
}

/// The state alone; `None` if there is no such person.
pub async fn state_of(read: &mut impl Read, id: Uuid) -> Result<Option<PersonState>, Error> {
    let state = "select state from person where id = $1";
    Ok(read.optional(state, values![id], |row| row.word(0, "person")).await?)
}

pub(super) fn place<'a>(person: &'a Uuid, column: &'a str) -> Place<'a> {
    Place { table: "person", column, row: person.as_bytes() }
}
