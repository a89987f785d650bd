//! What the rules are given: a join of some accounts with the extract of the registers, or with what the platform has said,
//! by digests.

use std::collections::HashMap;

use uuid::Uuid;

use super::super::{Error, Record, State, SubjectKind};
use super::Registry;
use super::questions::asked_about;
use super::rules::{Candidate, Facts, Named, Via};
use crate::base::Moment;
use crate::base::name::has_private_use;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};
use crate::outbound::registers::extract::{
    ASKED_KEYS, ASKED_ORGANIZATIONS, ASKED_PERSONS, DIGEST, Denial, LEGAL_PERSON_KEYS, Part,
};

/// Accounts of one step: a transaction of about a tenth of a second.
pub const STEP: usize = 4000;

/// An account to be matched.
pub struct Waiting {
    pub id: Uuid,
    pub facts: Facts,
    /// Digests of the number that were made under another key than the register's find nothing.
    pub key_versions: Vec<u16>,
    /// Whether the registers have answered; an extract always has.
    pub is_answered: bool,
    /// When the platform was asked.
    pub asked_at: Option<Moment>,
    /// Digests of the questions that decide about it where no record was found.
    questions: Vec<Vec<u8>>,
    /// The number's digest, where the platform is asked by number and name.
    other_name: Option<Vec<u8>>,
}

struct Joined {
    id: Uuid,
    kind: SubjectKind,
    reason: String,
    name_digest: Option<Vec<u8>>,
    number_digest: Option<Vec<u8>>,
    sealed: Option<(Vec<u8>, Vec<u8>)>,
    found: Option<Found>,
    number_kind: Option<String>,
    asked_at: Option<Moment>,
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
        number_kind: row.get(16)?,
        asked_at: row.optional_moment(17)?,
    })
}

/// The accounts of a step with what was found by their numbers. The limit stands in the text (it is STEP): a plan for any
/// limit would read the whole register.
macro_rules! by_number {
    ($of_registry:literal, $led_to:literal) => {
        concat!(
            "select a.id, a.subject_kind, a.reason, a.name_digest, a.number_digest, a.local_digest, a.record,
                    r.part, r.number_digest, r.name_digest, r.former_digests, r.status,
                    t.number_digest, t.name_digest, t.former_digests, t.status, a.number_kind, r.asked_at
             from (select id, subject_kind, reason, name_digest, number_kind, number_digest, local_digest, record
                   from legacy_account where source = $1 and state = $2 and id > $3 order by id limit 4000) a
               left join register_record r on r.number_digest = a.number_digest and ",
            $of_registry,
            " left join register_record t on t.number_digest = r.leads_to and ",
            $led_to,
            " order by a.id"
        )
    };
}

const IN_EXTRACT: &str =
    by_number!("r.asked_at is null", "t.asked_at is null and t.part in ('population', 'legal-persons')");
const AS_ASKED: &str = by_number!("r.asked_at > $4", "t.asked_at > $4 and t.part = 'asked-organizations'");

