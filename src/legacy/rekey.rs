//! Re-keying of the digests: each step brings some accounts to the newest index key. When none is under an older one, the
//! caller may retire it.

use uuid::Uuid;

use super::account::place;
use super::index::Digests;
use super::seal::{json, print};
use super::{Error, Password, Record};
use crate::base::Chance;
use crate::crypto::{Purpose, form};
use crate::db::{Given, Kind, Read, Rows, Tx, values};
use crate::keys::KeyRing;

/// Accounts one step handles: short enough that nobody waits for it.
const STEP: i64 = 500;

static GIVEN: Given = Given {
    table: "given_legacy_digests",
    columns: &[
        ("id", Kind::Uuid),
        ("local_digest", Kind::Bytes),
        ("user_digest", Kind::Bytes),
        ("number_digest", Kind::Bytes),
        ("other_digest", Kind::Bytes),
        ("name_digest", Kind::Bytes),
        ("record", Kind::Bytes),
        ("password", Kind::Bytes),
        ("print", Kind::Bytes),
    ],
};

/// An account under an older key.
struct Old {
    id: Uuid,
    source: Uuid,
    local_digest: Vec<u8>,
    record: Vec<u8>,
    password: Option<Vec<u8>>,
    subject_kind: String,
    status: String,
    number_kind: Option<String>,
    other_kind: Option<String>,
}

/// Tells how many accounts it brought to the newest key: none when all are under it.
///
/// # Errors
/// [`Error::KeysChanged`]: reload the keys and begin again.
pub async fn rekey_step(tx: &mut Tx, ring: &KeyRing, chance: &Chance) -> Result<usize, Error> {
    if !ring.has_versions_of(tx, Purpose::Index).await? {
        return Err(Error::KeysChanged);
    }
    let keys = ring.data();
    let newest = keys.index.newest()?;
    let head = form::head(newest.suite, newest.version);
    let old = tx
        .all(
            "select id, source, local_digest, record, password, subject_kind, status, number_kind, other_kind
             from legacy_account where local_digest < $1 order by local_digest limit $2",
            values![&head[..], STEP],
            |row| {
                Ok(Old {
                    id: row.get(0)?,
                    source: row.get(1)?,
                    local_digest: row.get(2)?,
                    record: row.get(3)?,
                    password: row.get(4)?,
                    subject_kind: row.get(5)?,
                    status: row.get(6)?,
                    number_kind: row.get(7)?,
                    other_kind: row.get(8)?,
                })
            },
        )
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let mut rows = Rows::new(&GIVEN);
    for account in &old {
        let digests = Digests::new(newest, account.source);
        let record = Record::open(&keys, &account.local_digest, &account.record)?;
        let password = account.password.as_ref();
        let password =
            password.map(|sealed| Password::open(&keys, &account.local_digest, sealed)).transpose()?;
        let local = digests.local(&record.local_id);
        let (record_text, password_text) = (json(&record), password.as_ref().map(json));
        let password_text = password_text.as_ref().map(|text| text.as_str());
        let print = print(&digests, &record_text, password_text, &account.status, &account.subject_kind);
        let encrypt = |column: &str, text: &str| keys.encrypt(chance, place(&local, column), text);
        let user = record.user_name.as_deref().map(|name| digests.user_name(name));
        let number = account.number_kind.as_ref().map(|kind| digests.number(kind, record.canonical()));
        let other = account.other_kind.as_ref().zip(record.other_number.as_ref());
        let other = other.map(|(kind, number)| digests.number(kind, number));
        let name = digests.name(&record.name);
        let sealed = encrypt("record", &record_text)?;
        let sealed_password = password_text.map(|text| encrypt("password", text)).transpose()?;
        rows.push(values![
            account.id,
            &local,
            user.as_deref(),
            number.as_deref(),
            other.as_deref(),
            name.as_deref(),
            &sealed,
            sealed_password.as_deref(),
            &print,
        ]);
    }
    tx.give(&rows).await?;
    tx.execute(
        "update legacy_account set local_digest = g.local_digest, user_digest = g.user_digest,
           number_digest = g.number_digest, other_digest = g.other_digest, name_digest = g.name_digest,
           record = g.record, password = g.password, print = g.print
         from given_legacy_digests g where g.id = legacy_account.id",
        values![],
    )
    .await?;
    Ok(old.len())
}
