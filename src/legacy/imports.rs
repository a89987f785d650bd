//! The imports of a source, as people see them: how far, how fast, what became of the rows.

use std::time::Duration;

use uuid::Uuid;

use super::run::Counts;
use crate::base::Moment;
use crate::db::{self, Read, Tx, values};

/// A run that has not stored anything for so long was probably cut off.
const STILL: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub struct Import {
    pub id: Uuid,
    pub file: String,
    /// `running`, `finished`, `abandoned`.
    pub state: String,
    /// How much was read, in the units of `length`: bytes, or rows where the source is no file of bytes.
    pub offset: u64,
    /// Of all there is; none where nobody can know.
    pub length: Option<u64>,
    pub rows: u64,
    pub counts: Counts,
    pub started_at: Moment,
    pub changed_at: Moment,
    pub finished_at: Option<Moment>,
}

impl Import {
    pub fn is_running(&self) -> bool {
        self.state == "running"
    }

    /// Whether it has not moved for long.
    pub fn is_still(&self, now: Moment) -> bool {
        self.is_running() && now.since(self.changed_at) > STILL
    }

    /// How much of it is done, of 1.
    pub fn share(&self) -> Option<f64> {
        let length = self.length.filter(|length| *length > 0)?;
        Some((self.offset as f64 / length as f64).min(1.0))
    }

    /// How long it takes yet, if it goes on as it went.
    pub fn left(&self) -> Option<Duration> {
        let share = self.share().filter(|share| *share > 0.01 && self.is_running())?;
        let passed = self.changed_at.since(self.started_at).as_secs_f64();
        Some(Duration::from_secs_f64((passed / share * (1.0 - share)).clamp(0.0, 1e9)))
    }
}

/// The newest imports of a source; twenty at most.
pub async fn imports(read: &mut impl Read, source: Uuid) -> Result<Vec<Import>, db::Error> {
    read.all(
        "select id, file, state, position, length, row, added, changed, unchanged, rejected, reasons, started_at,
                changed_at, finished_at
         from legacy_import where source = $1 order by id desc limit 20",
        values![source],
        |row| {
            let count = |n: i64| u64::try_from(n).unwrap_or_default();
            Ok(Import {
                id: row.get(0)?,
                file: row.get(1)?,
                state: row.get(2)?,
                offset: count(row.get(3)?),
                length: row.get::<Option<i64>>(4)?.map(count),
                rows: count(row.get(5)?),
                counts: Counts {
                    added: count(row.get(6)?),
                    changed: count(row.get(7)?),
                    unchanged: count(row.get(8)?),
                    rejected: count(row.get(9)?),
                    reasons: row.json(10, "legacy_import")?,
                },
                started_at: row.moment(11)?,
                changed_at: row.moment(12)?,
                finished_at: row.optional_moment(13)?,
            })
        },
    )
    .await
}

/// Notes how long the file of a run is.
pub async fn note_length(tx: &mut Tx, import: Uuid, length: Option<u64>) -> Result<(), db::Error> {
    let length = length.and_then(|length| i64::try_from(length).ok());
    tx.execute("update legacy_import set length = $2 where id = $1", values![import, length]).await?;
    Ok(())
}
