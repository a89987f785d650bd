//! The embedded home: SQLite in WAL mode. One connection writes ([`writer`]); reads use connections of their own.

mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{Error, Map, Row, Rows, Value};
use writer::Turn;
pub use writer::Writer;

#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    path: PathBuf,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let connection = connect(path, OpenFlags::default())?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // FULL costs one fsync a batch, and an answered transaction survives a power cut.
        connection.pragma_update(None, "synchronous", "full")?;
        let writer = Writer::start(connection)?;
        Ok(Self(Arc::new(Shared { path: path.to_owned(), writer, readers: Mutex::default() })))
    }

    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(Tx(self.0.writer.turn().await?))
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
        tx.0.connection()?.execute_batch(sql)?;
        tx.commit().await
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.readers.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A transaction: what is not committed drops with its turn.
pub struct Tx(Turn);

impl Tx {
    pub fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Error> {
        let mut statement = self.0.connection()?.prepare_cached(sql)?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    pub fn all<R>(&mut self, sql: &str, values: &[Value<'_>], map: Map<R>) -> Result<Vec<R>, Error> {
        query(self.0.connection()?, sql, values, map)
    }

    pub fn give(&mut self, rows: &Rows) -> Result<(), Error> {
        let (connection, given) = (self.0.connection()?, rows.given());
        // The pages of all indexes that so many rows touch: with few of them each would be written many times.
        connection.pragma_update(None, "cache_size", -64 * 1024)?;
        connection.prepare_cached(&given.create(""))?.raw_execute()?;
        connection.prepare_cached(&given.delete())?.raw_execute()?;
        let mut statement = connection.prepare_cached(&given.insert())?;
        rows.for_each(|values| {
            for (index, value) in values.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, value)?;
            }
            statement.raw_execute()?;
            Ok(())
        })
    }

    pub async fn commit(self) -> Result<(), Error> {
        self.0.commit().await
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))?;
    connection.busy_timeout(writer::PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // A plan does not depend on the values. Otherwise SQLite may make it anew whenever one is bound, which
    // costs more than most statements.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
