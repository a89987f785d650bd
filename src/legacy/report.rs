//! What came of a source: counts by state, class and reason, with some masked samples of each.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, Record, State};
use crate::base::number::mask;
use crate::base::{Moment, PersonName};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// Masked accounts that are shown of a count.
const SAMPLES: usize = 3;
/// A count of so many at most is rare. It stands in the text of a statement, too.
const RARE: u64 = 200;
/// A count that began so long ago has died.
const STILL: Duration = Duration::from_secs(600);

/// How many accounts have come to one end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
async fn counts(read: &mut impl Read, source: Uuid) -> Result<Vec<Count>, Error> {
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unregistered {
    pub accounts: u64,
    pub numbers: u64,
}

async fn unregistered(read: &mut impl Read, source: Uuid) -> Result<Unregistered, Error> {
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

/// A report as it was counted: of millions of accounts that takes seconds.
#[derive(Clone, Debug)]
pub struct Report {
    pub unregistered: Unregistered,
    pub counted_at: Moment,
    /// How long it took.
    pub took: Duration,
    counts: Vec<Counted>,
}

/// A count, and the first accounts of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Counted {
    #[serde(flatten)]
    count: Count,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    samples: Vec<Uuid>,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    counts: Vec<Counted>,
    unregistered: Unregistered,
}

/// Counts the accounts of a source, and finds the first of each count.
pub async fn count(read: &mut impl Read, source: Uuid, now: Moment) -> Result<Report, Error> {
    let counts = counts(read, source).await?;
    let rare = first_of_rare(read, source).await?;
    let mut counted = Vec::with_capacity(counts.len());
    for count in counts {
        let samples = if count.accounts > RARE {
            first_of(read, source, &count).await?
        } else {
            let own = |(of, _): &&(Count, Uuid)| {
                (of.state, &of.class, &of.reason, &of.kind)
                    == (count.state, &count.class, &count.reason, &count.kind)
            };
            rare.iter().filter(own).take(SAMPLES).map(|(_, id)| *id).collect()
        };
        counted.push(Counted { count, samples });
    }
    let unregistered = unregistered(read, source).await?;
    Ok(Report { unregistered, counted_at: now, took: Duration::ZERO, counts: counted })
}

/// The first accounts of a count that has many: they are found soon.
async fn first_of(read: &mut impl Read, source: Uuid, count: &Count) -> Result<Vec<Uuid>, Error> {
    Ok(read
        .all(
            "select id from legacy_account
             where source = $1 and state = $2 and coalesce(class, '') = $3
               and case when class is null then reason else match_reason end = $4 and subject_kind = $5
             order by id limit 3",
            values![source, count.state.as_str(), &count.class, &count.reason, &count.kind],
            |row| row.get(0),
        )
        .await?)
}

/// The accounts of the counts that have few ([`RARE`]), in the order of their ids: to look for each by itself would read
/// all accounts as often. `cross join` keeps SQLite to one reading.
async fn first_of_rare(read: &mut impl Read, source: Uuid) -> Result<Vec<(Count, Uuid)>, Error> {
    Ok(read
        .all(
            "select g.state, g.class, g.reason, g.kind, a.id
             from legacy_account a cross join (
               select state, coalesce(class, '') as class,
                      case when class is null then reason else match_reason end as reason, subject_kind as kind
               from legacy_account where source = $1
               group by state, coalesce(class, ''), case when class is null then reason else match_reason end,
                        subject_kind
               having count(*) <= 200) g
             where a.source = $1 and a.state = g.state and coalesce(a.class, '') = g.class
               and case when a.class is null then a.reason else a.match_reason end = g.reason
               and a.subject_kind = g.kind
             order by a.id limit 20000",
            values![source],
            |row| {
                let count = Count {
                    state: row.word(0, "legacy_account")?,
                    class: row.get(1)?,
                    reason: row.get(2)?,
                    kind: row.get(3)?,
                    accounts: 0,
                };
                Ok((count, row.get::<Uuid>(4)?))
            },
        )
        .await?)
}

/// The report of a source as it was last counted, and whether it is being counted anew. Before the first count has come
/// to its end it says nothing, and took no time.
pub async fn kept(read: &mut impl Read, source: Uuid, now: Moment) -> Result<Option<(Report, bool)>, Error> {
    let sql = "select counted_at, took, lines, counting_at from legacy_report where source = $1";
    let found = read
        .optional(sql, values![source], |row| {
            Ok((row.moment(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.optional_moment(3)?))
        })
        .await?;
    let Some((counted_at, took, text, counting_at)) = found else { return Ok(None) };
    let Kept { counts, unregistered } =
        serde_json::from_str(&text).map_err(|error| db::Error::corrupt("legacy_report", error))?;
    let took = Duration::from_millis(u64::try_from(took).unwrap_or_default());
    let is_being_counted = counting_at.is_some_and(|at| now.since(at) < STILL);
    Ok(Some((Report { unregistered, counted_at, took, counts }, is_being_counted)))
}

pub async fn keep(tx: &mut Tx, source: Uuid, report: &Report) -> Result<(), Error> {
    let kept = Kept { counts: report.counts.clone(), unregistered: report.unregistered };
    let text = serde_json::to_string(&kept).unwrap_or_default();
    let took = i64::try_from(report.took.as_millis()).unwrap_or(i64::MAX);
    tx.execute(
        "insert into legacy_report (source, counted_at, took, lines) values ($1, $2, $3, $4)
         on conflict (source) do update set counted_at = excluded.counted_at, took = excluded.took,
           lines = excluded.lines, counting_at = null",
        values![source, report.counted_at, took, &text],
    )
    .await?;
    Ok(())
}

/// Notes that it is being counted; `false` if that is noted already.
pub async fn begin(tx: &mut Tx, source: Uuid, now: Moment) -> Result<bool, Error> {
    let begun = tx
        .execute(
            "insert into legacy_report (source, counted_at, took, lines, counting_at) values ($1, $2, 0, $4, $2)
             on conflict (source) do update set counting_at = excluded.counting_at
             where legacy_report.counting_at is null or legacy_report.counting_at < $3",
            values![source, now, now.minus(STILL), NOTHING],
        )
        .await?;
    Ok(begun == 1)
}

/// What stands in a report before the first count has come to its end.
const NOTHING: &str = r#"{"counts":[],"unregistered":{"accounts":0,"numbers":0}}"#;

impl Report {
    /// Before anything was counted.
    pub const fn nothing(now: Moment) -> Self {
        let unregistered = Unregistered { accounts: 0, numbers: 0 };
        Self { unregistered, counted_at: now, took: Duration::ZERO, counts: Vec::new() }
    }

    pub fn counts(&self) -> impl Iterator<Item = &Count> {
        self.counts.iter().map(|counted| &counted.count)
    }

    /// How many accounts a run of matching would look at.
    pub fn to_match(&self) -> u64 {
        let looked_at = |count: &&Count| matches!(count.state, State::Waiting | State::Matched);
        self.counts().filter(looked_at).map(|count| count.accounts).sum()
    }

    /// How many accounts a run of merging would look at.
    pub fn to_merge(&self) -> u64 {
        let automatic = |class: &str| class.parse().is_ok_and(super::matching::Class::is_automatic);
        let looked_at = |count: &&Count| count.state == State::Matched && automatic(&count.class);
        self.counts().filter(looked_at).map(|count| count.accounts).sum()
    }

    /// The counts with their samples.
    pub async fn lines(&self, read: &mut impl Read, keys: &DataKeys) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::with_capacity(self.counts.len());
        for Counted { count, samples } in &self.counts {
            let samples = opened(read, keys, samples).await?;
            lines.push(Line { count: count.clone(), samples });
        }
        Ok(lines)
    }
}

async fn opened(read: &mut impl Read, keys: &DataKeys, ids: &[Uuid]) -> Result<Vec<Sample>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let id = |place: usize| ids.get(place).copied().unwrap_or_default();
    let rows = read
        .all(
            "select id, local_digest, record, coalesce(evidence, '') from legacy_account
             where id in ($1, $2, $3) order by id",
            values![id(0), id(1), id(2)],
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
