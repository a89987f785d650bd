//! Verifications that a register could not finish: kept until it answers, then until the person comes back.
//!
//! Nothing is granted while one waits. When the register has said yes, the same number, name and phone are taken
//! for matched for a while, so that the person does not depend on the register a second time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Error;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Language, Moment, PersonName, Phone, Visit, words};
use crate::crypto::{DataKeys, Place, Unopenable};
use crate::db::{self, Read, Tx, values};

/// How long the register has time to answer.
pub const WAITS: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long the person has time to come back.
pub const HOLDS: Duration = Duration::from_secs(24 * 3600);
/// The pause before the register is asked again; it doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What somebody says of themselves, by a phone that they have proven.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub number: OfficialNumber,
    pub name: PersonName,
    pub phone: Phone,
}

/// A verification that is to be looked at.
#[derive(Clone, Debug)]
pub struct Verification {
    pub id: Uuid,
    pub claimed: Claimed,
    /// In which the person is told how it ends.
    pub language: Language,
    pub state: VerificationState,
    pub expires_at: Moment,
    tries: u32,
}

words! {
    /// Waiting → matched → gone. What was refused, used or is over is deleted: nothing rests on it.
    VerificationState {
        /// No register has answered yet.
        Waiting = "waiting",
        /// The registers said yes, and the person may come back.
        Matched = "matched",
    }
}

/// [`Claimed`] as it is encrypted.
#[derive(Serialize, Deserialize)]
struct Subject<'a> {
    kind: &'a str,
    number: &'a str,
    name: &'a str,
    phone: &'a str,
}

/// The registers' yes as it is encrypted.
#[derive(Serialize, Deserialize)]
struct Match {
    reference: String,
    until: Moment,
}

/// Keeps what was claimed until the register answers; `false` if it is kept already. What is over begins anew.
pub async fn wait(tx: &mut Tx, keys: &DataKeys, visit: &Visit, claimed: &Claimed) -> Result<bool, Error> {
    let id = visit.id();
    let subject = Subject {
        kind: claimed.number.kind().as_str(),
        number: claimed.number.as_str(),
        name: claimed.name.as_str(),
        phone: claimed.phone.as_str(),
    };
    let subject = keys.encrypt(&visit.chance, place(&id, "subject"), &json(&subject)?)?;
    let digest = digests(keys, claimed).next().ok_or(Unopenable)?;
    let written = tx
        .execute(
            "insert into pending_verification (id, digest, subject, language, state, tries, due_at, expires_at)
             values ($1, $2, $3, $4, 'waiting', 0, $5, $6)
             on conflict (digest) do update set id = excluded.id, subject = excluded.subject, found = null,
               language = excluded.language, state = 'waiting', tries = 0, due_at = excluded.due_at,
               expires_at = excluded.expires_at
             where pending_verification.expires_at <= $7",
            values![
                id,
                &digest,
                &subject,
                visit.language.tag(),
                visit.now.plus(FIRST_PAUSE),
                visit.now.plus(WAITS),
                visit.now
            ],
        )
        .await?;
    Ok(written == 1)
}

/// At most `most` verifications that are to be looked at by now, the longest due first.
pub async fn due(
    read: &mut impl Read,
    keys: &DataKeys,
    now: Moment,
    most: i64,
) -> Result<Vec<Verification>, Error> {
    let rows = read
        .all(
            "select id, subject, language, state, tries, expires_at from pending_verification
             where due_at <= $1 order by due_at limit $2",
            values![now, most],
            |row| {
                Ok((
                    row.get::<Uuid>(0)?,
                    row.get::<Vec<u8>>(1)?,
                    row.get::<String>(2)?,
                    row.word::<VerificationState>(3, "pending_verification")?,
                    row.get::<i64>(4)?,
                    row.moment(5)?,
                ))
            },
        )
        .await?;
    rows.into_iter()
        .map(|(id, subject, language, state, tries, expires_at)| {
            let claimed = opened(keys, &id, &subject)?;
            let language = Language::from_tag(&language).unwrap_or_default();
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            Ok(Verification { id, claimed, language, state, expires_at, tries })
        })
        .collect()
}

