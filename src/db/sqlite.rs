//! The embedded home: SQLite in WAL mode.
//!
//! One connection writes. A thread of its own, the *conductor*, lends it from transaction to transaction,
//! each inside a savepoint, and commits when nobody waits for it any more: many transactions share one
//! `fsync`, and each is answered only after it. Statements run in the borrower's own thread, because a
//! hop to another thread costs more than the statement. Reads use connections of their own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc as blocking};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use super::{Error, Map, Row, Value};

/// So many transactions share a commit at most: a bound on how long the first of them waits.
const LARGEST_BATCH: usize = 64;

#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    path: PathBuf,
    turns: mpsc::UnboundedSender<oneshot::Sender<Lent>>,
    readers: Mutex<Vec<Connection>>,
}

/// The writing connection, in a borrower's hands.
struct Lent {
    connection: Connection,
    back: blocking::Sender<(Connection, Outcome)>,
}

enum Outcome {
    Commit(Committed),
    RollBack,
}

/// Tells a borrower whether the batch with its changes was committed.
type Committed = oneshot::Sender<Result<(), Error>>;

impl Store {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let writer = connect(path, OpenFlags::default())?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        // FULL costs one fsync a batch, and an answered transaction survives a power cut.
        writer.pragma_update(None, "synchronous", "full")?;
        let (turns, waiting) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || conduct(writer, waiting))
            .map_err(|e| Error::Unavailable(e.to_string()))?;
        Ok(Self(Arc::new(Shared { path: path.to_owned(), turns, readers: Mutex::default() })))
    }

    pub async fn begin(&self) -> Result<Tx, Error> {
        let (lend, lent) = oneshot::channel();
        self.0.turns.send(lend).map_err(|_| stopped())?;
        Ok(Tx(Some(lent.await.map_err(|_| stopped())?)))
    }

    pub fn read<R>(&self, sql: &str, values: &[Value<'_>], map: Map<R>) -> Result<Vec<R>, Error> {
        let spare = self.readers().pop();
        let connection = match spare {
            Some(connection) => connection,
            None => {
                connect(&self.0.path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
            }
        };
        let rows = query(&connection, sql, values, map);
        // A read never waits, so there are never more of these than threads.
        self.readers().push(connection);
        rows
    }

    pub async fn script(&self, sql: &str) -> Result<(), Error> {
        let tx = self.begin().await?;
        tx.connection()?.execute_batch(sql)?;
        tx.commit().await
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.readers.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

pub struct Tx(Option<Lent>);

impl Tx {
    pub fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Error> {
        let mut statement = self.connection()?.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    pub fn all<R>(&mut self, sql: &str, values: &[Value<'_>], map: Map<R>) -> Result<Vec<R>, Error> {
        query(self.connection()?, sql, values, map)
    }

    pub async fn commit(mut self) -> Result<(), Error> {
        let lent = self.0.take().ok_or_else(stopped)?;
        let (answer, answered) = oneshot::channel();
        lent.back.send((lent.connection, Outcome::Commit(answer))).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    fn connection(&self) -> Result<&Connection, Error> {
        self.0.as_ref().map(|lent| &lent.connection).ok_or_else(stopped)
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(Lent { connection, back }) = self.0.take() {
            // The conductor is gone only when the program ends, and then nothing is left to undo.
            let _ = back.send((connection, Outcome::RollBack));
        }
    }
}

/// Lends the connection until the program ends.
fn conduct(mut connection: Connection, mut waiting: mpsc::UnboundedReceiver<oneshot::Sender<Lent>>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut answers = Vec::new();
        let begun = connection.execute_batch("begin immediate");
        let (mut next, mut turns) = (Some(first), 0);
        while let Some(borrower) = next {
            if begun.is_ok() {
                let Some((returned, answer)) = lend(connection, borrower) else { return };
                connection = returned;
                answers.extend(answer);
            }
            // Turns that came to nothing count too: whoever tries again and again must not keep the others'
            // changes from being committed.
            turns += 1;
            next = if turns < LARGEST_BATCH { waiting.try_recv().ok() } else { None };
        }
        let done = begun.and_then(|()| connection.execute_batch("commit"));
        if let Err(error) = &done {
            tracing::error!(%error, "a batch of transactions was not committed");
            let _ = connection.execute_batch("rollback");
        }
        for answer in answers {
            let told = done.as_ref().map(drop).map_err(|e| Error::Unavailable(e.to_string()));
            let _ = answer.send(told);
        }
    }
}

/// One turn: the savepoint keeps what this borrower does apart from the rest of the batch.
fn lend(connection: Connection, borrower: oneshot::Sender<Lent>) -> Option<(Connection, Option<Committed>)> {
    let (back, returned) = blocking::channel();
    if let Err(error) = connection.execute_batch("savepoint turn") {
        tracing::error!(%error, "no savepoint");
        return Some((connection, None));
    }
    // A borrower that has gone away gives the connection straight back.
    let (connection, outcome) = match borrower.send(Lent { connection, back }) {
        Ok(()) => returned.recv().ok()?,
        Err(lent) => (lent.connection, Outcome::RollBack),
    };
    let (end, answer) = match outcome {
        Outcome::Commit(answer) => ("release turn", Some(answer)),
        Outcome::RollBack => ("rollback to turn; release turn", None),
    };
    match connection.execute_batch(end) {
        Ok(()) => Some((connection, answer)),
        Err(error) => {
            if let Some(answer) = answer {
                let _ = answer.send(Err(error.into()));
            }
            Some((connection, None))
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Kept small: the file's pages are in the operating system's cache anyway.
    connection.pragma_update(None, "cache_size", -2000)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

fn query<R>(connection: &Connection, sql: &str, values: &[Value<'_>], map: Map<R>) -> Result<Vec<R>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(map(&Row::Sqlite(row))?);
    }
    Ok(found)
}

/// SQLite reads `$2` as a name and numbers names as they appear, so values are bound by name.
fn bind(statement: &mut rusqlite::Statement<'_>, values: &[Value<'_>]) -> Result<(), Error> {
    const NAMES: [&str; 24] = [
        "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
        "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24",
    ];
    for (name, value) in NAMES.iter().zip(values) {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    Ok(())
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".to_owned())
}
