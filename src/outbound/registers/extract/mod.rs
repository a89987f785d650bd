//! A local extract of the registers, loaded from files by `yihao register load`: for a province whose registers
//! come as batch files. It answers the same questions by the same rules, and only as far as its data are fresh.

mod asked;
mod compare;
mod load;
mod part;

pub use asked::{
    ASKED_KEYS, ASKED_ORGANIZATIONS, ASKED_PERSONS, Asked, Denial, KeepError, Said, Stands, keep,
};
pub use compare::{DIGEST, LEGAL_PERSON_KEYS, name_digest, number_digest};
pub use load::{LoadError, Loaded, load};
pub use part::Part;

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::legal_person::{Department, LegalPerson, Standing};
use super::{Answer, NoAnswer};
use crate::base::name::folded;
use crate::base::number::{CreditCode, NumberKind, OfficialNumber};
use crate::base::{Moment, OrganizationName, PersonName, Phone, Secret, Visit};
use crate::config;
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Db, Read, values};
use crate::keys::KeyRing;
use crate::outbound::OpenError;
use part::{ChangeRecord, LegalPersonRecord, PersonRecord};

/// The extract as it stands in the database.
pub struct Extract {
    db: Db,
    keys: KeyRing,
}

/// A record, and the day of the data it stands in.
struct Found<T> {
    record: Option<T>,
    as_of: Moment,
}

impl Extract {
    /// `None` where the configuration says that the platform is asked.
    pub fn open(config: &config::Registers, db: &Db, keys: &KeyRing) -> Result<Option<Self>, OpenError> {
        match config.source.as_str() {
            "platform" => Ok(None),
            "extract" => Ok(Some(Self { db: db.clone(), keys: keys.clone() })),
            _ => Err(OpenError::new("registers.source", "platform or extract")),
        }
    }

    /// As the population register would say it; `phone` as the operators would, from the phone that the
    /// population register has.
    pub(super) async fn person(
        &self,
        visit: &Visit,
        oldest: Moment,
        number: &str,
        name: &PersonName,
        phone: Option<&Phone>,
    ) -> Result<Answer, NoAnswer> {
        let found = self.find::<PersonRecord>(Part::Population, number, oldest).await?;
        let Some(person) = found.record else { return Ok(Answer::NoRecord) };
        let named = PersonName::parse(&person.name).is_ok_and(|known| known.folded() == name.folded());
        let reached = phone.is_none_or(|phone| person.mobile == phone.national());
        if !named || !reached {
            return Ok(Answer::Mismatch);
        }
        match (phone, person.status.as_str()) {
            // Operators say nothing of life and death.
            (Some(_), _) | (None, "0") => Ok(Answer::Match { reference: reference(visit, found.as_of) }),
            (None, "9") => Ok(Answer::Deceased),
            (None, _) => Ok(Answer::NotInForce),
        }
    }

    pub(super) async fn legal_person(
        &self,
        visit: &Visit,
        oldest: Moment,
        code: &CreditCode,
    ) -> Result<Option<LegalPerson>, NoAnswer> {
        let found = self.find::<LegalPersonRecord>(Part::LegalPersons, code.as_str(), oldest).await?;
        found.record.map(|record| legal_person(visit, code, record, found.as_of)).transpose()
    }

    /// Of which day a part's data are, if they may be used.
    pub(super) async fn as_of(&self, part: Part, oldest: Moment) -> Result<Moment, NoAnswer> {
        let (mut read, keys) = (&self.db, self.keys.data());
        let loaded = read
            .optional(
                "select key_version, as_of from register_load where part = $1",
                values![part.as_str()],
                |row| Ok((row.get::<i64>(0)?, row.moment(1)?)),
            )
            .await
            .map_err(|error| failed(&error))?;
        // Under a key that is gone nothing is found: that would look like "no record".
        let live = |version: i64| keys.index.versions().into_iter().any(|live| i64::from(live) == version);
        let (_, as_of) = loaded.filter(|(version, _)| live(*version)).ok_or(NoAnswer::NotLoaded)?;
        if as_of < oldest { Err(NoAnswer::Stale) } else { Ok(as_of) }
    }

    async fn find<T: DeserializeOwned>(
        &self,
        part: Part,
        key: &str,
        oldest: Moment,
    ) -> Result<Found<T>, NoAnswer> {
        let as_of = self.as_of(part, oldest).await?;
        let (mut read, keys) = (&self.db, self.keys.data());
        for digest in digests(&keys, part, key) {
            let record = read
                .optional(
                    "select record from register_record where part = $1 and digest = $2",
                    values![part.as_str(), &digest],
                    |row| row.get::<Vec<u8>>(0),
                )
                .await
                .map_err(|error| failed(&error))?;
            if let Some(record) = record {
                let text = keys.decrypt(place(part, &digest), &record).map_err(|_| NoAnswer::Unreadable)?;
                let record = serde_json::from_str(&text).map_err(|_| NoAnswer::Unreadable)?;
                return Ok(Found { record: Some(record), as_of });
            }
        }
        Ok(Found { record: None, as_of })
    }
}

fn legal_person(
    visit: &Visit,
    code: &CreditCode,
    record: LegalPersonRecord,
    as_of: Moment,
) -> Result<LegalPerson, NoAnswer> {
    let unreadable = |_| NoAnswer::Unreadable;
    let successor = (!record.merged_into.is_empty()).then(|| CreditCode::parse(&record.merged_into));
    Ok(LegalPerson {
        credit_code: code.clone(),
        name: OrganizationName::parse(&record.name).map_err(unreadable)?,
        standing: Standing::of(&record.status).ok_or(NoAnswer::Unreadable)?,
        representative_name: PersonName::parse(&record.representative_name).map_err(unreadable)?,
        representative_number: (!record.representative_number.is_empty())
            .then(|| Secret::new(record.representative_number)),
        successor: successor.transpose().map_err(|_| NoAnswer::Unreadable)?,
        department: Department::of(code).unwrap_or(Department::Commerce),
        as_of,
        reference: reference(visit, as_of),
    })
}

