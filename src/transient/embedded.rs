//! The embedded home: one SQLite file. Changes take turns with one connection and share its commits; reads are
//! a few microseconds on connections of their own, so they stay in the calling thread.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Home, Key, Life, Unavailable, total};
use crate::base::Moment;
use crate::db::{self, SqliteWriter};

/// More than the threads that read at one time on the machines a single node is for.
const READERS: usize = 4;

/// Expired rows go after so many changes, or after so long. One sweep removes twice as many rows as were
/// changed since the last, so the expired never pile up, and no sweep takes long.
const SWEEP_CHANGES: usize = 512;
const SWEEP_ROWS: i64 = 2 * SWEEP_CHANGES as i64;
const SWEEP_EVERY: Duration = Duration::from_secs(30);

const PUT: &str = "insert into held (key, value, until) values (?1, ?2, ?3)
    on conflict (key) do update set value = excluded.value, until = excluded.until";
const CLAIM: &str = "insert into held (key, value, until) values (?1, x'', ?2)
    on conflict (key) do update set value = excluded.value, until = excluded.until where held.until <= ?3";
const LOOK: &str = "select value, until from held where key = ?1 and until > ?2";
const TAKE: &str = "delete from held where key = ?1 returning value, until";
const SWEEP: &str =
    "delete from held where rowid in (select rowid from held where until <= ?1 order by until limit ?2)";

#[derive(Clone)]
pub(super) struct Embedded {
    writer: SqliteWriter,
    readers: Arc<Readers>,
    sweeps: Arc<Sweeps>,
}

/// When to sweep next.
#[derive(Default)]
struct Sweeps {
    changes: AtomicUsize,
    /// Microseconds since 1970 of the last sweep.
    swept: AtomicI64,
}

struct Readers {
    connections: [Mutex<Connection>; READERS],
    next: AtomicUsize,
}

impl From<rusqlite::Error> for Unavailable {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite's words name tables and statements; values are bound, so they are not in them.
        Self(error.to_string())
    }
}

impl From<db::Error> for Unavailable {
    fn from(error: db::Error) -> Self {
        Self(error.to_string())
    }
}

impl Embedded {
    pub(super) fn open(path: &Path) -> Result<Self, Unavailable> {
        // The file is the owner's alone; SQLite gives its log the same mode.
        let mut file = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
        file.create(true).append(true).open(path).map_err(|e| Unavailable(e.to_string()))?;

        let db = Connection::open(path)?;
        // NORMAL keeps every answered change when the process dies. When the machine loses power the last
        // instant may be lost; whatever is short-lived is mostly over before the machine is back.
        db.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = normal; pragma journal_size_limit = 16777216;
             create table if not exists held (key text primary key, value blob not null, until bigint not null);
             create index if not exists held_until on held (until);",
        )?;
        let readers = [reader(path)?, reader(path)?, reader(path)?, reader(path)?];
        let readers = Readers { connections: readers.map(Mutex::new), next: AtomicUsize::new(0) };
        Ok(Self { writer: SqliteWriter::start(db)?, readers: Arc::new(readers), sweeps: Arc::default() })
    }

    /// Makes a change. A caller that goes away before its turn leaves everything as it was.
    async fn change<T>(
        &self,
        now: Moment,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    ) -> Result<T, Unavailable> {
        let turn = self.writer.turn().await?;
        let outcome = change(turn.connection()?)?;
        if self.sweeps.due(now) {
            turn.connection()?.prepare_cached(SWEEP)?.execute(params![now.micros(), SWEEP_ROWS])?;
        }
        turn.commit().await?;
        Ok(outcome)
    }
}

fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch("pragma query_only = on; pragma cache_size = -256;")?;
    Ok(db)
}

impl Readers {
    /// A connection that nobody uses, else the next in turn.
    fn one(&self) -> MutexGuard<'_, Connection> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        (0..READERS)
            .find_map(|step| self.connections[turn.wrapping_add(step) % READERS].try_lock().ok())
            .unwrap_or_else(|| {
                self.connections[turn % READERS].lock().unwrap_or_else(PoisonError::into_inner)
            })
    }
}

impl Sweeps {
    fn due(&self, now: Moment) -> bool {
        let changes = self.changes.fetch_add(1, Ordering::Relaxed) + 1;
        let before = now.minus(SWEEP_EVERY).micros();
        if changes < SWEEP_CHANGES && self.swept.load(Ordering::Relaxed) > before {
            return false;
        }
        self.changes.store(0, Ordering::Relaxed);
        self.swept.store(now.micros(), Ordering::Relaxed);
        true
    }
}

/// What the key holds at `now`, and until when.
fn look(db: &Connection, key: &str, now: Moment) -> rusqlite::Result<Option<(Vec<u8>, i64)>> {
    let mut statement = db.prepare_cached(LOOK)?;
    statement.query_row(params![key, now.micros()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

fn put(db: &Connection, key: &str, value: &[u8], until: i64) -> rusqlite::Result<()> {
    db.prepare_cached(PUT)?.execute(params![key, value, until]).map(drop)
}

impl Home for Embedded {
    async fn put(&self, key: &Key, value: &[u8], life: Life) -> Result<(), Unavailable> {
        self.change(life.now, |db| put(db, key.text(), value, life.until.micros())).await
    }

    async fn get(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(look(&self.readers.one(), key.text(), now)?.map(|(value, _)| value))
    }

    async fn get_many(&self, keys: &[Key], now: Moment) -> Result<Vec<Option<Vec<u8>>>, Unavailable> {
        let reader = self.readers.one();
        keys.iter().map(|key| Ok(look(&reader, key.text(), now)?.map(|(value, _)| value))).collect()
    }

    async fn take(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable> {
        let taken = |db: &Connection| {
            let mut statement = db.prepare_cached(TAKE)?;
            statement.query_row([key.text()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        let taken: Option<(Vec<u8>, i64)> = self.change(now, taken).await?;
        Ok(taken.filter(|(_, until)| *until > now.micros()).map(|(value, _)| value))
    }

    async fn claim(&self, key: &Key, life: Life) -> Result<bool, Unavailable> {
        let claimed = |db: &Connection| {
            let rows = params![key.text(), life.until.micros(), life.now.micros()];
            db.prepare_cached(CLAIM)?.execute(rows).map(|changed| changed == 1)
        };
        self.change(life.now, claimed).await
    }

    async fn count(&self, key: &Key, window: Life, by: u32) -> Result<u64, Unavailable> {
        let counted = |db: &Connection| {
            let open = look(db, key.text(), window.now)?;
            let (digits, until) = open.unwrap_or_else(|| (b"0".to_vec(), window.until.micros()));
            // Not a counter: nothing is written over it.
            let sum = total(&digits).map(|sum| sum.saturating_add(by.into()));
            if let Ok(sum) = &sum {
                put(db, key.text(), sum.to_string().as_bytes(), until)?;
            }
            Ok(sum)
        };
        self.change(window.now, counted).await?
    }
}
