//! What the grants of a session tell about it: at which relying systems it was used, as whom.

use uuid::Uuid;

use super::Error;
use crate::db::{Read, Tx, values};

/// The clients that have a grant in the session, each with the subject it knows. One row a (client, subject),
/// however often a person came there; revoked grants count, since the relying system's own session may live.
pub async fn clients_in(read: &mut impl Read, session: Uuid) -> Result<Vec<(String, String)>, Error> {
    Ok(read
        .all(
            "select distinct client, sub from grants where session = $1 order by client, sub",
            values![session],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .await?)
}

/// The clients in use in each session of a person that has not ended: (session, client).
pub async fn clients_of(read: &mut impl Read, person: Uuid) -> Result<Vec<(Uuid, String)>, Error> {
    Ok(read
        .all(
            "select distinct g.session, g.client from grants g join session s on s.id = g.session
             where g.person = $1 and g.state = 'active' and s.ended_at is null
             order by g.session, g.client limit 1000",
            values![person],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .await?)
}

/// Revokes what the client was given in the session, but not `offline_access`, which is meant to outlive it
/// (OpenID Connect Back-Channel Logout section 2.7). Tells how many grants went.
pub async fn revoke_in(tx: &mut Tx, session: Uuid, client: &str) -> Result<u64, Error> {
    Ok(tx
        .execute(
            "update grants set state = 'revoked' where session = $1 and client = $2 and state = 'active'
               and ' ' || scopes || ' ' not like '% offline_access %'",
            values![session, client],
        )
        .await?)
}

/// Whether the client was given something about the subject in the session since `id` was made, and still has
/// it.
pub async fn given_since(
    read: &mut impl Read,
    session: Uuid,
    client: &str,
    sub: &str,
    id: Uuid,
) -> Result<bool, Error> {
    let found = read
        .optional(
            "select id from grants where session = $1 and client = $2 and sub = $3 and id >= $4
               and state = 'active' limit 1",
            values![session, client, sub, id],
            |_| Ok(()),
        )
        .await?;
    Ok(found.is_some())
}
