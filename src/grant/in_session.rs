//! What the grants of a session tell about it: at which relying systems it was used, as whom.

use uuid::Uuid;

use super::Error;
use crate::base::Scopes;
use crate::db::{Read, Tx, values};

/// A sign-in at a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub client: String,
    pub sub: String,
    /// Whether the subject is somebody whom the person represents.
    pub represented: bool,
}

/// The clients that have a grant in the session, each with the subject it knows. One row a (client, subject),
/// however often a person came there; revoked grants count, since the relying system's own session may live.
pub async fn clients_in(read: &mut impl Read, session: Uuid) -> Result<Vec<SignedIn>, Error> {
    Ok(read
        .all(
            "select distinct client, sub, act_sub is not null from grants where session = $1
             order by client, sub",
            values![session],
            |row| Ok(SignedIn { client: row.get(0)?, sub: row.get(1)?, represented: row.get(2)? }),
        )
        .await?)
}

/// The sign-ins that rest on a mandate of `represented`, each with its session and person.
pub async fn clients_under(
    read: &mut impl Read,
    represented: Uuid,
    mandate: Uuid,
) -> Result<Vec<(Uuid, Uuid, SignedIn)>, Error> {
    Ok(read
        .all(
            "select distinct session, person, client, sub from grants
             where represented = $1 and mandate = $2 and state = 'active' limit 1000",
            values![represented, mandate],
            |row| {
                let signed_in = SignedIn { client: row.get(2)?, sub: row.get(3)?, represented: true };
                Ok((row.get(0)?, row.get(1)?, signed_in))
            },
        )
        .await?)
}

/// Up to 500 of the sign-ins that rest on a mandate of an organization, or on one that it passed on as an agency, each
/// with its session and person, in order; after `after`.
pub async fn clients_acting_for(
    read: &mut impl Read,
    organization: Uuid,
    after: Option<&(Uuid, Uuid, SignedIn)>,
) -> Result<Vec<(Uuid, Uuid, SignedIn)>, Error> {
    let (session, client, sub) = match after {
        Some((session, _, SignedIn { client, sub, .. })) => (*session, client.as_str(), sub.as_str()),
        None => (Uuid::nil(), "", ""),
    };
    Ok(read
        .all(
            "select session, person, client, sub from (
               select session, person, client, sub from grants where represented = $1 and state = 'active'
               union
               select g.session, g.person, g.client, g.sub from mandate agency
                 join mandate m on m.parent = agency.id
                 join grants g on g.represented = m.grantor and g.mandate = m.id
                 where agency.grantee = $1 and agency.grantee_kind = 'organization' and g.state = 'active'
             ) acting where (session, client, sub) > ($2, $3, $4) order by session, client, sub limit 500",
            values![organization, session, client, sub],
            |row| {
                let signed_in = SignedIn { client: row.get(2)?, sub: row.get(3)?, represented: true };
                Ok((row.get(0)?, row.get(1)?, signed_in))
            },
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

/// The grants of a person whose session nobody has ended: (grant, session), the newest first; a thousand at most.
pub async fn sessions_of(read: &mut impl Read, person: Uuid) -> Result<Vec<(Uuid, Uuid)>, Error> {
    Ok(read
        .all(
            "select g.id, g.session from grants g join session s on s.id = g.session
             where g.person = $1 and g.state = 'active' and s.ended_at is null
             order by g.id desc limit 1000",
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

/// Revokes everything a person ever gave, also what was to outlive their sessions: somebody else may have had
/// a hand in it. Tells how many grants went.
pub async fn revoke_all(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    let revoke = "update grants set state = 'revoked' where person = $1 and state = 'active'";
    Ok(tx.execute(revoke, values![person]).await?)
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

/// Revokes everything that was given to a terminal, whatever it was to outlive. Tells how many grants went.
pub async fn revoke_at_terminal(tx: &mut Tx, terminal: Uuid) -> Result<u64, Error> {
    let revoke = "update grants set state = 'revoked' where terminal = $1 and state = 'active'";
    Ok(tx.execute(revoke, values![terminal]).await?)
}

/// Session and person of a grant, if both the grant and its session are this terminal's.
pub async fn session_at(
    read: &mut impl Read,
    grant: Uuid,
    terminal: Uuid,
) -> Result<Option<(Uuid, Uuid)>, Error> {
    Ok(read
        .optional(
            "select s.id, s.person from grants g join session s on s.id = g.session
             where g.id = $1 and g.terminal = $2 and s.terminal = $2",
            values![grant, terminal],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .await?)
}

/// Revokes everything that a client was given about an account, whoever acted for it. Tells how many grants went.
pub async fn revoke_at(tx: &mut Tx, account: Uuid, client: &str) -> Result<u64, Error> {
    let own = "update grants set state = 'revoked'
               where person = $1 and client = $2 and state = 'active' and represented is null";
    let acted =
        "update grants set state = 'revoked' where represented = $1 and client = $2 and state = 'active'";
    Ok(tx.execute(own, values![account, client]).await? + tx.execute(acted, values![account, client]).await?)
}

/// To whom something of an account was given since `id` was made: client, grant and scopes; the newest first, two
/// hundred at most.
pub async fn told_since(
    read: &mut impl Read,
    account: Uuid,
    id: Uuid,
) -> Result<Vec<(String, Uuid, Scopes)>, Error> {
    Ok(read
        .all(
            "select client, id, scopes from grants
             where id >= $2 and (represented = $1 or (person = $1 and represented is null))
             order by id desc limit 200",
            values![account, id],
            |row| Ok((row.get(0)?, row.get(1)?, Scopes::parse(&row.get::<String>(2)?))),
        )
        .await?)
}
