//! What a relying system learns of the accounts that its people had in it: the claim `legacy_accounts`.

use serde::Serialize;
use uuid::Uuid;

use super::claim::has_shown_level_4;
use super::link::{COLUMNS, Link, LinkState, link_columns};
use super::{Error, Record};
use crate::crypto::DataKeys;
use crate::db::{Read, values};

/// An account that the subject had in the relying system's own source. The id may be an official number, so it never
/// stands in a plain token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LegacyAccount {
    pub source: String,
    /// The user id that the old system knows.
    pub id: String,
}

/// The accounts of `account` in the sources that belong to `client`, as far as their links are awake. `proven`: who acts
/// has shown level 4 for the account that they act for.
pub async fn legacy_accounts(
    read: &mut impl Read,
    keys: &DataKeys,
    account: Uuid,
    client: &str,
    proven: bool,
) -> Result<Vec<LegacyAccount>, Error> {
    let sql = concat!(
        "select ",
        link_columns!(),
        ", s.name, a.local_digest, a.record
         from legacy_link l join legacy_source s on s.id = l.source
           join legacy_account a on a.id = l.legacy_account
         where l.account = $1 and l.state <> 'unlinked' and s.client = $2 and a.state = 'merged'
         order by l.id limit 100"
    );
    let found = read
        .all(sql, values![account, client], |row| {
            let sealed: (Vec<u8>, Vec<u8>) = (row.get(COLUMNS + 1)?, row.get(COLUMNS + 2)?);
            Ok((Link::read(row)?, row.get::<String>(COLUMNS)?, sealed))
        })
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let awake = proven || has_shown_level_4(read, keys, account).await?;
    let mut accounts = Vec::with_capacity(found.len());
    for (link, source, (local_digest, record)) in found {
        link.check(keys)?;
        if link.state == LinkState::Live || awake {
            let record = Record::open(keys, &local_digest, &record)?;
            accounts.push(LegacyAccount { source, id: record.local_id.clone() });
        }
    }
    Ok(accounts)
}
