//! Accounts of earlier systems: the way in by an old password, and what their owner sees of them.

pub mod decisions;
pub mod list;
pub mod password;
pub mod sign_in;

use super::here::Here;
use crate::base::Secret;
use crate::credential::{Busy, Verdict};
use crate::http::Failure;
use crate::legacy::{self, Known, OldHash, Profile};
use crate::outbound::old_systems::Claimed;

/// What an old password proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Right,
    Wrong,
    /// The old system was asked, and did not answer: nothing is proven, and nobody has guessed wrong.
    Unanswered,
}

impl From<bool> for Shown {
    fn from(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// Whether this is the account's old password: one comparison, in its turn like every other. An account whose password
/// has been replaced, or that is none, costs a hash as well and is answered no.
async fn is_password(
    here: &Here,
    known: Option<&Known>,
    secret: Secret,
) -> Result<Result<Shown, Busy>, Failure> {
    let keys = here.app.keys.data();
    let hash = match known {
        Some(known) => known.hash(&keys)?,
        None => None,
    };
    let hasher = &here.app.hasher;
    let compared = match hash {
        Some(OldHash::Legacy(hash)) => hasher.matches_legacy(hash, secret).await,
        Some(OldHash::Argon2id(phc)) => {
            hasher.verify(Some(&phc), secret).await.map(|verdict| verdict != Verdict::No)
        }
        None => {
            if let Err(busy) = hasher.verify(None, secret.clone()).await {
                return Ok(Err(busy));
            }
            return match known {
                Some(known) if !known.has_password() && !known.is_spent() => {
                    asked_there(here, known, &secret).await.map(Ok)
                }
                _ => Ok(Ok(Shown::Wrong)),
            };
        }
    };
    Ok(compared.map(Shown::from))
}

/// Asks the old system, where its profile says that it is to be asked.
async fn asked_there(here: &Here, known: &Known, secret: &Secret) -> Result<Shown, Failure> {
    let Some(source) = legacy::Source::load(&mut &here.app.db, known.source).await? else {
        return Ok(Shown::Wrong);
    };
    let Ok(Profile { check: Some(at), .. }) = Profile::parse(&source.profile) else {
        return Ok(Shown::Wrong);
    };
    let record = known.record(&here.app.keys.data())?;
    let claimed = Claimed { local_id: &record.local_id, user_name: record.user_name.as_deref() };
    let said = here.app.old_systems.is_right(here.visit.now, &at, claimed, secret).await;
    let outcome = match said {
        Ok(true) => "right",
        Ok(false) => "wrong",
        Err(_) => "no_answer",
    };
    metrics::counter!("yihao_old_password_checks_total", "source" => source.name, "outcome" => outcome)
        .increment(1);
    Ok(said.map_or(Shown::Unanswered, Shown::from))
}

/// As people know the system.
async fn title_of(here: &Here, source: uuid::Uuid) -> Result<String, Failure> {
    let source = legacy::Source::load(&mut &here.app.db, source).await?;
    Ok(source.map(|source| source.title).unwrap_or_default())
}
