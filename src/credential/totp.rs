//! Codes of an authenticator app (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, which is all that most apps
//! know. Each code counts once, also of two uses at once.

use aws_lc_rs::hmac;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Error, Refused};
use crate::audit::{self, About, Event};
use crate::base::{Chance, Moment, Secret, Visit};
use crate::crypto::{DataKeys, Place, base64url, equal, from_base64url};
use crate::db::{Read, Tx, values};

/// Seconds of one time step.
const STEP: i64 = 30;
/// Clocks of phones go wrong: the codes of so many steps before and after count too (RFC 6238 section 5.2).
const SKEW: i64 = 1;
/// As many bytes as the hash has (RFC 4226 section 4, R6).
const BYTES: usize = 20;

/// The secret that the app shares with us.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; BYTES]>);

impl Seed {
    pub fn new(chance: &Chance) -> Self {
        Self(Zeroizing::new(chance.bytes()))
    }

    /// For typing into an app: base32 (RFC 4648 section 6). 20 bytes need no padding.
    pub fn base32(&self) -> Secret {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text = String::with_capacity(BYTES * 8 / 5);
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            text.extend((0..8).rev().map(|i| char::from(ALPHABET[(bits >> (i * 5) & 31) as usize])));
        }
        Secret::new(text)
    }

    /// For keeping, under a cipher.
    pub fn written(&self) -> Secret {
        Secret::new(base64url(self.0.as_ref()))
    }

    /// `None` if it was not written by [`Seed::written`].
    pub fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(from_base64url(text)?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The code of a moment.
    pub fn code_at(&self, at: Moment) -> Secret {
        self.code(step_of(at))
    }

    /// The code of a time step (RFC 4226 section 5.3).
    fn code(&self, step: i64) -> Secret {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.as_ref());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[19] & 15);
        let number = tag[offset..offset + 4].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
        Secret::new(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
    }

    /// The time step whose code was typed, if there is one near `now` and after `last`.
    fn step_typed(&self, typed: &Secret, now: Moment, last: i64) -> Option<i64> {
        let near = step_of(now) - SKEW..=step_of(now) + SKEW;
        near.filter(|step| *step > last)
            .find(|step| equal(self.code(*step).reveal().as_bytes(), typed.reveal().as_bytes()))
    }
}

fn step_of(at: Moment) -> i64 {
    at.seconds().div_euclid(STEP)
}

/// Adds the app that shows `code` to the person's account, in place of the one before. The code that proves
/// it is used up by that.
pub async fn add(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    seed: &Seed,
    code: &Secret,
) -> Result<(), Error> {
    let step = seed.step_typed(code, visit.now, i64::MIN).ok_or(Refused::Wrong)?;
    let secret = keys.encrypt(&visit.chance, place(&person), seed.written().reveal())?;
    tx.execute(
        "insert into totp (person, secret, last_step, created_at) values ($1, $2, $3, $4)
         on conflict (person) do update set secret = excluded.secret, last_step = excluded.last_step,
           created_at = excluded.created_at, used_at = null",
        values![person, &secret, step, visit.now],
    )
    .await?;
    Ok(audit::record(tx, keys, visit, Event::TotpAdded, about(person)).await?)
}

/// A code that was right, before it is used up.
pub struct Shown {
    person: Uuid,
    /// The secret as the row has it.
    secret: Vec<u8>,
    step: i64,
}

/// `None` if the code is wrong, too old or used already, or the person has no app.
pub async fn look(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    code: &Secret,
) -> Result<Option<Shown>, Error> {
    let kept = read
        .optional("select secret, last_step from totp where person = $1", values![person], |row| {
            Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?))
        })
        .await?;
    let Some((secret, last)) = kept else { return Ok(None) };
    let seed = Seed::read(&keys.decrypt(place(&person), &secret)?).ok_or(Refused::Malformed)?;
    Ok(seed.step_typed(code, visit.now, last).map(|step| Shown { person, secret, step }))
}

impl Shown {
    /// Uses the code up; false if that was done since it was looked at. Of two at once one gets it.
    pub async fn spend(self, tx: &mut Tx, visit: &Visit) -> Result<bool, Error> {
        let taken = tx
            .execute(
                "update totp set last_step = $3, used_at = $4
                 where person = $1 and secret = $2 and last_step < $3",
                values![self.person, &self.secret, self.step, visit.now],
            )
            .await?;
        Ok(taken == 1)
    }
}

/// When the person's app was added.
pub async fn added_at(read: &mut impl Read, person: Uuid) -> Result<Option<Moment>, Error> {
    let sql = "select created_at from totp where person = $1";
    Ok(read.optional(sql, values![person], |row| row.moment(0)).await?)
}

/// Removes the person's app; false if there is none. Whether it may go, [`super::factors`] says.
pub(super) async fn remove(tx: &mut Tx, person: Uuid) -> Result<bool, Error> {
    Ok(tx.execute("delete from totp where person = $1", values![person]).await? == 1)
}

fn about(person: Uuid) -> About<'static> {
    About { person: Some(person), client: None }
}

fn place(person: &Uuid) -> Place<'_> {
    Place { table: "totp", column: "secret", row: person.as_bytes() }
}

#[cfg(test)]
#[path = "totp_tests.rs"]
mod tests;
