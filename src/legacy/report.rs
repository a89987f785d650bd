//! What came of a source: counts by state, class and reason, with some masked samples of each.

use serde::Serialize;
use uuid::Uuid;

use super::{Error, Record, State};
use crate::base::PersonName;
use crate::base::number::mask;
use crate::crypto::DataKeys;
use crate::db::{Read, values};

/// How many accounts have come to one end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    pub state: State,
    /// Empty before matching.
    pub class: String,
    /// The code of the rules; before matching, of the import.
    pub reason: String,
    pub kind: String,
    pub accounts: u64,
}

/// An account, as it may be shown to who must judge the rules: nobody is known by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    pub legacy_account: Uuid,
    pub name: String,
    pub number: String,
    pub evidence: String,
}

/// The counts of a source, by state, class and reason.
pub async fn counts(read: &mut impl Read, source: Uuid) -> Result<Vec<Count>, Error> {
    Ok(read
        .all(
            "select state, coalesce(class, ''), case when class is null then reason else match_reason end,
                    subject_kind, count(*)
             from legacy_account where source = $1
             group by state, coalesce(class, ''), case when class is null then reason else match_reason end,
                    subject_kind
             order by 1, 2, 3, 4 limit 1000",
            values![source],
            |row| {
                Ok(Count {
                    state: row.word(0, "legacy_account")?,
                    class: row.get(1)?,
                    reason: row.get(2)?,
                    kind: row.get(3)?,
                    accounts: u64::try_from(row.get::<i64>(4)?).unwrap_or(0),
                })
            },
        )
        .await?)
}

/// Accounts whose number no register knows, by their number: several of one number are one person's, if anybody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unregistered {
    pub accounts: u64,
    pub numbers: u64,
}

pub async fn unregistered(read: &mut impl Read, source: Uuid) -> Result<Unregistered, Error> {
    let counted = read
        .optional(
            "select count(*), count(distinct number_digest) from legacy_account
             where source = $1 and state = 'matched' and class = 'NOT_IN_REGISTER'",
            values![source],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )
        .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(counted.map_or_else(Unregistered::default, |(accounts, numbers)| Unregistered {
        accounts: count(accounts),
        numbers: count(numbers),
    }))
}

/// A count with some masked accounts of it.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    #[serde(flatten)]
    pub count: Count,
    pub samples: Vec<Sample>,
}

/// The whole report of a source.
pub async fn lines(read: &mut impl Read, keys: &DataKeys, source: Uuid) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    for count in counts(read, source).await? {
        let samples = samples(read, keys, source, &count).await?;
        lines.push(Line { count, samples });
    }
    Ok(lines)
}

/// The first accounts of a count.
pub async fn samples(
    read: &mut impl Read,
    keys: &DataKeys,
    source: Uuid,
    count: &Count,
) -> Result<Vec<Sample>, Error> {
    let rows = read
        .all(
            "select id, local_digest, record, coalesce(evidence, '') from legacy_account
             where source = $1 and state = $2 and coalesce(class, '') = $3
               and case when class is null then reason else match_reason end = $4 and subject_kind = $5
             order by id limit 3",
            values![source, count.state.as_str(), &count.class, &count.reason, &count.kind],
            |row| {
                let sealed: (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
                Ok((row.get::<Uuid>(0)?, sealed, row.get::<String>(3)?))
            },
        )
        .await?;
    rows.into_iter()
        .map(|(legacy_account, (local_digest, sealed), evidence)| {
            let record = Record::open(keys, &local_digest, &sealed)?;
            Ok(Sample {
                legacy_account,
                name: masked_name(&record.name),
                number: masked_number(&record.given_number),
                evidence,
            })
        })
        .collect()
}

/// A name of which only the last character is left.
pub fn masked_name(name: &str) -> String {
    PersonName::parse(name).map_or_else(|_| "*".to_owned(), |name| name.masked())
}

/// A number of which only so much is left as tells two apart for who has both before them.
pub fn masked_number(number: &str) -> String {
    if number.is_empty() { String::new() } else { mask(number) }
}
