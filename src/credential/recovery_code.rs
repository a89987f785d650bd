//! Recovery codes: ten, each good once, for the day when the phone is gone (look-up secrets, NIST SP 800-63B
//! section 5.1.2). With 80 random bits each they cannot be guessed; they are kept under a keyed MAC all the
//! same, so that a dump tells not even whether one is right.

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Secret, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// Codes of one set.
pub const MANY: u32 = 10;

/// Signs that no reader takes for another: no i, l, o and u (Crockford's base32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// Makes a set, in place of the one before. This is the only time that the codes are known.
pub async fn make(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<Vec<Secret>, Error> {
    tx.execute("delete from recovery_code where person = $1", values![person]).await?;
    let mut codes = Vec::new();
    for _ in 0..MANY {
        let signs = draw(visit);
        let seal = keys.seal(&fields(&person, signs.reveal()))?;
        tx.execute(
            "insert into recovery_code (person, seal, created_at) values ($1, $2, $3)",
            values![person, &seal, visit.now],
        )
        .await?;
        codes.push(shown(&signs));
    }
    audit::record(tx, keys, visit, Event::RecoveryCodesMade, about(person)).await?;
    Ok(codes)
}

/// A code that was right, before it is used up.
pub struct Shown {
    person: Uuid,
    seal: Vec<u8>,
    /// With this one.
    left: usize,
}

/// `None` if it is none of the person's codes that are left.
pub async fn look(
    read: &mut impl Read,
    keys: &DataKeys,
    person: Uuid,
    typed: &Secret,
) -> Result<Option<Shown>, Error> {
    let signs = signs(typed);
    let seals = read
        .all(
            "select seal from recovery_code where person = $1 and used_at is null limit 10",
            values![person],
            |row| row.get::<Vec<u8>>(0),
        )
        .await?;
    let left = seals.len();
    let mut seals = seals.into_iter();
    let meant = seals.find(|seal| keys.check_seal(seal, &fields(&person, signs.reveal())).is_ok());
    Ok(meant.map(|seal| Shown { person, seal, left }))
}

impl Shown {
    /// Uses the code up; false if that was done since it was looked at.
    pub async fn spend(self, tx: &mut Tx, keys: &DataKeys, visit: &Visit) -> Result<bool, Error> {
        let used = tx
            .execute(
                "update recovery_code set used_at = $3
                 where person = $1 and seal = $2 and used_at is null",
                values![self.person, &self.seal, visit.now],
            )
            .await?;
        if used == 1 {
            let event = Event::RecoveryCodeUsed { left: self.left - 1 };
            audit::record(tx, keys, visit, event, about(self.person)).await?;
        }
        Ok(used == 1)
    }
}

/// 80 random bits in the one written form.
pub(super) fn draw(visit: &Visit) -> Secret {
    let sign = |_| char::from(ALPHABET[visit.chance.below(32) as usize]);
    Secret::new((0..GROUPS * GROUP).map(sign).collect::<String>())
}

/// In groups, as it is written down.
pub(super) fn shown(signs: &Secret) -> Secret {
    let groups: Vec<&str> = (0..GROUPS).map(|n| &signs.reveal()[n * GROUP..(n + 1) * GROUP]).collect();
    Secret::new(groups.join("-"))
}

/// What was typed, in the one form that is sealed: case, groups and look-alikes do not matter.
pub(super) fn signs(typed: &Secret) -> Secret {
    let plain = typed.reveal().chars().flat_map(char::to_lowercase).filter_map(|c| match c {
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        c => c.is_ascii_alphanumeric().then_some(c),
    });
    Secret::new(plain.take(64).collect::<String>())
}

fn fields<'a>(person: &'a Uuid, signs: &'a str) -> [&'a [u8]; 3] {
    [b"recovery-code", person.as_bytes(), signs.as_bytes()]
}

fn about(person: Uuid) -> About<'static> {
    About { person: Some(person), client: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::Trial;

    #[tokio::test]
    async fn a_code_is_good_once_however_it_is_written_and_only_for_its_person() {
        let trial = Trial::new().await;
        let (person, other) = (trial.person().await, trial.person().await);
        let mut tx = trial.db.begin().await.unwrap();
        let codes = make(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
        assert_eq!(codes.len(), MANY as usize);
        assert!(codes.iter().all(|code| code.reveal().len() == 19));
        let shouted = Secret::new(codes[0].reveal().to_uppercase().replace('-', " "));
        tx.commit().await.unwrap();
        let spends = async |who, code: &Secret| {
            let shown = look(&mut &trial.db, &trial.keys, who, code).await.unwrap();
            let Some(shown) = shown else { return false };
            let mut tx = trial.db.begin().await.unwrap();
            let spent = shown.spend(&mut tx, &trial.keys, &trial.visit()).await.unwrap();
            tx.commit().await.unwrap();
            spent
        };
        for (who, code, good) in [
            (other, &codes[1], false),
            (person, &codes[1], true),
            (person, &codes[1], false),
            (person, &shouted, true),
            (person, &Secret::new(""), false),
        ] {
            assert_eq!(spends(who, code).await, good, "{who} {}", code.reveal());
        }
        // A new set ends the old.
        let mut tx = trial.db.begin().await.unwrap();
        make(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!spends(person, &codes[2]).await);
    }

    #[test]
    fn case_groups_and_look_alikes_do_not_matter() {
        assert_eq!(signs(&Secret::new(" 0O1i-Ll9Z ")).reveal(), "0011119z");
        assert_eq!(shown(&Secret::new("0123456789abcdef")).reveal(), "0123-4567-89ab-cdef");
    }
}
