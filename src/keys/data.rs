//! Data keys: Live → Gone. Making one more is all that re-keying needs to begin: the newest writes, all
//! live ones read, and a registration writes an index row for each.

use crate::base::{Chance, Moment};
use crate::crypto::{DataKey, DataKeys, MasterKey, Purpose, Suite};
use crate::db::{self, Db, Read, Tx, values};

use super::{Error, KeyRing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKeyState {
    Live,
    Gone,
}

impl DataKeyState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Gone => "gone",
        }
    }
}

/// A data key as commands list it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DataKeyRow {
    pub purpose: String,
    pub version: i64,
    pub suite: String,
    pub state: String,
    pub created_at: Moment,
}

pub(super) async fn load(mut db: &Db, master: &MasterKey) -> Result<DataKeys, Error> {
    let rows = db
        .all("select purpose, version, suite, sealed from data_key where state = 'live'", values![], |row| {
            Ok((
                row.word::<Purpose>(0, "data_key")?,
                row.get::<i64>(1)?,
                row.word::<Suite>(2, "data_key")?,
                row.get::<Vec<u8>>(3)?,
            ))
        })
        .await?;
    let mut keys = Vec::new();
    for (purpose, version, suite, sealed) in rows {
        let bytes = master.unseal(&name(purpose, version), &sealed)?;
        let bytes: [u8; 32] =
            bytes.as_slice().try_into().map_err(|_| db::Error::corrupt("data_key", "length"))?;
        let version = u16::try_from(version).map_err(|e| db::Error::corrupt("data_key", e))?;
        keys.push(DataKey::new(purpose, version, suite, bytes));
    }
    Ok(keys.into_iter().collect())
}

pub(super) async fn make_missing(
    db: &Db,
    master: &MasterKey,
    now: Moment,
    chance: &Chance,
) -> Result<(), Error> {
    for purpose in Purpose::ALL {
        let mut tx = db.begin().await?;
        make(&mut tx, master, purpose, 1, now, chance).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Makes version `version` unless it is there; two nodes that start at once make one.
async fn make(
    tx: &mut Tx,
    master: &MasterKey,
    purpose: Purpose,
    version: i64,
    now: Moment,
    chance: &Chance,
) -> Result<(), Error> {
    let sealed = master.seal(chance, &name(purpose, version), &chance.bytes::<32>())?;
    tx.execute(
        "insert into data_key (purpose, version, suite, state, sealed, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        values![
            purpose.as_str(),
            version,
            Suite::International.as_str(),
            DataKeyState::Live.as_str(),
            &sealed,
            now
        ],
    )
    .await?;
    Ok(())
}

impl KeyRing {
    /// Makes the next version of a data key. It writes from now on; the older ones go on reading until
    /// [`KeyRing::retire_data_key`].
    pub async fn rotate_data_key(
        &self,
        tx: &mut Tx,
        purpose: Purpose,
        now: Moment,
        chance: &Chance,
    ) -> Result<i64, Error> {
        let newest = tx
            .optional(
                "select max(version) from data_key where purpose = $1",
                values![purpose.as_str()],
                |row| row.get::<Option<i64>>(0),
            )
            .await?
            .flatten()
            .unwrap_or(0);
        make(tx, self.master(), purpose, newest + 1, now, chance).await?;
        Ok(newest + 1)
    }

    /// Takes an old version out of use. The caller has seen that nothing rests on it any more.
    pub async fn retire_data_key(&self, tx: &mut Tx, purpose: Purpose, version: u16) -> Result<bool, Error> {
        let changed = tx
            .execute(
                "update data_key set state = 'gone', sealed = $3
                 where purpose = $1 and version = $2 and state = 'live'
                   and version < (select max(version) from data_key where purpose = $1)",
                values![purpose.as_str(), i64::from(version), &[][..] as &[u8]],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Whether this node's versions are those of the database, as `tx` sees it.
    pub async fn has_versions_of(&self, tx: &mut Tx, purpose: Purpose) -> Result<bool, db::Error> {
        let live = tx
            .all(
                "select version from data_key where purpose = $1 and state = 'live' order by version",
                values![purpose.as_str()],
                |row| row.get::<i64>(0),
            )
            .await?;
        let data = self.data();
        let ring = match purpose {
            Purpose::Field => &data.field,
            Purpose::Index => &data.index,
            Purpose::Seal => &data.seal,
            Purpose::Ticket => &data.ticket,
        };
        Ok(live == ring.versions().into_iter().map(i64::from).collect::<Vec<_>>())
    }

    pub async fn list_data_keys(&self, mut db: &Db) -> Result<Vec<DataKeyRow>, Error> {
        Ok(db
            .all(
                "select purpose, version, suite, state, created_at from data_key order by purpose, version",
                values![],
                |row| {
                    Ok(DataKeyRow {
                        purpose: row.get(0)?,
                        version: row.get(1)?,
                        suite: row.get(2)?,
                        state: row.get(3)?,
                        created_at: row.moment(4)?,
                    })
                },
            )
            .await?)
    }
}

fn name(purpose: Purpose, version: i64) -> String {
    format!("data-key/{}/{version}", purpose.as_str())
}
