//! Sessions as the person they belong to sees them.

use std::time::Duration;

use uuid::Uuid;

use super::Error;
use crate::base::{Channel, Moment, Visit};
use crate::config;
use crate::db::{Read, values};

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
}

/// Those that are alive, what was used last first; fifty at most.
pub async fn list(
    read: &mut impl Read,
    visit: &Visit,
    person: Uuid,
    policy: &config::Session,
) -> Result<Vec<OwnSession>, Error> {
    let idle_since = visit.now.minus(Duration::from_secs(policy.idle_minutes * 60));
    Ok(read
        .all(
            "select id, channel, device, network, coalesce(started_at, authenticated_at), seen_at from session
             where person = $1 and ended_at is null and expires_at > $2 and seen_at > $3
             order by seen_at desc, id desc limit 50",
            values![person, visit.now, idle_since],
            |row| {
                Ok(OwnSession {
                    id: row.get(0)?,
                    channel: row.word(1, "session")?,
                    device: row.get(2)?,
                    network: row.get(3)?,
                    started_at: row.moment(4)?,
                    seen_at: row.moment(5)?,
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
