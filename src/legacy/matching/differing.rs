//! Accounts that are linked and came in another number or name with a later import: somebody must say whether the link
//! still holds.

use uuid::Uuid;

use super::super::cases::{self, Opening};
use super::super::{Error, Source};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// Opens a Case for the next of them, a thousand at most; tells how many.
pub async fn differing(tx: &mut Tx, keys: &DataKeys, visit: &Visit, source: &Source) -> Result<usize, Error> {
    let found = tx
        .all(
            "select id, account from legacy_account
             where source = $1 and differs and state = 'merged'
               and not exists (select 1 from cases c where c.account = legacy_account.id and c.kind = 'legacy-differs'
                                 and c.state in ('open', 'proposed'))
             order by id limit 1000",
            values![source.id],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<Option<Uuid>>(1)?)),
        )
        .await?;
    for (legacy_account, other) in &found {
        let opening = Opening {
            kind: cases::DIFFERS,
            legacy_account: *legacy_account,
            other: *other,
            source: source.id,
            reason: "CHANGED_SINCE",
            appeal_of: None,
            statement: None,
        };
        cases::open(tx, keys, visit, opening).await?;
    }
    Ok(found.len())
}
