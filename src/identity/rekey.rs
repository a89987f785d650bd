//! Re-keying of the blind indexes: each step writes rows of the newest key for some persons that lack
//! them. When none lacks one, the caller may retire the old versions.

use uuid::Uuid;

use super::person::place;
use super::{Error, HandleKind, handle, network, number_index};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::crypto::Purpose;
use crate::db::{self, Read, Tx, values};
use crate::keys::KeyRing;

/// Persons one step handles: short enough that sign-ins between two steps do not notice.
const STEP: i64 = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rekeyed {
    /// There may be more.
    Some(usize),
    /// Every account has its rows under the newest key.
    Complete,
}

pub async fn rekey_step(tx: &mut Tx, ring: &KeyRing) -> Result<Rekeyed, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let newest = i64::from(keys.index.newest()?.version);
    let lacking = tx
        .all(
            "select p.id, p.number_kind, p.number, p.phone, p.user_name, w.number, p.provisional
             from person p left join network_identity w on w.person = p.id
             where (exists (select 1 from number_index n where n.account = p.id)
                    and not exists (select 1 from number_index n where n.account = p.id and n.key_version = $1))
                or (p.provisional and exists (select 1 from handle_index h where h.person = p.id)
                    and not exists (select 1 from handle_index h where h.person = p.id and h.key_version = $1))
             limit $2",
            values![newest, STEP],
            |row| {
                Ok((
                    row.get::<Uuid>(0)?,
                    row.word::<NumberKind>(1, "person")?,
                    row.get::<Vec<u8>>(2)?,
                    row.get::<Option<Vec<u8>>>(3)?,
                    row.get::<Option<Vec<u8>>>(4)?,
                    row.get::<Option<Vec<u8>>>(5)?,
                    row.get::<bool>(6)?,
                ))
            },
        )
        .await?;
    if lacking.is_empty() {
        return Ok(Rekeyed::Complete);
    }
    let count = lacking.len();
    for (id, kind, number, phone, user_name, network, provisional) in lacking {
        let number = keys.decrypt(place(&id, "number"), &number)?;
        let number =
            OfficialNumber::from_stored(kind, &number).map_err(|_| db::Error::corrupt("person", "number"))?;
        // The second of two persons with one number has no row of it.
        if !provisional {
            number_index::write_newest(tx, &keys, &number, id).await?;
        }
        if let Some(network) = network {
            let network = keys.decrypt(network::place(&id), &network)?;
            let network = OfficialNumber::from_stored(NumberKind::NetworkId, &network)
                .map_err(|_| db::Error::corrupt("network_identity", "number"))?;
            number_index::write_newest(tx, &keys, &network, id).await?;
        }
        for (kind, column, bytes) in
            [(HandleKind::Phone, "phone", phone), (HandleKind::UserName, "user_name", user_name)]
        {
            if let Some(bytes) = bytes {
                handle::add(tx, &keys, kind, &keys.decrypt(place(&id, column), &bytes)?, id).await?;
            }
        }
    }
    Ok(Rekeyed::Some(count))
}
