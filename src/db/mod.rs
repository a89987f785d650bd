//! Rank 1: durable storage. SQLite (embedded) or PostgreSQL behind one SQL text and one set of migrations.
//!
//! The two engines are named in this folder only. A store function writes SQL once, with `$1` placeholders,
//! `bigint`, `text`, `bytea`, `uuid` and `boolean` columns, and maps rows by position:
//!
//! ```ignore
//! tx.optional("select name from person where id = $1", values![id], |row| row.get::<String>(0)).await?
//! ```
//!
//! A change of state is one compare-and-set statement whose row count is looked at: PostgreSQL interleaves
//! transactions that SQLite runs one after the other.

mod error;
pub mod foreign;
mod given;
mod migrate;
mod postgres;
mod row;
mod sqlite;
mod value;

use std::future::Future;
use std::pin::Pin;

pub use error::Error;
pub use given::{Given, Kind, Rows};
pub use row::{Column, Row};
pub(crate) use sqlite::Writer as SqliteWriter;
pub use value::Value;

/// `values![id, name]`: the parameters of a statement, `$1` first.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}
pub use crate::values;

/// Makes a value of a row; runs inside the engine's row callback, so it does no input or output.
pub type Map<R> = fn(&Row<'_>) -> Result<R, Error>;

/// Where questions are asked: a transaction, or the database as last committed.
pub trait Read: Send {
    /// Every row. The statement itself must bound how many: there is no unbounded query here.
    fn all<R: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        map: Map<R>,
    ) -> impl Future<Output = Result<Vec<R>, Error>> + Send;

    /// The only row, if there is one.
    fn optional<R: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        map: Map<R>,
    ) -> impl Future<Output = Result<Option<R>, Error>> + Send {
        async move { Ok(self.all(sql, values, map).await?.into_iter().next()) }
    }
}

/// A future of PostgreSQL's without its type. The compiler would carry the driver's futures through every
/// function above, and prove anew at each door that they may change threads: half of the build.
fn untyped<'a, T>(
    future: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

impl Db {
    /// Opens `sqlite://PATH` or `postgres://…`; does not migrate.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Ok(Self::Sqlite(sqlite::Store::open(path.as_ref())?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(postgres::Store::open(url)?))
        } else {
            Err(Error::Configuration("storage.url must begin with sqlite:// or postgres://".to_owned()))
        }
    }

    /// The engine's name, for people.
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Begins a transaction. Hold it for statements only, never across a hash, a register or a browser:
    /// on SQLite it is the only writer.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(Tx(match self {
            Self::Sqlite(store) => Inner::Sqlite(store.begin().await?),
            Self::Postgres(store) => Inner::Postgres(untyped(store.begin()).await?),
        }))
    }

    /// Brings the schema up to date and tells the names of the migrations that ran now.
    pub async fn migrate(&self, now: crate::base::Moment) -> Result<Vec<&'static str>, Error> {
        migrate::run(self, now).await
    }

    /// The migrations that this program has and the database lacks.
    pub async fn pending_migrations(&self) -> Result<Vec<&'static str>, Error> {
        migrate::pending(self).await
    }

    /// Lets the engine look anew at how much stands in these tables, and what: after many rows have come, and before
    /// statements that join them. PostgreSQL would find out by itself some minutes later, and read whole tables until
    /// then; SQLite plans by its indexes alone.
    pub async fn refresh_statistics(&self, tables: &[&'static str]) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => untyped(store.script(&format!("analyze {}", tables.join(", ")))).await,
        }
    }

    /// Answers if the database does.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut db = self;
        db.all("select 1", values![], |_| Ok(())).await.map(drop)
    }

    /// Runs statements that take no values and give no rows, as one transaction.
    async fn script(&self, sql: &str) -> Result<(), Error> {
        match self {
            Self::Sqlite(store) => store.script(sql).await,
            Self::Postgres(store) => untyped(store.script(sql)).await,
        }
    }
}

impl Read for &Db {
    async fn all<R: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        map: Map<R>,
    ) -> Result<Vec<R>, Error> {
        match self {
            Db::Sqlite(store) => store.read(sql, values, map),
            Db::Postgres(store) => untyped(store.read(sql, values, map)).await,
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx(Inner);

enum Inner {
    Sqlite(sqlite::Tx),
    Postgres(postgres::Tx),
}

impl Tx {
    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.execute(sql, values),
            Inner::Postgres(tx) => untyped(tx.execute(sql, values)).await,
        }
    }

    /// Lets the rows stand in their temporary table ([`Given`]), instead of those that stood there, for the
    /// statements that follow in this transaction.
    ///
    /// The engine knows nothing of how many there are: join them where an index leads from each to its partner.
    pub async fn give(&mut self, rows: &Rows) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.give(rows),
            Inner::Postgres(tx) => tx.give(rows).await,
        }
    }

    /// Answers once the change is durable.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => untyped(tx.commit()).await,
        }
    }
}

impl Read for Tx {
    async fn all<R: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        map: Map<R>,
    ) -> Result<Vec<R>, Error> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.all(sql, values, map),
            Inner::Postgres(tx) => untyped(tx.all(sql, values, map)).await,
        }
    }
}
