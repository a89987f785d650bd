//! Initial access tokens (RFC 7591 section 3): who may register clients by themselves, and how often.

use std::time::Duration;

use uuid::Uuid;

use crate::base::Visit;
use crate::db::{self, Tx, values};

/// Makes the right to register `uses` clients until `life` has passed; the token is a ticket of its id.
pub async fn allow(tx: &mut Tx, visit: &Visit, uses: u32, life: Duration) -> Result<Uuid, db::Error> {
    let id = visit.id();
    tx.execute(
        "insert into initial_access (id, created_at, expires_at, uses_left) values ($1, $2, $3, $4)",
        values![id, visit.now, visit.now.plus(life), uses],
    )
    .await?;
    Ok(id)
}

/// Uses the right once; `false` if it is used up or over.
pub async fn spend(tx: &mut Tx, visit: &Visit, id: Uuid) -> Result<bool, db::Error> {
    let spent = tx
        .execute(
            "update initial_access set uses_left = uses_left - 1
             where id = $1 and uses_left > 0 and expires_at > $2",
            values![id, visit.now],
        )
        .await?;
    Ok(spent == 1)
}
