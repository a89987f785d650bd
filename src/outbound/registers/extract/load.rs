//! Loading a part: a row at a time, in transactions of a thousand, so that a file of any size takes the same
//! memory. What is in the tables and not in the file stays.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Serialize;

use super::part::Understood;
use super::{Part, compare};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Db, Rows, Tx, values};

/// Rows of one transaction: short enough that nobody waits for it.
const BATCH: usize = 1000;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loaded {
    pub part: Part,
    /// New, or other than before.
    pub written: u64,
    pub unchanged: u64,
    /// Rows that were not understood, by the code of what is wrong.
    pub refused: BTreeMap<&'static str, u64>,
    /// The first of them, counted from 1 without the heads.
    pub first_refused: Option<u64>,
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error("the file cannot be read after row {0}: CSV in UTF-8 is expected")]
    Unreadable(u64),
    #[error("the file has no row that is understood, so nothing is in use that was not before")]
    Nothing,
}

impl From<audit::Error> for LoadError {
    fn from(error: audit::Error) -> Self {
        match error {
            audit::Error::Storage(error) => Self::Storage(error),
            audit::Error::Seal(error) => Self::Sealed(error),
        }
    }
}

/// Loads a part. It is in use, or counts as of a newer day, when the whole file is in.
pub async fn load(
    db: &Db,
    keys: &DataKeys,
    visit: &Visit,
    part: Part,
    file: impl Read,
) -> Result<Loaded, LoadError> {
    let today = visit.now.day();
    let mut loaded = Loaded { part, written: 0, unchanged: 0, refused: BTreeMap::new(), first_refused: None };
    let mut reader = csv::Reader::from_reader(file);
    let heads = reader.headers().map_err(|_| LoadError::Unreadable(0))?.clone();
    let (mut row, mut at, mut newest) = (csv::StringRecord::new(), 0, None);
    let mut batch: Vec<Understood> = Vec::with_capacity(BATCH);
    while reader.read_record(&mut row).map_err(|_| LoadError::Unreadable(at))? {
        at += 1;
        match part.understood(&row, &heads, today) {
            Ok(understood) => {
                newest = newest.max(understood.day);
                batch.push(understood);
            }
            Err(code) => {
                *loaded.refused.entry(code).or_default() += 1;
                loaded.first_refused.get_or_insert(at);
            }
        }
        if batch.len() == BATCH {
            let mut tx = db.begin().await?;
            store(&mut tx, keys, visit, &mut loaded, &mut batch).await?;
            tx.commit().await?;
        }
    }
    let mut tx = db.begin().await?;
    store(&mut tx, keys, visit, &mut loaded, &mut batch).await?;
    if loaded.written + loaded.unchanged == 0 {
        return Err(LoadError::Nothing);
    }
    // A register that dates nothing is of the day it was loaded.
    let as_of = newest.unwrap_or(today).min(today);
    finish(&mut tx, keys, visit, part, Moment::of_day(as_of).unwrap_or(visit.now)).await?;
    let event = Event::RegisterLoaded { part: part.as_str(), written: loaded.written };
    audit::record(&mut tx, keys, visit, event, About::default()).await?;
    tx.commit().await?;
    Ok(loaded)
}

async fn store(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    loaded: &mut Loaded,
    batch: &mut Vec<Understood>,
) -> Result<(), LoadError> {
    // Of rows with one number the last counts; one statement cannot write a row twice.
    let count = batch.len() as u64;
    let latest: BTreeMap<String, Understood> = batch.drain(..).map(|row| (row.key.clone(), row)).collect();
    let twice = count - latest.len() as u64;
    let mut rows = Rows::new(&compare::GIVEN);
    for understood in latest.values() {
        compare::push(&mut rows, keys, visit, loaded.part, understood)?;
    }
    tx.give(&rows).await?;
    // Its keys first: that a record is unchanged says that they are too.
    write(tx, compare::LEGAL_PERSON_KEYS).await?;
    let written = write(tx, loaded.part.as_str()).await?;
    loaded.written += written;
    loaded.unchanged += latest.len() as u64 - written + twice;
    Ok(())
}

async fn write(tx: &mut Tx, part: &str) -> Result<u64, db::Error> {
    tx.execute(
        "insert into register_record (part, digest, print, record, number_digest, name_digest, former_digests,
                                      status, leads_to)
         select part, digest, print, record, number_digest, name_digest, former_digests, status, leads_to
         from given_register_record where part = $1
         on conflict (part, digest) do update set print = excluded.print, record = excluded.record,
           number_digest = excluded.number_digest, name_digest = excluded.name_digest,
           former_digests = excluded.former_digests, status = excluded.status, leads_to = excluded.leads_to
         where register_record.print <> excluded.print",
        values![part],
    )
    .await
}

async fn finish(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    part: Part,
    as_of: Moment,
) -> Result<(), LoadError> {
    let version = i64::from(keys.index.newest()?.version);
    tx.execute(
        "insert into register_load (part, key_version, as_of, loaded_at) values ($1, $2, $3, $4)
         on conflict (part) do update set key_version = excluded.key_version, as_of = excluded.as_of,
           loaded_at = excluded.loaded_at",
        values![part.as_str(), version, as_of, visit.now],
    )
    .await?;
    Ok(())
}
