//! Browsers that a person has signed in from. What makes a browser known is a cookie that only Yihao can
//! make; strangers cannot lock a known browser out (see [`super::attempts`]).

use uuid::Uuid;

use crate::base::Visit;
use crate::db::{self, Read, Tx, values};

/// Whether `person` has signed in from `browser` before.
pub async fn is_known(read: &mut impl Read, browser: Uuid, person: Uuid) -> Result<bool, db::Error> {
    let found = read
        .optional(
            "select person from known_browser where browser = $1 and person = $2",
            values![browser, person],
            |_| Ok(()),
        )
        .await?;
    Ok(found.is_some())
}

/// Keeps that `person` has signed in from `browser` now.
pub async fn remember(tx: &mut Tx, visit: &Visit, browser: Uuid, person: Uuid) -> Result<(), db::Error> {
    tx.execute(
        "insert into known_browser (browser, person, seen_at) values ($1, $2, $3)
         on conflict (browser, person) do update set seen_at = excluded.seen_at",
        values![browser, person, visit.now],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::Trial;

    #[tokio::test]
    async fn a_browser_is_known_to_those_who_signed_in_from_it() {
        let trial = Trial::new().await;
        let (owner, other) = (trial.person().await, trial.person().await);
        let browser = trial.visit().chance.id();
        let mut tx = trial.db.begin().await.unwrap();
        remember(&mut tx, &trial.visit(), browser, owner).await.unwrap();
        remember(&mut tx, &trial.visit(), browser, owner).await.unwrap();
        tx.commit().await.unwrap();
        assert!(is_known(&mut &trial.db, browser, owner).await.unwrap());
        assert!(!is_known(&mut &trial.db, browser, other).await.unwrap());
        assert!(!is_known(&mut &trial.db, Uuid::nil(), owner).await.unwrap());
    }
}
