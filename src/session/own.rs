//! Sessions as the person they belong to sees them.

use uuid::Uuid;

use super::Error;
use crate::base::{Channel, Moment, Visit};
use crate::config::Config;
use crate::db::{self, Read, values};

/// One of a person's sessions that are alive.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub id: Uuid,
    pub channel: Channel,
    /// Words of [`crate::base::Device`]; empty if it said nothing we know.
    pub device: String,
    /// The beginning of the address it was begun from; empty for one that is older than this column.
    pub network: String,
    pub started_at: Moment,
    pub seen_at: Moment,
    /// Whether a phone lent its sign-in.
    pub lent: bool,
    /// The machine it is at, if that is an enrolled one.
    pub terminal: Option<Uuid>,
}

/// A visit to a machine, over or not.
#[derive(Clone, Debug)]
pub struct AtTerminal {
    pub terminal: Uuid,
    pub started_at: Moment,
    pub ended_at: Option<Moment>,
}

/// Those that are alive, what was used last first; fifty at most.
pub async fn list(
    read: &mut impl Read,
    visit: &Visit,
    person: Uuid,
    config: &Config,
) -> Result<Vec<OwnSession>, Error> {
    // The longest of all idle times sorts out what is long over; the rest is looked at one by one.
    let longest = Channel::ALL.into_iter().map(|channel| config.idle_time(channel)).max().unwrap_or_default();
    let mut found = read
        .all(
            "select id, channel, device, network, coalesce(started_at, authenticated_at), seen_at,
                    lent_by is not null, terminal from session
             where person = $1 and ended_at is null and expires_at > $2 and seen_at > $3
             order by seen_at desc, id desc limit 50",
            values![person, visit.now, visit.now.minus(longest)],
            |row| {
                Ok(OwnSession {
                    id: row.get(0)?,
                    channel: row.word(1, "session")?,
                    device: row.get(2)?,
                    network: row.get(3)?,
                    started_at: row.moment(4)?,
                    seen_at: row.moment(5)?,
                    lent: row.get(6)?,
                    terminal: row.get(7)?,
                })
            },
        )
        .await?;
    found.retain(|own| visit.now.since(own.seen_at) < config.idle_time(own.channel));
    Ok(found)
}

/// The machines where a person was signed in, the latest first; twenty at most.
pub async fn terminals_used(read: &mut impl Read, person: Uuid) -> Result<Vec<AtTerminal>, Error> {
    Ok(read
        .all(
            "select terminal, coalesce(started_at, authenticated_at), ended_at from session
             where person = $1 and terminal is not null order by id desc limit 20",
            values![person],
            |row| {
                Ok(AtTerminal {
                    terminal: row.get(0)?,
                    started_at: row.moment(1)?,
                    ended_at: row.optional_moment(2)?,
                })
            },
        )
        .await?)
}

/// All that are not over, idle ones too: their relying systems may not know that nobody is there.
pub async fn not_ended(read: &mut impl Read, visit: &Visit, person: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(read
        .all(
            "select id from session where person = $1 and ended_at is null and expires_at > $2 order by id",
            values![person, visit.now],
            |row| row.get(0),
        )
        .await?)
}

/// Whose session it is, if nobody has ended it.
pub async fn person_of(read: &mut impl Read, id: Uuid) -> Result<Option<Uuid>, Error> {
    Ok(read
        .optional("select person from session where id = $1 and ended_at is null", values![id], |row| {
            row.get(0)
        })
        .await?)
}

/// The sessions that were begun at a terminal and are not over, each with its person; the oldest thousand.
pub async fn at_terminal(
    read: &mut impl Read,
    visit: &Visit,
    terminal: Uuid,
) -> Result<Vec<(Uuid, Uuid)>, Error> {
    Ok(read
        .all(
            "select id, person from session
             where terminal = $1 and ended_at is null and expires_at > $2 order by id limit 1000",
            values![terminal, visit.now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .await?)
}

/// The sessions of a shared channel in which nobody has been since `idle_since`, each with its person; a hundred at
/// most. Those that are older than a day were ended or are over by themselves.
pub async fn idle_on_shared(
    read: &mut impl Read,
    visit: &Visit,
    channel: Channel,
    idle_since: Moment,
) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let idle = match channel {
        Channel::Kiosk => {
            "select id, person from session
             where channel = 'kiosk' and ended_at is null and seen_at <= $1 and expires_at > $2 limit 100"
        }
        Channel::Counter => {
            "select id, person from session
             where channel = 'counter' and ended_at is null and seen_at <= $1 and expires_at > $2 limit 100"
        }
        _ => return Ok(Vec::new()),
    };
    let map = |row: &db::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(read.all(idle, values![idle_since, visit.now], map).await?)
}

/// Those of a person that have not ended and rest on a proof that has `mark` in it.
pub async fn resting_on(read: &mut impl Read, person: Uuid, mark: &str) -> Result<Vec<Uuid>, Error> {
    let sessions = read
        .all(
            "select id, proofs from session where person = $1 and ended_at is null order by id limit 1000",
            values![person],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    Ok(sessions.into_iter().filter(|(_, proofs)| proofs.contains(mark)).map(|(id, _)| id).collect())
}
