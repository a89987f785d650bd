//! Handles: what else than the number a person may type to sign in. A verified phone counts when exactly
//! one account holds it; a user name belongs to one account.

use uuid::Uuid;

use super::Error;
use crate::base::Secret;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    Phone,
    UserName,
}

impl HandleKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::UserName => "user-name",
        }
    }
}

/// The one written form of a user name: without outer white space, in lower case.
pub fn user_name(typed: &str) -> Secret {
    Secret::new(typed.trim().to_lowercase())
}

/// The one person of a handle. What is ambiguous is as good as unknown.
pub async fn find_by_handle(
    read: &mut impl Read,
    keys: &DataKeys,
    kind: HandleKind,
    text: &str,
) -> Result<Option<Uuid>, Error> {
    let mut found: Vec<Uuid> = Vec::new();
    for index in keys.blind(kind.as_str(), text) {
        let rows = read
            .all(
                "select person from handle_index where kind = $1 and key_version = $2 and digest = $3 limit 2",
                values![kind.as_str(), i64::from(index.version), &index.digest],
                |row| row.get::<Uuid>(0),
            )
            .await?;
        found.extend(rows.into_iter().filter(|id| !found.contains(id)).collect::<Vec<_>>());
    }
    Ok(if let [only] = found[..] { Some(only) } else { None })
}

pub(super) async fn add(
    tx: &mut Tx,
    keys: &DataKeys,
    kind: HandleKind,
    text: &str,
    person: Uuid,
) -> Result<(), Error> {
    for index in keys.blind(kind.as_str(), text) {
        tx.execute(
            "insert into handle_index (kind, key_version, digest, person) values ($1, $2, $3, $4)
             on conflict do nothing",
            values![kind.as_str(), i64::from(index.version), &index.digest, person],
        )
        .await?;
    }
    Ok(())
}

/// The person's handle of this kind is another now.
pub(super) async fn replace(
    tx: &mut Tx,
    keys: &DataKeys,
    kind: HandleKind,
    text: &str,
    person: Uuid,
) -> Result<(), Error> {
    tx.execute("delete from handle_index where kind = $1 and person = $2", values![kind.as_str(), person])
        .await?;
    add(tx, keys, kind, text, person).await
}
