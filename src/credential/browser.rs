//! Browsers that a person has signed in from. What makes a browser known is a cookie that only Yihao can
//! make; strangers cannot lock a known browser out (see [`super::attempts`]).

use uuid::Uuid;

use crate::base::{AuthenticationLevel, Visit};
use crate::db::{self, Read, Tx, values};

/// Whether `person` has signed in from `browser` before, at `aal` at least. For a try at a second factor it
/// must be two: else whoever has the password would get fresh tries with every new browser.
pub async fn is_known(
    read: &mut impl Read,
    browser: Uuid,
    person: Uuid,
    aal: AuthenticationLevel,
) -> Result<bool, db::Error> {
    let found = read
        .optional(
            "select person from known_browser where browser = $1 and person = $2 and aal >= $3",
            values![browser, person, aal as u8],
            |_| Ok(()),
        )
        .await?;
    Ok(found.is_some())
}

/// Keeps that `person` has signed in from `browser` now, at `aal`.
pub async fn remember(
    tx: &mut Tx,
    visit: &Visit,
    browser: Uuid,
    person: Uuid,
    aal: AuthenticationLevel,
) -> Result<(), db::Error> {
    tx.execute(
        "insert into known_browser (browser, person, seen_at, aal) values ($1, $2, $3, $4)
         on conflict (browser, person) do update set seen_at = excluded.seen_at,
           aal = case when excluded.aal > known_browser.aal then excluded.aal else known_browser.aal end",
        values![browser, person, visit.now, aal as u8],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::Trial;
    use AuthenticationLevel::{OneFactor, TwoFactors};

    #[tokio::test]
    async fn a_browser_is_known_to_those_who_signed_in_from_it() {
        let trial = Trial::new().await;
        let (owner, other) = (trial.person().await, trial.person().await);
        let browser = trial.visit().chance.id();
        let known =
            async |browser, person, aal| is_known(&mut &trial.db, browser, person, aal).await.unwrap();
        for (aal, two_factors) in [(OneFactor, false), (TwoFactors, true), (OneFactor, true)] {
            let mut tx = trial.db.begin().await.unwrap();
            remember(&mut tx, &trial.visit(), browser, owner, aal).await.unwrap();
            tx.commit().await.unwrap();
            assert!(known(browser, owner, OneFactor).await);
            assert_eq!(known(browser, owner, TwoFactors).await, two_factors);
        }
        assert!(!known(browser, other, OneFactor).await);
        assert!(!known(Uuid::nil(), owner, OneFactor).await);
    }
}