/// The next accounts of a source in a state, after `after`, in the order of their ids.
pub async fn next(
    tx: &mut Tx,
    keys: &DataKeys,
    registry: Registry,
    source: Uuid,
    state: State,
    after: Uuid,
) -> Result<Vec<Waiting>, Error> {
    let rows = match registry.oldest() {
        None => tx.all(IN_EXTRACT, values![source, state.as_str(), after], joined).await?,
        Some(oldest) => tx.all(AS_ASKED, values![source, state.as_str(), after, oldest], joined).await?,
    };
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(Vec::new()) };
    let mut waiting: Vec<Waiting> = Vec::with_capacity(STEP);
    for row in rows {
        if waiting.last().is_none_or(|last| last.id != row.id) {
            waiting.push(opened(keys, registry, &row)?);
        }
        if let Some(last) = waiting.last_mut() {
            add(&mut last.facts, &row);
            last.asked_at = last.asked_at.or(row.asked_at);
        }
    }
    let places: HashMap<Uuid, usize> = waiting.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    match registry.oldest() {
        None => {
            for row in by_other_numbers(tx, source, state, (after, last)).await? {
                if let Some(one) = places.get(&row.id).and_then(|at| waiting.get_mut(*at)) {
                    add(&mut one.facts, &row);
                }
            }
        }
        Some(oldest) => {
            let mut denied: HashMap<Uuid, Vec<Denied>> = HashMap::new();
            for (id, one) in denials(tx, source, state, (after, last), oldest).await? {
                denied.entry(id).or_default().push(one);
            }
            for one in &mut waiting {
                consider(one, denied.get(&one.id).map_or(&[], Vec::as_slice));
            }
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

/// What else a number can be: a business registration number, where it could be a tax number. Only an extract knows.
async fn by_other_numbers(
    tx: &mut Tx,
    source: Uuid,
    state: State,
    (after, last): (Uuid, Uuid),
) -> Result<Vec<Joined>, Error> {
    let sql = "select a.id, a.subject_kind, a.reason, a.name_digest, a.other_digest, cast(null as bytea),
                    cast(null as bytea), r.part, r.number_digest, r.name_digest, r.former_digests, r.status,
                    t.number_digest, t.name_digest, t.former_digests, t.status, cast(null as text),
                    cast(null as bigint)
             from (select id, subject_kind, reason, name_digest, other_digest from legacy_account
                   where source = $1 and state = $2 and id > $3 and id <= $4 and other_digest is not null
                   order by id limit 4000) a
               join register_record r on r.number_digest = a.other_digest and r.asked_at is null
               left join register_record t on t.number_digest = r.leads_to and t.asked_at is null
                 and t.part in ('population', 'legal-persons')
             order by a.id";
    Ok(tx.all(sql, values![source, state.as_str(), after, last], joined).await?)
}

/// An answer of which there is no record.
struct Denied {
    digest: Vec<u8>,
    denial: Denial,
    at: Moment,
}

async fn denials(
    tx: &mut Tx,
    source: Uuid,
    state: State,
    (after, last): (Uuid, Uuid),
    oldest: Moment,
) -> Result<Vec<(Uuid, Denied)>, Error> {
    let sql = "select a.id, q.digest, q.answer, q.asked_at
             from (select id, number_digest from legacy_account
                   where source = $1 and state = $2 and id > $3 and id <= $4 and number_digest is not null
                   order by id limit 4000) a
               join register_question q on q.number_digest = a.number_digest and q.asked_at > $5
             order by a.id";
    let of = |row: &Row<'_>| {
        let digest = row.get(1)?;
        Ok((row.get(0)?, Denied { digest, denial: row.word(2, "register_question")?, at: row.moment(3)? }))
    };
    Ok(tx.all(sql, values![source, state.as_str(), after, last, oldest], of).await?)
}

/// Looks whether what could be asked about an account was answered. Who has the number under another name is a candidate
/// of whom nothing else is known.
fn consider(one: &mut Waiting, denied: &[Denied]) {
    let is_found = !one.facts.candidates.is_empty();
    let no_record = denied.iter().find(|one| one.denial == Denial::NoRecord);
    let is_denied = |question: &Vec<u8>| denied.iter().any(|one| one.digest == *question);
    one.is_answered = is_found || no_record.is_some() || one.questions.iter().all(is_denied);
    if is_found || !one.is_answered {
        return;
    }
    one.asked_at = denied.iter().map(|one| one.at).max();
    if no_record.is_none()
        && let Some(target) = one.other_name.take()
    {
        let status = String::new();
        one.facts.candidates.push(Candidate { via: Via::Number, named: Named::Differs, status, target });
    }
}

/// Marks a candidate that is a person where an organization is looked for, or the other way round.
const OTHER_KIND: &str = "other kind";

fn opened(keys: &DataKeys, registry: Registry, row: &Joined) -> Result<Waiting, Error> {
    let (local, sealed) =
        row.sealed.as_ref().ok_or_else(|| db::Error::corrupt("legacy_account", "record"))?;
    let record = Record::open(keys, local, sealed)?;
    let number = row.number_digest.as_ref().map(drop).ok_or_else(|| row.reason.clone());
    let facts = Facts {
        kind: row.kind,
        number,
        fifteen: record.steps.iter().any(|step| step == "id15_to_18"),
        private_use: has_private_use(&record.name),
        asked: registry.oldest().is_some(),
        candidates: Vec::new(),
    };
    let version = |digest: &Vec<u8>| Some(u16::from_be_bytes([*digest.get(1)?, *digest.get(2)?]));
    let key_versions = [&row.number_digest, &row.name_digest].into_iter().flatten().filter_map(version);
    let mut one = Waiting {
        id: row.id,
        facts,
        key_versions: key_versions.collect(),
        is_answered: true,
        asked_at: None,
        questions: Vec::new(),
        other_name: None,
    };
    if registry.oldest().is_some()
        && row.found.is_none()
        && let Some(kind) = &row.number_kind
        && let Some(about) = asked_about(row.kind, kind, &record)
    {
        let newest = keys.index.newest()?;
        one.questions = about.questions().iter().map(|question| question.digest(newest)).collect();
        one.other_name = row.number_digest.clone().filter(|_| about.is_person());
    }
    Ok(one)
}

fn add(facts: &mut Facts, row: &Joined) {
    let Some(found) = &row.found else { return };
    let name = row.name_digest.as_deref();
    let (via, beside) = match (found.part.as_str(), &found.led_to) {
        (part, _) if part == Part::Population.as_str() => (Via::Number, &found.itself),
        (part, _) if part == Part::LegalPersons.as_str() => (Via::Number, &found.itself),
        (ASKED_PERSONS | ASKED_ORGANIZATIONS, _) => (Via::Number, &found.itself),
        // What leads nowhere is no record of anybody.
        (_, None) => return,
        (LEGAL_PERSON_KEYS | ASKED_KEYS, Some(led_to)) => (Via::OtherKey, led_to),
        (_, Some(led_to)) => (Via::ChangedNumber, led_to),
    };
    let is_person =
        [Part::Population.as_str(), Part::Changes.as_str(), ASKED_PERSONS].contains(&&*found.part);
    let mut candidate = beside.candidate(via, name);
    if is_person != (facts.kind == SubjectKind::Person) {
        OTHER_KIND.clone_into(&mut candidate.status);
    }
    facts.candidates.push(candidate);
}
