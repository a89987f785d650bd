//! What the rules are given: a join of some accounts with the extract of the registers, by digests.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::{Error, Record, State, SubjectKind};
use super::rules::{Candidate, Facts, Named, Via};
use crate::base::name::has_private_use;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};
use crate::outbound::registers::extract::{DIGEST, LEGAL_PERSON_KEYS, Part};

/// Accounts of one step: a transaction of about a tenth of a second.
pub const STEP: usize = 4000;

/// An account to be matched.
pub struct Waiting {
    pub id: Uuid,
    pub facts: Facts,
    /// Digests of the number that were made under another key than the register's find nothing.
    pub key_versions: Vec<u16>,
}

struct Joined {
    id: Uuid,
    kind: SubjectKind,
    reason: String,
    name_digest: Option<Vec<u8>>,
    number_digest: Option<Vec<u8>>,
    sealed: Option<(Vec<u8>, Vec<u8>)>,
    found: Option<Found>,
}

/// A record of the extract, and the one that it leads to.
struct Found {
    part: String,
    itself: Beside,
    led_to: Option<Beside>,
}

struct Beside {
    target: Vec<u8>,
    name: Option<Vec<u8>>,
    former: Option<Vec<u8>>,
    status: String,
}

impl Beside {
    fn read(row: &Row<'_>, first: usize) -> Result<Option<Self>, db::Error> {
        let Some(target) = row.get::<Option<Vec<u8>>>(first)? else { return Ok(None) };
        Ok(Some(Self {
            target,
            name: row.get(first + 1)?,
            former: row.get(first + 2)?,
            status: row.get::<Option<String>>(first + 3)?.unwrap_or_default(),
        }))
    }

    fn named(&self, name: Option<&[u8]>) -> Named {
        let Some(name) = name else { return Named::Differs };
        if self.name.as_deref() == Some(name) {
            return Named::Equal;
        }
        let former = self.former.as_deref().unwrap_or_default();
        if former.chunks_exact(DIGEST).any(|one| one == name) { Named::Former } else { Named::Differs }
    }

    fn candidate(&self, via: Via, name: Option<&[u8]>) -> Candidate {
        Candidate { via, named: self.named(name), status: self.status.clone(), target: self.target.clone() }
    }
}

fn joined(row: &Row<'_>) -> Result<Joined, db::Error> {
    let record: Option<Vec<u8>> = row.get(6)?;
    let local: Option<Vec<u8>> = row.get(5)?;
    let found = match Beside::read(row, 8)? {
        Some(itself) => Some(Found { part: row.get(7)?, itself, led_to: Beside::read(row, 12)? }),
        None => None,
    };
    Ok(Joined {
        id: row.get(0)?,
        kind: row.word(1, "legacy_account")?,
        reason: row.get(2)?,
        name_digest: row.get(3)?,
        number_digest: row.get(4)?,
        sealed: local.zip(record),
        found,
    })
}

