//! Who the owner of a legacy account is, looked at once more before it is linked: number and name are computed anew
//! from what is sealed, of the account as of the register, so that a digest that somebody wrote into a table leads nowhere.

use uuid::Uuid;

use super::super::matching::Class;
use super::super::{Error, Record};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};
use crate::identity::{Known, Wanted, Who};
use crate::outbound::registers::extract::{Entry, EntryOf, SealedRecord, number_digest};

/// A legacy account with what it was matched to.
pub struct Matched {
    pub id: Uuid,
    pub source: Uuid,
    pub class: Class,
    pub evidence: String,
    pub rules: i64,
    /// The digest of the owner's number.
    pub target: Option<Vec<u8>>,
    local_digest: Vec<u8>,
    record: Vec<u8>,
    number_kind: Option<String>,
    number_digest: Option<Vec<u8>>,
    /// What leads from the account's number to the owner's, where they differ.
    leading: Option<SealedRecord>,
    /// What registers have under the owner's number: an extract, the platform's answer.
    registers: Vec<SealedRecord>,
}

macro_rules! matched_columns {
    () => {
        "a.id, a.source, a.class, a.evidence, a.rules, a.target, a.local_digest, a.record,
         a.number_kind, a.number_digest, r.part, r.digest, r.record, t.part, t.digest, t.record"
    };
}

macro_rules! matched_joins {
    () => {
        " left join register_record t on t.number_digest = a.target
            and t.part in ('population', 'legal-persons', 'asked-persons', 'asked-organizations')
          left join register_record r on r.number_digest in (a.number_digest, a.other_digest)
            and r.leads_to = a.target
          order by a.id"
    };
}

/// Accounts of one step.
pub const STEP: usize = 2000;

/// The next accounts of a source that are linked without asking, after `after`.
pub async fn next(tx: &mut Tx, source: Uuid, after: Uuid) -> Result<Vec<Matched>, Error> {
    // The limit stands in the text (it is STEP): a plan for any limit would read the whole register.
    let sql = concat!(
        "select ",
        matched_columns!(),
        " from (select * from legacy_account where source = $1 and state = 'matched' and id > $2
                  and class in ('AUTO', 'AUTO_REGISTER') order by id limit 2000) a",
        matched_joins!()
    );
    Ok(together(tx.all(sql, values![source, after], read).await?))
}

/// The rows of one account as one: two old numbers may lead to one, and two registers may have it.
fn together(mut rows: Vec<Matched>) -> Vec<Matched> {
    rows.dedup_by(|next, kept| {
        if next.id != kept.id {
            return false;
        }
        for register in next.registers.drain(..) {
            if !kept.registers.contains(&register) {
                kept.registers.push(register);
            }
        }
        true
    });
    rows
}

pub async fn one(read_from: &mut impl Read, id: Uuid) -> Result<Option<Matched>, Error> {
    let sql = concat!(
        "select ",
        matched_columns!(),
        " from (select * from legacy_account where id = $1) a",
        matched_joins!()
    );
    Ok(together(read_from.all(sql, values![id], read).await?).into_iter().next())
}

fn read(row: &Row<'_>) -> Result<Matched, db::Error> {
    let sealed = |first: usize| -> Result<Option<SealedRecord>, db::Error> {
        let Some(part) = row.get::<Option<String>>(first)? else { return Ok(None) };
        Ok(Some(SealedRecord { part, digest: row.get(first + 1)?, record: row.get(first + 2)? }))
    };
    Ok(Matched {
        id: row.get(0)?,
        source: row.get(1)?,
        class: row.get::<Option<String>>(2)?.and_then(|word| word.parse().ok()).unwrap_or(Class::Review),
        evidence: row.get::<Option<String>>(3)?.unwrap_or_default(),
        rules: row.get::<Option<i64>>(4)?.unwrap_or_default(),
        target: row.get(5)?,
        local_digest: row.get(6)?,
        record: row.get(7)?,
        number_kind: row.get(8)?,
        number_digest: row.get(9)?,
        leading: sealed(10)?,
        registers: sealed(13)?.into_iter().collect(),
    })
}

impl Matched {
    /// What the old system says.
    pub fn record(&self, keys: &DataKeys) -> Result<Record, Error> {
        Ok(Record::open(keys, &self.local_digest, &self.record)?)
    }

    /// Name and number of whom it was matched to, as their register has them.
    pub fn in_register(&self, keys: &DataKeys, visit: &Visit) -> Result<Option<(String, String)>, Error> {
        let owner = self.decided_owner(keys, visit, visit.now)?;
        Ok(owner.map(|Wanted { number, who }| {
            let name = match who {
                Who::Person(name) => name.as_str().to_owned(),
                Who::Organization(known) => known.name.as_str().to_owned(),
            };
            (name, number.as_str().to_owned())
        }))
    }

    /// The number of whom it was matched to, whether or not a register's record of them is at hand.
    pub fn owner_number(&self, keys: &DataKeys) -> Result<Option<OfficialNumber>, Error> {
        let Some(target) = &self.target else { return Ok(None) };
        let [_, high, low, ..] = target[..] else { return Ok(None) };
        let key = keys.index.version(u16::from_be_bytes([high, low]))?;
        let number = if self.number_digest.as_ref() == Some(target) {
            let kind = self.number_kind.as_deref().and_then(|word| word.parse::<NumberKind>().ok());
            let record = self.record(keys)?;
            kind.and_then(|kind| OfficialNumber::from_stored(kind, record.canonical()).ok())
        } else {
            self.leading.as_ref().and_then(|leading| leading.leads_to(keys))
        };
        let is_meant =
            |number: &OfficialNumber| number_digest(key, number.kind().as_str(), number.as_str()) == *target;
        Ok(number.filter(is_meant))
    }

    /// The owner, if what is sealed says the same as what was matched. `None`: it does not, and nothing is linked.
    pub fn owner(&self, keys: &DataKeys, visit: &Visit, as_of: Moment) -> Result<Option<Wanted>, Error> {
        let record = self.record(keys)?;
        self.looked_at(keys, visit, as_of, |entry| entry.is_called(&record.name) && entry.is_in_force())
    }

    /// The same where a person has decided that the account is theirs, whatever it calls them.
    pub fn decided_owner(
        &self,
        keys: &DataKeys,
        visit: &Visit,
        as_of: Moment,
    ) -> Result<Option<Wanted>, Error> {
        self.looked_at(keys, visit, as_of, |_| true)
    }

    fn looked_at(
        &self,
        keys: &DataKeys,
        visit: &Visit,
        as_of: Moment,
        is_right: impl Fn(&Entry) -> bool,
    ) -> Result<Option<Wanted>, Error> {
        let Some(number) = self.owner_number(keys)? else { return Ok(None) };
        let mut entries = self.registers.iter().filter_map(|one| one.entry(keys, visit, &number, as_of));
        let found = entries.find(is_right).map(|entry| match entry.of {
            EntryOf::Organization(found) => Who::Organization(Box::new(Known::by_register(&found))),
            EntryOf::Person { name, .. } => Who::Person(name),
        });
        Ok(found.map(|who| Wanted { number, who }))
    }
}
