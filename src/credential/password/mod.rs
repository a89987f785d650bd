//! Passwords: kept as argon2id hashes, compared by the [`Hasher`]'s bounded pool.

mod blocks;
mod common;
mod hasher;
mod pool;
mod recipe;
pub mod rules;

pub use hasher::{Hasher, Load, Verdict};
pub use pool::Busy;
pub use rules::{SHORTEST, Weakness, acceptable};

use uuid::Uuid;

use crate::base::Visit;
use crate::db::{self, Read, Tx, values};

/// The hash (PHC string) of the person's password, if there is one.
pub async fn of(read: &mut impl Read, person: Uuid) -> Result<Option<String>, db::Error> {
    read.optional("select hash from password where person = $1", values![person], |row| row.get(0)).await
}

/// Sets the person's password, whatever it was before.
pub async fn set(tx: &mut Tx, visit: &Visit, person: Uuid, phc: &str) -> Result<(), db::Error> {
    tx.execute(
        "insert into password (person, hash, changed_at) values ($1, $2, $3)
         on conflict (person) do update set hash = excluded.hash, changed_at = excluded.changed_at",
        values![person, phc, visit.now],
    )
    .await?;
    Ok(())
}

/// Puts a hash at today's cost in place of `old`, of the same password; false if the password was changed
/// meanwhile, which must not be undone.
pub async fn rehash(tx: &mut Tx, person: Uuid, old: &str, new: &str) -> Result<bool, db::Error> {
    let changed = tx
        .execute("update password set hash = $3 where person = $1 and hash = $2", values![person, old, new])
        .await?;
    Ok(changed == 1)
}

/// Whether `phc` is an argon2id hash that [`Hasher::verify`] would try.
pub fn is_argon2id(phc: &str) -> bool {
    phc.starts_with("$argon2id$") && recipe::Stored::read(phc).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::Trial;

    #[tokio::test]
    async fn a_rehash_does_not_undo_a_change() {
        let trial = Trial::new().await;
        let person = trial.person().await;
        assert_eq!(of(&mut &trial.db, person).await.unwrap(), None);
        let mut tx = trial.db.begin().await.unwrap();
        set(&mut tx, &trial.visit(), person, "first").await.unwrap();
        set(&mut tx, &trial.visit(), person, "second").await.unwrap();
        assert!(!rehash(&mut tx, person, "first", "first again").await.unwrap());
        assert!(rehash(&mut tx, person, "second", "second again").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(of(&mut &trial.db, person).await.unwrap().as_deref(), Some("second again"));
    }
}
