//! What can go wrong with storage, in the few kinds a caller can do something about.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine cannot be reached or did not do what it was asked. Try again later; nothing was kept.
    #[error("storage is not available: {0}")]
    Unavailable(String),
    /// A row that must be unique exists already. Statements that expect this say `on conflict do nothing`.
    #[error("a row of that key exists already")]
    Exists,
    /// A row says what no program of ours wrote.
    #[error("corrupt row in {table}: {what}")]
    Corrupt { table: &'static str, what: String },
    #[error("{0}")]
    Configuration(String),
}

impl Error {
    pub fn corrupt(table: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, what: what.to_string() }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        match error.sqlite_error().map(|e| e.extended_code) {
            Some(SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY) => Self::Exists,
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) if *db.code() == tokio_postgres::error::SqlState::UNIQUE_VIOLATION => Self::Exists,
            // The server's detail may quote values of the row: only its message goes on.
            Some(db) => Self::Unavailable(format!("{}: {}", db.code().code(), db.message())),
            None => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<deadpool_postgres::PoolError> for Error {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
