//! Re-keying of operators' names: as that of persons, in steps.

use uuid::Uuid;

use super::Error;
use super::store::{DOMAIN, folded, place};
use crate::base::Secret;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// Operators one step handles.
const STEP: i64 = 200;

/// Writes rows of the newest index key for some operators that lack them; `false` when none lacks one.
pub async fn rekey_step(tx: &mut Tx, keys: &DataKeys) -> Result<bool, Error> {
    let newest = i64::from(keys.index.newest()?.version);
    let lacking = tx
        .all(
            "select o.id, o.name from operator o where not exists
               (select 1 from operator_name n where n.operator = o.id and n.key_version = $1)
             limit $2",
            values![newest, STEP],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<Vec<u8>>(1)?)),
        )
        .await?;
    let some = !lacking.is_empty();
    for (id, name) in lacking {
        let name = Secret::new(keys.decrypt(place(&id, "name"), &name)?.as_str());
        for index in keys.blind(DOMAIN, &folded(&name)) {
            tx.execute(
                "insert into operator_name (key_version, digest, operator) values ($1, $2, $3)
                 on conflict do nothing",
                values![i64::from(index.version), &index.digest, id],
            )
            .await?;
        }
    }
    Ok(some)
}