/// What was read of a record, sealed as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    pub part: String,
    pub digest: Vec<u8>,
    pub record: Vec<u8>,
}

/// Whom a register has under a number, by what is sealed. No Debug: it is a person.
pub struct Entry {
    pub of: EntryOf,
    /// The names it has and had, folded.
    names: Vec<String>,
}

pub enum EntryOf {
    Person { name: PersonName, is_valid: bool },
    Organization(Box<LegalPerson>),
}

impl Entry {
    /// Whether this is one of its names.
    pub fn is_called(&self, name: &str) -> bool {
        let name = folded(name);
        self.names.contains(&name)
    }

    /// Whether the register says that the person lives and the number is in force, or that the organization is active.
    pub fn is_in_force(&self) -> bool {
        match &self.of {
            EntryOf::Person { is_valid, .. } => *is_valid,
            EntryOf::Organization(found) => found.standing == Standing::Active,
        }
    }
}

impl SealedRecord {
    /// The number that an old number or another key leads to; `None` if this is no such row, or is broken.
    pub fn leads_to(&self, keys: &DataKeys) -> Option<OfficialNumber> {
        let keys_place = match self.part.as_str() {
            LEGAL_PERSON_KEYS => Some(compare::key_place(&self.digest)),
            ASKED_KEYS => Some(asked::place(ASKED_KEYS, &self.digest)),
            _ => None,
        };
        if let Some(place) = keys_place {
            let code = keys.decrypt(place, &self.record).ok()?;
            return OfficialNumber::from_stored(NumberKind::CreditCode, &code).ok();
        }
        let text = keys.decrypt(place(Part::Changes, &self.digest), &self.record).ok()?;
        let change: ChangeRecord = serde_json::from_str(&text).ok()?;
        OfficialNumber::parse(NumberKind::CitizenId, &change.new_idno, jiff::civil::Date::MAX).ok()
    }

    /// What the register has under this number; `None` if this is the row of another number, or is broken. `as_of`: the
    /// day of an extract.
    pub fn entry(
        &self,
        keys: &DataKeys,
        visit: &Visit,
        number: &OfficialNumber,
        as_of: Moment,
    ) -> Option<Entry> {
        let opened = |place: Place<'_>| keys.decrypt(place, &self.record).ok();
        let is_of_extract = |part| digests(keys, part, number.as_str()).any(|digest| digest == self.digest);
        let is_asked = |part| asked::is_of(keys, part, &self.digest, number.as_str());
        match (self.part.as_str(), number) {
            (ASKED_PERSONS, OfficialNumber::Citizen(_)) if is_asked(ASKED_PERSONS) => {
                asked::person(&opened(asked::place(ASKED_PERSONS, &self.digest))?)
            }
            (ASKED_ORGANIZATIONS, OfficialNumber::Credit(code)) if is_asked(ASKED_ORGANIZATIONS) => {
                asked::organization(&opened(asked::place(ASKED_ORGANIZATIONS, &self.digest))?, code)
            }
            (part, OfficialNumber::Citizen(_))
                if part == Part::Population.as_str() && is_of_extract(Part::Population) =>
            {
                let text = opened(place(Part::Population, &self.digest))?;
                let record: PersonRecord = serde_json::from_str(&text).ok()?;
                let names = record.names().iter().map(|name| folded(name)).collect();
                let (name, is_valid) = (PersonName::parse(&record.name).ok()?, record.is_valid());
                Some(Entry { of: EntryOf::Person { name, is_valid }, names })
            }
            (part, OfficialNumber::Credit(code))
                if part == Part::LegalPersons.as_str() && is_of_extract(Part::LegalPersons) =>
            {
                let text = opened(place(Part::LegalPersons, &self.digest))?;
                let record: LegalPersonRecord = serde_json::from_str(&text).ok()?;
                let names = record.names().iter().map(|name| folded(name)).collect();
                let found = legal_person(visit, code, record, as_of).ok()?;
                Some(Entry { of: EntryOf::Organization(Box::new(found)), names })
            }
            _ => None,
        }
    }
}

/// Under which key version a part stands and of which day it is; `None` before it was loaded whole.
pub async fn loaded(read: &mut impl Read, part: Part) -> Result<Option<(u16, Moment)>, db::Error> {
    let sql = "select key_version, as_of from register_load where part = $1";
    let found =
        read.optional(sql, values![part.as_str()], |row| Ok((row.get::<i64>(0)?, row.moment(1)?))).await?;
    Ok(found.and_then(|(version, as_of)| Some((u16::try_from(version).ok()?, as_of))))
}

fn failed(error: &db::Error) -> NoAnswer {
    tracing::warn!(%error, "the extract of the registers cannot be read");
    NoAnswer::Unreachable
}

/// What finds the answer again: of which day the data were, and when they were asked (an id that tells the time).
fn reference(visit: &Visit, as_of: Moment) -> String {
    let asked: Uuid = visit.id();
    format!("extract/{}/{asked}", as_of.day())
}

/// Under each live key, newest first.
fn digests(keys: &DataKeys, part: Part, key: &str) -> impl Iterator<Item = Vec<u8>> {
    keys.blind(part.domain(), key).into_iter().map(|index| index.digest)
}

fn place(part: Part, digest: &[u8]) -> Place<'_> {
    Place { table: "register_record", column: part.as_str(), row: digest }
}
