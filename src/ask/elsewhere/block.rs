//! Whom a person does not want to be asked by for a while.

use uuid::Uuid;

use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// From now until then requests of this client are not shown to the person. The client does not learn of it.
pub async fn block(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    client: &str,
    until: Moment,
) -> Result<(), audit::Error> {
    tx.execute(
        "insert into request_block (person, client, until) values ($1, $2, $3)
         on conflict (person, client) do update set until = $3",
        values![person, client, until],
    )
    .await?;
    let about = About { person: Some(person), client: Some(client) };
    audit::record(tx, keys, visit, Event::RequesterBlocked { blocked: true }, about).await
}

/// Lets the client ask again. `false` if it could.
pub async fn unblock(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    client: &str,
) -> Result<bool, audit::Error> {
    let delete = "delete from request_block where person = $1 and client = $2";
    if tx.execute(delete, values![person, client]).await? == 0 {
        return Ok(false);
    }
    let about = About { person: Some(person), client: Some(client) };
    audit::record(tx, keys, visit, Event::RequesterBlocked { blocked: false }, about).await?;
    Ok(true)
}

/// The clients that may not ask now, each with the end of that.
pub async fn blocked(
    read: &mut impl Read,
    person: Uuid,
    now: Moment,
) -> Result<Vec<(String, Moment)>, db::Error> {
    read.all(
        "select client, until from request_block where person = $1 and until > $2 order by until limit 100",
        values![person, now],
        |row| Ok((row.get(0)?, row.moment(1)?)),
    )
    .await
}
