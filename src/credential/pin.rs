//! The PIN that goes with the chip of an identity card: for a person without a phone. It is six digits, so it is
//! worth something only beside the chip, and only because it may be wrong a few times: then it is blocked until
//! a counter sets a new one.

use uuid::Uuid;

use super::{Error, Refused};
use crate::audit::{self, About, Event};
use crate::base::{Secret, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// How many digits it has.
pub const DIGITS: usize = 6;
/// So many wrong ones in a row, over whatever time, and it is blocked.
pub const TRIES: u32 = 6;

/// What people try first, besides rows and repetitions: lucky numbers, and walks over the keys.
const COMMON: [&str; 12] = [
    "520131", "131452", "521521", "168168", "888666", "147258", "258369", "159357", "147369", "789456",
    "159753", "201314",
];

/// Why a PIN is not acceptable, for the clerk to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPin {
    #[error("not six digits")]
    Form,
    #[error("one short piece again and again, or a row")]
    Row,
    #[error("part of the official number or of the phone: it stands on the card")]
    Telling,
    #[error("one that everybody tries")]
    Common,
}

/// Whether the person with this official number and phone may have it. The day of birth is in the number, in the
/// ways people write it.
pub fn acceptable(pin: &Secret, number: &str, phone: Option<&str>) -> Result<(), WeakPin> {
    let pin = pin.reveal();
    if pin.len() != DIGITS || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WeakPin::Form);
    }
    let digits: Vec<i16> = pin.bytes().map(|b| i16::from(b - b'0')).collect();
    let repeats = (1..=3).any(|length| digits.iter().enumerate().all(|(at, d)| *d == digits[at % length]));
    // 123456, 024680 backwards too: the same step all along.
    let step = digits[1] - digits[0];
    let is_row = digits.windows(2).all(|pair| pair[1] - pair[0] == step);
    if repeats || is_row {
        return Err(WeakPin::Row);
    }
    let birth = number.get(6..14).unwrap_or_default();
    let other_ways = birth.len() == 8 && {
        let (year, month, day) = (&birth[2..4], &birth[4..6], &birth[6..8]);
        [format!("{day}{month}{year}"), format!("{month}{day}{year}")].iter().any(|way| way == pin)
    };
    if number.contains(pin) || other_ways || phone.is_some_and(|phone| phone.contains(pin)) {
        return Err(WeakPin::Telling);
    }
    if COMMON.contains(&pin) { Err(WeakPin::Common) } else { Ok(()) }
}

/// Sets the person's PIN, whatever it was before; tries begin anew. `hash` is the hasher's, of a PIN that is
/// [`acceptable`].
pub async fn set(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid, hash: &str) -> Result<(), Error> {
    tx.execute(
        "insert into pin (person, hash, tries, changed_at) values ($1, $2, 0, $3)
         on conflict (person) do update set hash = excluded.hash, tries = 0, changed_at = excluded.changed_at",
        values![person, hash, visit.now],
    )
    .await?;
    Ok(audit::record(tx, keys, visit, Event::PinSet, about(person)).await?)
}

/// Takes a try and gives the hash to compare with; the try is counted before anything is compared, so many at once
/// are no more than one after the other. `None` if there is no PIN, or it is blocked.
pub async fn try_once(tx: &mut Tx, person: Uuid) -> Result<Option<String>, db::Error> {
    let taken = tx
        .execute("update pin set tries = tries + 1 where person = $1 and tries < $2", values![person, TRIES])
        .await?;
    if taken == 0 {
        return Ok(None);
    }
    tx.optional("select hash from pin where person = $1", values![person], |row| row.get(0)).await
}

/// It was right: tries begin anew.
pub async fn passed(tx: &mut Tx, person: Uuid) -> Result<(), db::Error> {
    tx.execute("update pin set tries = 0 where person = $1", values![person]).await?;
    Ok(())
}

