//! One number, one account, also while index keys change: a row for every live key version, and the
//! table's key lets in only the first.

use uuid::Uuid;

use super::Error;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// The domain of the digests of a kind of number; `kind` is its word, also that of a kind which only old systems use.
pub fn index_domain(kind: &str) -> String {
    format!("number/{kind}")
}

pub(super) fn domain(number: &OfficialNumber) -> String {
    index_domain(number.kind().as_str())
}

/// The active account of a number, whichever live key version its row was written under. One that nobody has
/// claimed yet is as good as none: who registers gets it.
pub async fn find_by_number(
    read: &mut impl Read,
    keys: &DataKeys,
    number: &OfficialNumber,
) -> Result<Option<Uuid>, Error> {
    Ok(holder(read, keys, number).await?.filter(|holder| !holder.unclaimed).map(|holder| holder.account))
}

/// The account that holds a number, whether somebody has claimed it or not.
pub async fn holder_of(
    read: &mut impl Read,
    keys: &DataKeys,
    number: &OfficialNumber,
) -> Result<Option<Uuid>, Error> {
    Ok(holder(read, keys, number).await?.map(|holder| holder.account))
}

/// Who holds a number.
pub(super) struct Holder {
    pub(super) account: Uuid,
    /// Made from a legacy account, and nobody has claimed it.
    pub(super) unclaimed: bool,
}

pub(super) async fn holder(
    read: &mut impl Read,
    keys: &DataKeys,
    number: &OfficialNumber,
) -> Result<Option<Holder>, Error> {
    for index in keys.blind(&domain(number), number.as_str()) {
        let found = read
            .optional(
                "select n.account, exists (select 1 from person p where p.id = n.account and p.state = 'unclaimed')
                 from number_index n where n.kind = $1 and n.key_version = $2 and n.digest = $3",
                values![number.kind().as_str(), i64::from(index.version), &index.digest],
                |row| Ok(Holder { account: row.get(0)?, unclaimed: row.get(1)? }),
            )
            .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Takes the number for `person`; `false`, and nothing written, if an account holds it already.
pub(super) async fn claim(
    tx: &mut Tx,
    keys: &DataKeys,
    number: &OfficialNumber,
    person: Uuid,
) -> Result<bool, Error> {
    let claimed = claim_also(tx, keys, number, person).await?;
    if !claimed {
        release(tx, person).await?;
    }
    Ok(claimed)
}

/// The same for one more number of an account. On `false` some rows may have been written: the caller writes
/// no more in this transaction, and does not commit it.
pub(super) async fn claim_also(
    tx: &mut Tx,
    keys: &DataKeys,
    number: &OfficialNumber,
    person: Uuid,
) -> Result<bool, Error> {
    for index in keys.blind(&domain(number), number.as_str()) {
        let taken = tx
            .execute(
                "insert into number_index (kind, key_version, digest, account) values ($1, $2, $3, $4)
                 on conflict do nothing",
                values![number.kind().as_str(), i64::from(index.version), &index.digest, person],
            )
            .await?;
        if taken == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives all numbers of the person free.
pub(super) async fn release(tx: &mut Tx, person: Uuid) -> Result<(), Error> {
    tx.execute("delete from number_index where account = $1", values![person]).await?;
    Ok(())
}

/// Gives the number of one kind free.
pub(super) async fn release_kind(tx: &mut Tx, person: Uuid, kind: NumberKind) -> Result<(), Error> {
    let delete = "delete from number_index where account = $1 and kind = $2";
    tx.execute(delete, values![person, kind.as_str()]).await?;
    Ok(())
}

/// Writes the row of the newest key for a person who has one of an older key.
pub(super) async fn write_newest(
    tx: &mut Tx,
    keys: &DataKeys,
    number: &OfficialNumber,
    person: Uuid,
) -> Result<(), Error> {
    if let Some(index) = keys.blind(&domain(number), number.as_str()).into_iter().next() {
        tx.execute(
            "insert into number_index (kind, key_version, digest, account) values ($1, $2, $3, $4)
             on conflict do nothing",
            values![number.kind().as_str(), i64::from(index.version), &index.digest, person],
        )
        .await?;
    }
    Ok(())
}
