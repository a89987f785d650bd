//! Subject ids: random, in a table by (account, sector), never computed, so that they survive a merge.

use uuid::Uuid;

use super::Error;
use crate::base::Visit;
use crate::db::{Read, Tx, values};

/// The primary subject of an account in a sector, if it has one yet.
pub async fn known_sub(read: &mut impl Read, account: Uuid, sector: &str) -> Result<Option<String>, Error> {
    Ok(read
        .optional(
            "select sub from subject where account = $1 and sector = $2 and role = 'primary'",
            values![account, sector],
            |row| row.get::<String>(0),
        )
        .await?)
}

/// The primary subjects of two accounts in a sector, in one look.
pub async fn subs_of(
    read: &mut impl Read,
    (one, other): (Uuid, Uuid),
    sector: &str,
) -> Result<(Option<String>, Option<String>), Error> {
    let found = read
        .all(
            "select account, sub from subject
             where account in ($1, $2) and sector = $3 and role = 'primary'",
            values![one, other, sector],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    let of = |account| found.iter().find(|(id, _)| *id == account).map(|(_, sub)| sub.clone());
    Ok((of(one), of(other)))
}

/// The primary subject, made if it is the first time; simultaneous callers get the same one.
pub async fn sub_or_new(tx: &mut Tx, visit: &Visit, account: Uuid, sector: &str) -> Result<String, Error> {
    let fresh = visit.chance.id().to_string();
    tx.execute(
        "insert into subject (sub, account, sector, role, created_at) values ($1, $2, $3, 'primary', $4)
         on conflict do nothing",
        values![&fresh, account, sector, visit.now],
    )
    .await?;
    Ok(known_sub(tx, account, sector).await?.unwrap_or(fresh))
}

/// The account behind a subject, primary or alias.
pub async fn account_of(read: &mut impl Read, sub: &str) -> Result<Option<Uuid>, Error> {
    Ok(read
        .optional("select account from subject where sub = $1", values![sub], |row| row.get::<Uuid>(0))
        .await?)
}