/// It was wrong. Noted; and the owner can read when it is blocked.
pub async fn failed(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<(), Error> {
    let blocked = tries_of(tx, person).await?.is_some_and(|tries| tries >= TRIES);
    Ok(audit::record(tx, keys, visit, Event::PinRefused { blocked }, about(person)).await?)
}

/// Whether the person has a PIN, and whether it is blocked.
pub async fn is_blocked(read: &mut impl Read, person: Uuid) -> Result<Option<bool>, db::Error> {
    Ok(tries_of(read, person).await?.map(|tries| tries >= TRIES))
}

async fn tries_of(read: &mut impl Read, person: Uuid) -> Result<Option<u32>, db::Error> {
    let tries = "select tries from pin where person = $1";
    let found = read.optional(tries, values![person], |row| row.get::<i64>(0)).await?;
    Ok(found.map(|tries| u32::try_from(tries).unwrap_or(u32::MAX)))
}

fn about(person: Uuid) -> About<'static> {
    About { person: Some(person), client: None }
}

impl From<WeakPin> for Error {
    fn from(_: WeakPin) -> Self {
        Refused::Malformed.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::Trial;

    #[test]
    fn what_stands_on_the_card_or_comes_to_mind_first_is_refused() {
        let number = "440106198812054321";
        for (pin, expected) in [
            ("12345", Err(WeakPin::Form)),
            ("1234567", Err(WeakPin::Form)),
            ("12a456", Err(WeakPin::Form)),
            ("１２３４５６", Err(WeakPin::Form)),
            ("000000", Err(WeakPin::Row)),
            ("121212", Err(WeakPin::Row)),
            ("507507", Err(WeakPin::Row)),
            ("345678", Err(WeakPin::Row)),
            ("987654", Err(WeakPin::Row)),
            ("881205", Err(WeakPin::Telling)),
            ("198812", Err(WeakPin::Telling)),
            ("051288", Err(WeakPin::Telling)),
            ("120588", Err(WeakPin::Telling)),
            ("054321", Err(WeakPin::Telling)),
            ("380013", Err(WeakPin::Telling)),
            ("147258", Err(WeakPin::Common)),
            ("702946", Ok(())),
        ] {
            assert_eq!(acceptable(&Secret::new(pin), number, Some("+8613800138000")), expected, "{pin}");
        }
    }

    #[tokio::test]
    async fn six_wrong_ones_block_it_until_a_new_one_is_set() {
        let trial = Trial::new().await;
        let person = trial.person().await;
        let visit = trial.visit();
        let tries = async || {
            let mut tx = trial.db.begin().await.unwrap();
            let hash = try_once(&mut tx, person).await.unwrap();
            tx.commit().await.unwrap();
            hash
        };
        assert_eq!(tries().await, None, "there is none yet");
        for hash in ["first", "second"] {
            let mut tx = trial.db.begin().await.unwrap();
            set(&mut tx, &trial.keys, &visit, person, hash).await.unwrap();
            tx.commit().await.unwrap();
            for _ in 0..TRIES {
                assert_eq!(is_blocked(&mut &trial.db, person).await.unwrap(), Some(false));
                assert_eq!(tries().await.as_deref(), Some(hash));
            }
            assert_eq!(tries().await, None, "blocked");
            assert_eq!(is_blocked(&mut &trial.db, person).await.unwrap(), Some(true));
        }
    }

    #[tokio::test]
    async fn a_right_one_begins_anew() {
        let trial = Trial::new().await;
        let person = trial.person().await;
        let mut tx = trial.db.begin().await.unwrap();
        set(&mut tx, &trial.keys, &trial.visit(), person, "hash").await.unwrap();
        for _ in 0..3 {
            for _ in 1..TRIES {
                assert!(try_once(&mut tx, person).await.unwrap().is_some());
            }
            passed(&mut tx, person).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(is_blocked(&mut &trial.db, person).await.unwrap(), Some(false));
    }
}
