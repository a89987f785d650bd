//! One row of either engine.

use crate::base::Moment;

use super::Error;

/// A type that both engines can read out of a column.
pub trait Column: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a> {}
impl<T: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a>> Column for T {}

pub enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0 in the order of the select list.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, Error> {
        match self {
            Self::Sqlite(row) => Ok(row.get(index)?),
            Self::Postgres(row) => Ok(row.try_get(index)?),
        }
    }

    pub fn moment(&self, index: usize) -> Result<Moment, Error> {
        self.get::<i64>(index).map(Moment::from_micros)
    }

    pub fn optional_moment(&self, index: usize) -> Result<Option<Moment>, Error> {
        Ok(self.get::<Option<i64>>(index)?.map(Moment::from_micros))
    }

    /// A word of a closed list, such as a state; anything else is a corrupt row.
    pub fn word<T: std::str::FromStr>(&self, index: usize, table: &'static str) -> Result<T, Error> {
        let word: String = self.get(index)?;
        word.parse().map_err(|_| Error::corrupt(table, format!("unknown word in column {index}")))
    }

    /// A small number that fits `T`, such as a level; anything else is a corrupt row.
    pub fn small<T: TryFrom<u8>>(&self, index: usize, table: &'static str) -> Result<T, Error> {
        let number: i64 = self.get(index)?;
        u8::try_from(number)
            .ok()
            .and_then(|n| T::try_from(n).ok())
            .ok_or_else(|| Error::corrupt(table, format!("number out of range in column {index}")))
    }

    /// A JSON document kept as text.
    pub fn json<T: serde::de::DeserializeOwned>(
        &self,
        index: usize,
        table: &'static str,
    ) -> Result<T, Error> {
        let text: String = self.get(index)?;
        serde_json::from_str(&text).map_err(|e| Error::corrupt(table, e))
    }
}
