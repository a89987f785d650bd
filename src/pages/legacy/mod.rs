//! Accounts of earlier systems: the way in by an old password, and what their owner sees of them.

pub mod decisions;
pub mod list;
pub mod password;
pub mod sign_in;

use super::here::Here;
use crate::base::Secret;
use crate::credential::{Busy, Verdict};
use crate::http::Failure;
use crate::legacy::{self, Known, OldHash};

/// Whether this is the account's old password: one comparison, in its turn like every other. An account whose password
/// has been replaced, or that is none, costs a hash as well and is answered no.
async fn is_password(
    here: &Here,
    known: Option<&Known>,
    secret: Secret,
) -> Result<Result<bool, Busy>, Failure> {
    let keys = here.app.keys.data();
    let hash = match known {
        Some(known) => known.hash(&keys)?,
        None => None,
    };
    let hasher = &here.app.hasher;
    Ok(match hash {
        Some(OldHash::Legacy(hash)) => hasher.matches_legacy(hash, secret).await,
        Some(OldHash::Argon2id(phc)) => {
            hasher.verify(Some(&phc), secret).await.map(|verdict| verdict != Verdict::No)
        }
        None => hasher.verify(None, secret).await.map(|_| false),
    })
}

/// As people know the system.
async fn title_of(here: &Here, source: uuid::Uuid) -> Result<String, Failure> {
    let source = legacy::Source::load(&mut &here.app.db, source).await?;
    Ok(source.map(|source| source.title).unwrap_or_default())
}
