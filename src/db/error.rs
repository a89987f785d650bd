//! What can go wrong with storage, in the few kinds a caller can do something about.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine cannot be reached or did not do what it was asked. Try again later; nothing was kept.
    #[error("storage is not available: {0}")]
    Unavailable(String),
    /// There is no room for what was to be written. Trying again is of no use before somebody has made some.
    #[error("no room is left where the data lies: {0}")]
    Full(String),
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
    /// The same for another who waits for it.
    pub(super) fn shared(&self) -> Self {
        match self {
            Self::Full(what) => Self::Full(what.clone()),
            Self::Unavailable(what) => Self::Unavailable(what.clone()),
            other => Self::Unavailable(other.to_string()),
        }
    }

    pub fn corrupt(table: &'static str, what: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, what: what.to_string() }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_FULL};
        match error.sqlite_error().map(|e| e.extended_code) {
            Some(SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY) => Self::Exists,
            Some(SQLITE_FULL) => Self::Full(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        match error.as_db_error() {
            Some(db) if *db.code() == SqlState::UNIQUE_VIOLATION => Self::Exists,
            // The server's detail may quote values of the row: only its message goes on.
            Some(db) if *db.code() == SqlState::DISK_FULL => Self::Full(db.message().to_owned()),
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
