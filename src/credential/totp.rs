//! Codes of an authenticator app (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, which is all that most apps
//! know. Each code counts once, also of two uses at once.

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::holder::held;
use super::{Error, Holder, Refused};
use crate::audit::{self, Event};
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

/// Adds the app that shows `code` to the holder's factors, in place of the one before. The code that proves
/// it is used up by that.
pub async fn add(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    holder: Holder,
    seed: &Seed,
    code: &Secret,
) -> Result<(), Error> {
    let step = seed.step_typed(code, visit.now, i64::MIN).ok_or(Refused::Wrong)?;
    let secret = keys.encrypt(&visit.chance, place(&holder.id(), holder), seed.written().reveal())?;
    tx.execute(insertion(holder), values![holder.id(), &secret, step, visit.now]).await?;
    Ok(audit::record(tx, keys, visit, Event::TotpAdded, holder.about()).await?)
}

/// The form that apps read from a QR code. `name` stands beside the code in the app: for a person the masked
/// name, so that who looks over a shoulder learns no number.
pub fn address(service: &str, name: &str, secret: &Secret) -> Secret {
    // A space as %20: apps do not read the plus of forms.
    let escaped =
        |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (service, name) = (escaped(service), escaped(name));
    Secret::new(format!("otpauth://totp/{service}:{name}?secret={}&issuer={service}", secret.reveal()))
}

/// A code that was right, before it is used up.
pub struct Shown {
    holder: Holder,
    /// The secret as the row has it.
    secret: Vec<u8>,
    step: i64,
}

/// `None` if the code is wrong, too old or used already, or the holder has no app.
pub async fn look(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    holder: Holder,
    code: &Secret,
) -> Result<Option<Shown>, Error> {
    let kept = read
        .optional(
            held!(holder, "select secret, last_step from ", "totp", " where ", " = $1"),
            values![holder.id()],
            |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?)),
        )
        .await?;
    let Some((secret, last)) = kept else { return Ok(None) };
    let seed = Seed::read(&keys.decrypt(place(&holder.id(), holder), &secret)?).ok_or(Refused::Malformed)?;
    Ok(seed.step_typed(code, visit.now, last).map(|step| Shown { holder, secret, step }))
}

impl Shown {
    /// Uses the code up; false if that was done since it was looked at. Of two at once one gets it.
    pub async fn spend(self, tx: &mut Tx, visit: &Visit) -> Result<bool, Error> {
        let taken = tx
            .execute(
                held!(
                    self.holder,
                    "update ",
                    "totp",
                    " set last_step = $3, used_at = $4 where secret = $2 and last_step < $3 and ",
                    " = $1"
                ),
                values![self.holder.id(), &self.secret, self.step, visit.now],
            )
            .await?;
        Ok(taken == 1)
    }
}

/// When the holder's app was added.
pub async fn added_at(read: &mut impl Read, holder: Holder) -> Result<Option<Moment>, Error> {
    let sql = held!(holder, "select created_at from ", "totp", " where ", " = $1");
    Ok(read.optional(sql, values![holder.id()], |row| row.moment(0)).await?)
}

/// Removes the holder's app; false if there is none. Whether a person's may go, [`super::factors`] says.
pub async fn remove(tx: &mut Tx, holder: Holder) -> Result<bool, Error> {
    let delete = held!(holder, "delete from ", "totp", " where ", " = $1");
    Ok(tx.execute(delete, values![holder.id()]).await? == 1)
}

const fn insertion(holder: Holder) -> &'static str {
    match holder {
        Holder::Person(_) => {
            "insert into totp (person, secret, last_step, created_at) values ($1, $2, $3, $4)
             on conflict (person) do update set secret = excluded.secret, last_step = excluded.last_step,
               created_at = excluded.created_at, used_at = null"
        }
        Holder::Operator(_) => {
            "insert into operator_totp (operator, secret, last_step, created_at) values ($1, $2, $3, $4)
             on conflict (operator) do update set secret = excluded.secret, last_step = excluded.last_step,
               created_at = excluded.created_at, used_at = null"
        }
    }
}

fn place(id: &uuid::Uuid, holder: Holder) -> Place<'_> {
    let table = match holder {
        Holder::Person(_) => "totp",
        Holder::Operator(_) => "operator_totp",
    };
    Place { table, column: "secret", row: id.as_bytes() }
}

#[cfg(test)]
#[path = "totp_tests.rs"]
mod tests;
