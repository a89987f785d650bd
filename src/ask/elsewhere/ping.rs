//! Clients that are to be told that a request has been answered (OpenID CIBA section 10.2): rows, written with
//! the answer. `next_at` is the claim.

use std::time::Duration;

use uuid::Uuid;

use super::{Request, holder};
use crate::base::{Moment, Secret, Visit};
use crate::crypto::{DataKeys, Place, Unopenable};
use crate::db::{self, Read, Tx, values};

/// After the first attempt, at once, how long until each next one. By then the client has asked by itself.
const NEXT_AFTER: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(60), Duration::from_secs(300)];

#[derive(Clone, Debug)]
pub struct Ping {
    pub request: Uuid,
    pub client: String,
    /// The client's terminal that asked, if one did.
    terminal: Option<Uuid>,
    /// What the client gave for being told.
    token: Vec<u8>,
    attempts: u32,
    next_at: Moment,
    pub expires_at: Moment,
}

/// The token as it is kept.
pub fn sealed(visit: &Visit, keys: &DataKeys, request: Uuid, token: &Secret) -> Result<Vec<u8>, Unopenable> {
    keys.encrypt(&visit.chance, place(&request), token.reveal())
}

/// Arranges for the client to be told, if it wants that.
pub(super) async fn enqueue(tx: &mut Tx, visit: &Visit, request: &Request) -> Result<(), db::Error> {
    let token = request.back_channel.as_ref().and_then(|asking| asking.notification_token.as_ref());
    let Some(token) = token else { return Ok(()) };
    tx.execute(
        "insert into ping (request, client, terminal, token, attempts, next_at, expires_at)
         values ($1, $2, $3, $4, 0, $5, $6)",
        values![
            request.id,
            &request.ask.client_id,
            request.terminal.as_ref().map(|terminal| terminal.id),
            token,
            visit.now,
            request.expires_at
        ],
    )
    .await?;
    Ok(())
}

/// What is due, what waits longest first.
pub async fn due(read: &mut impl Read, now: Moment) -> Result<Vec<Ping>, db::Error> {
    read.all(
        "select request, client, terminal, token, attempts, next_at, expires_at from ping
         where next_at <= $1 order by next_at limit 64",
        values![now],
        |row| {
            Ok(Ping {
                request: row.get(0)?,
                client: row.get(1)?,
                terminal: row.get(2)?,
                token: row.get(3)?,
                attempts: u32::try_from(row.get::<i64>(4)?).map_err(|e| db::Error::corrupt("ping", e))?,
                next_at: row.moment(5)?,
                expires_at: row.moment(6)?,
            })
        },
    )
    .await
}

/// Takes the next attempt by arranging for the one after it; `false` if another node was faster.
pub async fn claim(tx: &mut Tx, now: Moment, ping: &Ping) -> Result<bool, db::Error> {
    let wait = NEXT_AFTER.get(ping.attempts as usize).copied().unwrap_or(NEXT_AFTER[0]);
    let claimed = tx
        .execute(
            "update ping set attempts = attempts + 1, next_at = $3 where request = $1 and next_at = $2",
            values![ping.request, ping.next_at, now.plus(wait)],
        )
        .await?;
    Ok(claimed == 1)
}

/// It arrived, or there is no sense in trying on.
pub async fn done(tx: &mut Tx, request: Uuid) -> Result<(), db::Error> {
    tx.execute("delete from ping where request = $1", values![request]).await?;
    Ok(())
}

impl Ping {
    /// Who waits: what the ticket was made out to.
    pub fn holder(&self) -> String {
        holder(self.terminal, &self.client)
    }

    pub fn token(&self, keys: &DataKeys) -> Result<Secret, Unopenable> {
        Ok(Secret::new(keys.decrypt(place(&self.request), &self.token)?.as_str()))
    }

    /// Whether this attempt, if it fails too, is followed by another.
    pub fn is_last(&self, now: Moment) -> bool {
        self.attempts as usize >= NEXT_AFTER.len() || now >= self.expires_at
    }
}

fn place(request: &Uuid) -> Place<'_> {
    Place { table: "ping", column: "token", row: request.as_bytes() }
}
