//! Clients in the database.

use super::{ClientState, Metadata, cas};
use crate::audit::{self, About, Event};
use crate::base::{Secret, Visit};
use crate::crypto::{DataKeys, Place, Unopenable};
use crate::db::{self, Read, Tx, values};

/// A client, opened. The secret is kept encrypted rather than hashed: `client_secret_jwt` is checked with it.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub state: ClientState,
    pub metadata: Metadata,
    pub secret: Option<Secret>,
}

impl Client {
    /// The sector of its subjects.
    pub fn sector(&self) -> String {
        self.metadata.sector().unwrap_or_else(|| format!("client:{}", self.id))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
}

fn place(id: &str) -> Place<'_> {
    Place { table: "client", column: "secret", row: id.as_bytes() }
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: &str) -> Result<Option<Client>, Error> {
    let row = read
        .optional("select state, metadata, secret from client where id = $1", values![id], |row| {
            Ok((
                row.word::<ClientState>(0, "client")?,
                row.json::<Metadata>(1, "client")?,
                row.get::<Option<Vec<u8>>>(2)?,
            ))
        })
        .await?;
    let Some((state, metadata, secret)) = row else { return Ok(None) };
    let secret = secret
        .map(|bytes| keys.decrypt(place(id), &bytes).map(|text| Secret::new(text.as_str())))
        .transpose()?;
    Ok(Some(Client { id: id.to_owned(), state, metadata, secret }))
}

/// Adds a client; `false`, and nothing written, if the id is taken.
pub async fn insert(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    client: &Client,
    by: &str,
) -> Result<bool, Error> {
    let secret = sealed(keys, visit, &client.id, client.secret.as_ref())?;
    let metadata = text_of(&client.metadata)?;
    let added = tx
        .execute(
            "insert into client (id, state, metadata, secret, created_at, changed_at)
             values ($1, $2, $3, $4, $5, $5) on conflict do nothing",
            values![&client.id, client.state.as_str(), &metadata, secret.as_ref(), visit.now],
        )
        .await?;
    if added == 0 {
        return Ok(false);
    }
    cas::index(tx, &client.id, &client.metadata).await?;
    let about = About { person: None, client: Some(&client.id) };
    audit::record(tx, keys, visit, Event::ClientAdded { by }, about).await?;
    Ok(true)
}

pub async fn set_metadata(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: &str,
    metadata: &Metadata,
) -> Result<bool, Error> {
    let text = text_of(metadata)?;
    let changed = tx
        .execute(
            "update client set metadata = $2, changed_at = $3 where id = $1",
            values![id, &text, visit.now],
        )
        .await?;
    if changed == 1 {
        cas::index(tx, id, metadata).await?;
    }
    note(tx, keys, visit, id, "metadata", changed).await
}

pub async fn set_state(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: &str,
    state: ClientState,
) -> Result<bool, Error> {
    let changed = tx
        .execute(
            "update client set state = $2, changed_at = $3 where id = $1 and state <> $2",
            values![id, state.as_str(), visit.now],
        )
        .await?;
    note(tx, keys, visit, id, state.as_str(), changed).await
}

pub async fn set_secret(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: &str,
    secret: &Secret,
) -> Result<bool, Error> {
    let secret = sealed(keys, visit, id, Some(secret))?;
    let changed = tx
        .execute(
            "update client set secret = $2, changed_at = $3 where id = $1",
            values![id, secret.as_ref(), visit.now],
        )
        .await?;
    note(tx, keys, visit, id, "secret", changed).await
}

/// A page of clients by id, for commands.
pub async fn list(read: &mut impl Read, after: &str) -> Result<Vec<(String, ClientState, Metadata)>, Error> {
    Ok(read
        .all(
            "select id, state, metadata from client where id > $1 order by id limit 200",
            values![after],
            |row| Ok((row.get(0)?, row.word(1, "client")?, row.json(2, "client")?)),
        )
        .await?)
}

async fn note(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: &str,
    what: &str,
    changed: u64,
) -> Result<bool, Error> {
    if changed == 0 {
        return Ok(false);
    }
    let about = About { person: None, client: Some(id) };
    audit::record(tx, keys, visit, Event::ClientChanged { what }, about).await?;
    Ok(true)
}

fn sealed(
    keys: &DataKeys,
    visit: &Visit,
    id: &str,
    secret: Option<&Secret>,
) -> Result<Option<Vec<u8>>, Error> {
    Ok(secret.map(|s| keys.encrypt(&visit.chance, place(id), s.reveal())).transpose()?)
}

fn text_of(metadata: &Metadata) -> Result<String, Error> {
    serde_json::to_string(metadata).map_err(|e| db::Error::corrupt("client", e).into())
}