/// The next accounts of a source in a state, after `after`, in the order of their ids.
pub async fn next(
    tx: &mut Tx,
    keys: &DataKeys,
    source: Uuid,
    state: State,
    after: Uuid,
) -> Result<Vec<Waiting>, Error> {
    // The limit stands in the text (it is STEP): a plan for any limit would read the whole register.
    let rows = tx
        .all(
            "select a.id, a.subject_kind, a.reason, a.name_digest, a.number_digest, a.local_digest, a.record,
                    r.part, r.number_digest, r.name_digest, r.former_digests, r.status,
                    t.number_digest, t.name_digest, t.former_digests, t.status
             from (select id, subject_kind, reason, name_digest, number_digest, local_digest, record
                   from legacy_account where source = $1 and state = $2 and id > $3 order by id limit 4000) a
               left join register_record r on r.number_digest = a.number_digest
               left join register_record t on t.number_digest = r.leads_to
                 and t.part in ('population', 'legal-persons')
             order by a.id",
            values![source, state.as_str(), after],
            joined,
        )
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(Vec::new()) };
    // What else a number can be: a business registration number, where it could be a tax number.
    let others = tx
        .all(
            "select a.id, a.subject_kind, a.reason, a.name_digest, a.other_digest, cast(null as bytea),
                    cast(null as bytea), r.part, r.number_digest, r.name_digest, r.former_digests, r.status,
                    t.number_digest, t.name_digest, t.former_digests, t.status
             from (select id, subject_kind, reason, name_digest, other_digest from legacy_account
                   where source = $1 and state = $2 and id > $3 and id <= $4 and other_digest is not null
                   order by id limit 4000) a
               join register_record r on r.number_digest = a.other_digest
               left join register_record t on t.number_digest = r.leads_to
                 and t.part in ('population', 'legal-persons')
             order by a.id",
            values![source, state.as_str(), after, last],
            joined,
        )
        .await?;
    let mut waiting: Vec<Waiting> = Vec::with_capacity(STEP);
    for row in rows {
        if waiting.last().is_none_or(|last| last.id != row.id) {
            waiting.push(opened(keys, &row)?);
        }
        if let Some(last) = waiting.last_mut() {
            add(&mut last.facts, &row);
        }
    }
    let places: HashMap<Uuid, usize> = waiting.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    for row in others {
        if let Some(one) = places.get(&row.id).and_then(|at| waiting.get_mut(*at)) {
            add(&mut one.facts, &row);
        }
    }
    for one in &mut waiting {
        let of_other_kind = !one.facts.candidates.is_empty()
            && one.facts.candidates.iter().all(|candidate| candidate.status == OTHER_KIND);
        if of_other_kind {
            one.facts.number = Err("NUMBER_OF_OTHER_KIND".to_owned());
        }
        one.facts.candidates.retain(|candidate| candidate.status != OTHER_KIND);
        // The order of rows must not matter.
        one.facts.candidates.sort_by(|a, b| (a.via as u8, &a.target).cmp(&(b.via as u8, &b.target)));
        one.facts.candidates.dedup();
    }
    Ok(waiting)
}

/// Marks a candidate that is a person where an organization is looked for, or the other way round.
const OTHER_KIND: &str = "other kind";

fn opened(keys: &DataKeys, row: &Joined) -> Result<Waiting, Error> {
    let (local, sealed) =
        row.sealed.as_ref().ok_or_else(|| db::Error::corrupt("legacy_account", "record"))?;
    let record = Record::open(keys, local, sealed)?;
    let number = row.number_digest.as_ref().map(drop).ok_or_else(|| row.reason.clone());
    let facts = Facts {
        kind: row.kind,
        number,
        fifteen: record.steps.iter().any(|step| step == "id15_to_18"),
        private_use: has_private_use(&record.name),
        candidates: Vec::new(),
    };
    let version = |digest: &Vec<u8>| Some(u16::from_be_bytes([*digest.get(1)?, *digest.get(2)?]));
    let key_versions = [&row.number_digest, &row.name_digest].into_iter().flatten().filter_map(version);
    Ok(Waiting { id: row.id, facts, key_versions: key_versions.collect() })
}

fn add(facts: &mut Facts, row: &Joined) {
    let Some(found) = &row.found else { return };
    let name = row.name_digest.as_deref();
    let (via, beside) = match (found.part.as_str(), &found.led_to) {
        (part, _) if part == Part::Population.as_str() => (Via::Number, &found.itself),
        (part, _) if part == Part::LegalPersons.as_str() => (Via::Number, &found.itself),
        // What leads nowhere is no record of anybody.
        (_, None) => return,
        (LEGAL_PERSON_KEYS, Some(led_to)) => (Via::OtherKey, led_to),
        (_, Some(led_to)) => (Via::ChangedNumber, led_to),
    };
    let is_person = found.part == Part::Population.as_str() || found.part == Part::Changes.as_str();
    let mut candidate = beside.candidate(via, name);
    if is_person != (facts.kind == SubjectKind::Person) {
        OTHER_KIND.clone_into(&mut candidate.status);
    }
    facts.candidates.push(candidate);
}
