//! A source: one legacy system, with the profile by which its files are read.

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};

words! {
    SourceState {
        /// Files are imported, old passwords are good.
        Open = "open",
        /// Taken over for good: nothing more is imported.
        Closed = "closed",
    }
}

/// A source as it is stored. The profile is the text of its file.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: Uuid,
    /// Short, and the same everywhere: in commands, in `name@source`.
    pub name: String,
    /// As people know the system.
    pub title: String,
    pub profile: String,
    /// The relying system that the accounts belong to.
    pub client: Option<String>,
    pub state: SourceState,
    pub created_at: Moment,
}

pub struct NewSource<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub profile: &'a str,
    pub client: Option<&'a str>,
}

impl Source {
    /// # Errors
    /// [`Error::SourceExists`]
    pub async fn add(tx: &mut Tx, keys: &DataKeys, visit: &Visit, new: NewSource<'_>) -> Result<Uuid, Error> {
        let id = visit.id();
        let added = tx
            .execute(
                "insert into legacy_source (id, name, title, profile, client, state, created_at, changed_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict do nothing",
                values![
                    id,
                    new.name,
                    new.title,
                    new.profile,
                    new.client,
                    SourceState::Open.as_str(),
                    visit.now
                ],
            )
            .await?;
        if added == 0 {
            return Err(Error::SourceExists(new.name.to_owned()));
        }
        let event = Event::LegacySourceAdded { source: id };
        audit::record(tx, keys, visit, event, About { person: None, client: new.client }).await?;
        Ok(id)
    }

    pub async fn by_name(read: &mut impl Read, name: &str) -> Result<Option<Self>, db::Error> {
        read.optional(
            "select id, name, title, profile, client, state, created_at from legacy_source where name = $1",
            values![name],
            Self::of,
        )
        .await
    }

    pub async fn load(read: &mut impl Read, id: Uuid) -> Result<Option<Self>, db::Error> {
        read.optional(
            "select id, name, title, profile, client, state, created_at from legacy_source where id = $1",
            values![id],
            Self::of,
        )
        .await
    }

    /// The relying system that the accounts of a source belong to.
    pub async fn client_of(read: &mut impl Read, id: Uuid) -> Result<Option<String>, db::Error> {
        let client = "select client from legacy_source where id = $1";
        Ok(read.optional(client, values![id], |row| row.get::<Option<String>>(0)).await?.flatten())
    }

    /// The short name of one of them, as an example.
    pub async fn any_name(read: &mut impl Read) -> Result<Option<String>, db::Error> {
        let first = "select name from legacy_source order by name limit 1";
        read.optional(first, values![], |row| row.get(0)).await
    }

    /// All of them, by name: a province has some hundred.
    pub async fn all(read: &mut impl Read) -> Result<Vec<Self>, db::Error> {
        read.all(
            "select id, name, title, profile, client, state, created_at from legacy_source
             order by name limit 1000",
            values![],
            Self::of,
        )
        .await
    }

    fn of(row: &Row<'_>) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            title: row.get(2)?,
            profile: row.get(3)?,
            client: row.get(4)?,
            state: row.word(5, "legacy_source")?,
            created_at: row.moment(6)?,
        })
    }
}