/// Looks at it again later: no answer came this time either.
pub async fn put_off(tx: &mut Tx, visit: &Visit, verification: &Verification) -> Result<(), Error> {
    let pause = FIRST_PAUSE.saturating_mul(1 << verification.tries.min(10)).min(LONGEST_PAUSE);
    let due_at = visit.now.plus(pause).min(verification.expires_at);
    tx.execute(
        "update pending_verification set tries = tries + 1, due_at = $2 where id = $1 and state = 'waiting'",
        values![verification.id, due_at],
    )
    .await?;
    Ok(())
}

/// The registers said yes. `false` if it has ended meanwhile.
pub async fn matched(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    reference: &str,
) -> Result<bool, Error> {
    let until = visit.now.plus(HOLDS);
    let found = json(&Match { reference: reference.to_owned(), until })?;
    let found = keys.encrypt(&visit.chance, place(&id, "found"), &found)?;
    let changed = tx
        .execute(
            "update pending_verification set state = 'matched', found = $2, due_at = $3, expires_at = $3
             where id = $1 and state = 'waiting'",
            values![id, &found, until],
        )
        .await?;
    Ok(changed == 1)
}

/// Ends it in the state it was seen in, without a match or without its use. `false` if it was not so any more.
pub async fn end(tx: &mut Tx, verification: &Verification) -> Result<bool, Error> {
    let (id, state) = (verification.id, verification.state.as_str());
    let deleted = tx
        .execute("delete from pending_verification where id = $1 and state = $2", values![id, state])
        .await?;
    Ok(deleted == 1)
}

/// The reference of a match that was found for exactly this after the person had left.
pub async fn find_match(
    read: &mut impl Read,
    keys: &DataKeys,
    now: Moment,
    claimed: &Claimed,
) -> Result<Option<String>, Error> {
    for digest in digests(keys, claimed) {
        let row = read
            .optional(
                "select id, found from pending_verification where digest = $1 and state = 'matched'",
                values![&digest],
                |row| Ok((row.get::<Uuid>(0)?, row.get::<Vec<u8>>(1)?)),
            )
            .await?;
        if let Some((id, found)) = row {
            let found: Match = read_json(&keys.decrypt(place(&id, "found"), &found)?)?;
            return Ok((now < found.until).then_some(found.reference));
        }
    }
    Ok(None)
}

/// What was claimed has led to an account: nothing is left to be verified.
pub async fn settle(tx: &mut Tx, keys: &DataKeys, claimed: &Claimed) -> Result<(), Error> {
    for digest in digests(keys, claimed) {
        tx.execute("delete from pending_verification where digest = $1", values![&digest]).await?;
    }
    Ok(())
}

/// Under each live key, newest first; the name as it is compared.
fn digests(keys: &DataKeys, claimed: &Claimed) -> impl Iterator<Item = Vec<u8>> {
    let Claimed { number, name, phone } = claimed;
    let text = format!("{}|{}|{}|{}", number.kind().as_str(), number.as_str(), phone.as_str(), name.folded());
    keys.blind("verification", &text).into_iter().map(|index| index.digest)
}

fn opened(keys: &DataKeys, id: &Uuid, subject: &[u8]) -> Result<Claimed, Error> {
    let text = keys.decrypt(place(id, "subject"), subject)?;
    let subject: Subject<'_> = read_json(&text)?;
    let claimed = || {
        let kind = subject.kind.parse::<NumberKind>().ok()?;
        let number = OfficialNumber::from_stored(kind, subject.number).ok()?;
        let (name, phone) = (PersonName::parse(subject.name).ok()?, Phone::parse(subject.phone).ok()?);
        Some(Claimed { number, name, phone })
    };
    claimed().ok_or_else(|| db::Error::corrupt("pending_verification", "subject").into())
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value)
        .map_err(|_| db::Error::corrupt("pending_verification", "cannot be written").into())
}

fn read_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    // serde's words may repeat the value.
    serde_json::from_str(text)
        .map_err(|_| db::Error::corrupt("pending_verification", "cannot be read").into())
}

fn place<'a>(id: &'a Uuid, column: &'static str) -> Place<'a> {
    Place { table: "pending_verification", column, row: id.as_bytes() }
}
