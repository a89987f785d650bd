//! What the registers must be asked before accounts can be matched, where no extract stands: each number once, under the
//! names that accounts give it, and nothing that was answered a short while ago.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::super::{Error, Record, Source, State, SubjectKind};
use super::Position;
use crate::audit::{self, About, Event};
use crate::base::number::{CitizenId, CreditCode, NumberKind};
use crate::base::{Moment, PersonName, Visit};
use crate::crypto::{DataKeys, Purpose};
use crate::db::{Read, Row, Tx, values};
use crate::keys::KeyRing;
use crate::outbound::registers::extract::{Asked, KeepError, Said, keep, number_digest};

/// Somebody or something to be asked about. No Debug: it is a person.
#[derive(Clone)]
pub enum Question {
    /// The names are asked one after the other, until one is theirs.
    Person {
        number: CitizenId,
        names: Vec<PersonName>,
    },
    Organization(CreditCode),
}

impl Question {
    /// What is sent for it at most.
    pub fn questions(&self) -> Vec<Asked> {
        match self {
            Self::Person { number, names } => {
                names.iter().map(|name| Asked::Person(number.clone(), name.clone())).collect()
            }
            Self::Organization(code) => vec![Asked::Organization(code.clone())],
        }
    }

    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }

    fn number(&self) -> &str {
        match self {
            Self::Person { number, .. } => number.as_str(),
            Self::Organization(code) => code.as_str(),
        }
    }
}

/// What registers can be asked about an account: persons by citizen ID and name, organizations by credit code. `None`: there
/// is nobody to ask, for only an extract knows older keys and other documents.
pub(super) fn asked_about(kind: SubjectKind, number_kind: &str, record: &Record) -> Option<Question> {
    match (kind, number_kind.parse::<NumberKind>().ok()?) {
        (SubjectKind::Person, NumberKind::CitizenId) => {
            let number = CitizenId::parse(record.canonical(), jiff::civil::Date::MAX).ok()?;
            let names = PersonName::parse(&record.name).map(|name| name.spellings()).unwrap_or_default();
            Some(Question::Person { number, names })
        }
        (SubjectKind::Organization, NumberKind::CreditCode) => {
            Some(Question::Organization(CreditCode::parse(record.canonical()).ok()?))
        }
        _ => None,
    }
}

/// Answers from before these moments are asked for again.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// Of what a register has confirmed.
    pub records: Moment,
    /// Of another name and of no record.
    pub denials: Moment,
}

/// Questions about some thousand accounts, and where to go on; `None` at the end.
pub struct Page {
    pub questions: Vec<Question>,
    pub next: Option<Position>,
}

impl Position {
    /// Where asking begins: with those who were never matched.
    pub const ASK: Position = Position { state: State::Waiting, after: Uuid::nil() };
}

struct Unanswered {
    id: Uuid,
    kind: SubjectKind,
    number_kind: String,
    local: Vec<u8>,
    record: Vec<u8>,
    number_digest: Vec<u8>,
    /// The digest of a question about the number that was denied.
    denied: Option<Vec<u8>>,
}

/// What must be asked about the next accounts of a source.
pub async fn questions(
    read: &mut impl Read,
    keys: &DataKeys,
    source: Uuid,
    position: Position,
    fresh: Fresh,
) -> Result<Page, Error> {
    let Position { state, after } = position;
    let last = read
        .optional(
            "select id from legacy_account where source = $1 and state = $2 and id > $3
             order by id limit 1 offset 3999",
            values![source, state.as_str(), after],
            |row| row.get::<Uuid>(0),
        )
        .await?;
    let rows = read
        .all(
            "select a.id, a.subject_kind, a.number_kind, a.local_digest, a.record, a.number_digest, q.digest
             from (select id, subject_kind, number_kind, number_digest, local_digest, record from legacy_account
                   where source = $1 and state = $2 and id > $3 and id <= $4 and number_digest is not null
                     and ((subject_kind = 'person' and number_kind = 'citizen-id')
                       or (subject_kind = 'organization' and number_kind = 'credit-code'))
                   order by id limit 4000) a
               left join register_question q on q.number_digest = a.number_digest and q.answer = 'mismatch'
                 and q.asked_at > $6
             where not exists (select 1 from register_record r where r.number_digest = a.number_digest
                                 and r.part in ('asked-persons', 'asked-organizations') and r.asked_at > $5)
               and not exists (select 1 from register_question n where n.number_digest = a.number_digest
                                 and n.answer = 'no-record' and n.asked_at > $6)
             order by a.id",
            values![
                source,
                state.as_str(),
                after,
                last.unwrap_or(Uuid::max()),
                fresh.records,
                fresh.denials
            ],
            unanswered,
        )
        .await?;
    let next = match (last, state) {
        (Some(last), state) => Some(Position { state, after: last }),
        (None, State::Waiting) => Some(Position { state: State::Matched, after: Uuid::nil() }),
        (None, _) => None,
    };
    Ok(Page { questions: together(keys, rows)?, next })
}

fn unanswered(row: &Row<'_>) -> Result<Unanswered, crate::db::Error> {
    Ok(Unanswered {
        id: row.get(0)?,
        kind: row.word(1, "legacy_account")?,
        number_kind: row.get(2)?,
        local: row.get(3)?,
        record: row.get(4)?,
        number_digest: row.get(5)?,
        denied: row.get(6)?,
    })
}

/// One question a number, in the order of the accounts.
fn together(keys: &DataKeys, rows: Vec<Unanswered>) -> Result<Vec<Question>, Error> {
    let newest = keys.index.newest()?;
    let denied: BTreeSet<Vec<u8>> = rows.iter().filter_map(|row| row.denied.clone()).collect();
    let mut questions: Vec<Question> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut before = Uuid::nil();
    for row in rows {
        if row.id == before {
            continue;
        }
        before = row.id;
        let record = Record::open(keys, &row.local, &row.record)?;
        let Some(mut about) = asked_about(row.kind, &row.number_kind, &record) else { continue };
        // The answer would not be found by a digest under another key, or of another number.
        if row.number_digest != number_digest(newest, &row.number_kind, about.number()) {
            continue;
        }
        if let Question::Person { number, names } = &mut about {
            names.retain(|name| {
                let asked = Asked::Person(number.clone(), name.clone());
                !denied.contains(&asked.digest(newest))
            });
            if names.is_empty() {
                continue;
            }
        }
        match places.get(about.number()).and_then(|at| questions.get_mut(*at)) {
            Some(Question::Person { names, .. }) => {
                if let Question::Person { names: more, .. } = about {
                    names.extend(more.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
                }
            }
            Some(Question::Organization(_)) => {}
            None => {
                places.insert(about.number().to_owned(), questions.len());
                questions.push(about);
            }
        }
    }
    Ok(questions)
}

/// Keeps what the platform has said, so that it is asked no more.
///
/// # Errors
/// [`Error::KeysChanged`]: begin this anew under the keys of now.
pub async fn keep_answers(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    source: &Source,
    said: &[Said],
    fresh: Fresh,
) -> Result<(), Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    keep(tx, &keys, visit, said, fresh.records).await?;
    let found = said.iter().filter(|one| !matches!(one, Said::Denied(..))).count() as u64;
    let event = Event::LegacyAsked { source: source.id, answers: said.len() as u64, found };
    Ok(audit::record(tx, &keys, visit, event, About::default()).await?)
}

impl From<KeepError> for Error {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Storage(error) => Self::Storage(error),
            KeepError::Sealed(error) => Self::Sealed(error),
        }
    }
}
