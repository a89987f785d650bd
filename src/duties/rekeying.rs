//! Re-keying of the blind indexes, from the making of a new key to the end of the old one.

use std::time::Duration;

use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::number::NumberKind;
use crate::base::{Actor, Visit};
use crate::crypto::Purpose;
use crate::db::{Read, values};
use crate::identity::{self, HandleKind, Rekeyed, rekey_step};
use crate::keys::DataKeyState;
use crate::legacy;
use crate::operator;

/// After so long every node knows a new key, and no registration that began before it is still open.
const KNOWN_EVERYWHERE: Duration = Duration::from_secs(60);
/// Rows deleted in one transaction.
const BATCH: i64 = 500;

/// Brings the indexes to the newest key, takes older keys out of use and deletes their rows. Tells how many
/// keys were retired.
pub async fn rekey(app: &App) -> anyhow::Result<usize> {
    let versions = app.keys.list_data_keys(&app.db).await?;
    let mut index: Vec<_> = versions.iter().filter(|key| key.purpose == Purpose::Index.as_str()).collect();
    index.sort_by_key(|key| key.version);
    let visit = app.visit_of(Actor::Duty("rekeying"));
    let mut retired = 0;
    let live: Vec<_> = index.iter().filter(|key| key.state == DataKeyState::Live.as_str()).collect();
    if let [old @ .., newest] = &live[..]
        && !old.is_empty()
    {
        backfill(app).await?;
        // Rows written before all nodes knew the newest key may lack it: only after that complete is complete.
        if visit.now.since(newest.created_at) >= KNOWN_EVERYWHERE {
            for key in old {
                retired += usize::from(retire(app, &visit, key.version).await?);
            }
            app.keys.reload(&app.db).await?;
        }
    }
    // Also what a turn before this one left, if it was cut off.
    for key in app.keys.list_data_keys(&app.db).await? {
        if key.purpose == Purpose::Index.as_str() && key.state == DataKeyState::Gone.as_str() {
            delete_rows(app, key.version).await?;
        }
    }
    Ok(retired)
}

/// Writes the rows that lack under the newest key.
async fn backfill(app: &App) -> anyhow::Result<()> {
    app.keys.reload(&app.db).await?;
    loop {
        let mut tx = app.db.begin().await?;
        let step = rekey_step(&mut tx, &app.keys).await;
        match step {
            Ok(Rekeyed::Complete) => {
                if !operator::rekey_step(&mut tx, &app.keys.data()).await? {
                    break;
                }
                tx.commit().await?;
            }
            Ok(Rekeyed::Some(count)) => {
                tx.commit().await?;
                tracing::info!(count, "accounts have been re-keyed");
            }
            Err(identity::Error::KeysChanged) => app.keys.reload(&app.db).await?,
            Err(error) => return Err(error.into()),
        }
    }
    loop {
        let mut tx = app.db.begin().await?;
        match legacy::rekey_step(&mut tx, &app.keys, &app.chance).await {
            Ok(0) => return Ok(()),
            Ok(count) => {
                tx.commit().await?;
                tracing::info!(count, "legacy accounts have been re-keyed");
            }
            Err(legacy::Error::KeysChanged) => app.keys.reload(&app.db).await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes a version out of use, if in the same transaction every account has its rows under the newest.
async fn retire(app: &App, visit: &Visit, version: i64) -> anyhow::Result<bool> {
    let Ok(version) = u16::try_from(version) else { return Ok(false) };
    let mut tx = app.db.begin().await?;
    if rekey_step(&mut tx, &app.keys).await? != Rekeyed::Complete
        || operator::rekey_step(&mut tx, &app.keys.data()).await?
        || legacy::rekey_step(&mut tx, &app.keys, &app.chance).await? != 0
    {
        return Ok(false);
    }
    if !app.keys.retire_data_key(&mut tx, Purpose::Index, version).await? {
        return Ok(false);
    }
    let event = Event::KeysRotated { purpose: Purpose::Index.as_str() };
    audit::record(&mut tx, &app.keys.data(), visit, event, About::default()).await?;
    tx.commit().await?;
    // The versions of this node must be those of the database before the next look.
    app.keys.reload(&app.db).await?;
    tracing::info!(version, "an index key is out of use");
    Ok(true)
}

/// Deletes the rows of a version that is gone. By kind: the tables' keys begin with it.
async fn delete_rows(app: &App, version: i64) -> anyhow::Result<()> {
    for kind in NumberKind::ALL {
        let rows = "select 1 from number_index where kind = $1 and key_version = $2 limit 1";
        let delete = "delete from number_index where kind = $1 and key_version = $2 and digest in
                      (select digest from number_index where kind = $1 and key_version = $2 limit $3)";
        delete_in_batches(app, rows, delete, kind.as_str(), version).await?;
    }
    for kind in [HandleKind::Phone, HandleKind::UserName] {
        let rows = "select 1 from handle_index where kind = $1 and key_version = $2 limit 1";
        let delete = "delete from handle_index where kind = $1 and key_version = $2 and digest in
                      (select digest from handle_index where kind = $1 and key_version = $2 limit $3)";
        delete_in_batches(app, rows, delete, kind.as_str(), version).await?;
    }
    let mut tx = app.db.begin().await?;
    // There are so few operators that one statement does.
    tx.execute("delete from operator_name where key_version = $1", values![version]).await?;
    Ok(tx.commit().await?)
}

async fn delete_in_batches(
    app: &App,
    rows: &'static str,
    delete: &'static str,
    kind: &str,
    version: i64,
) -> anyhow::Result<()> {
    loop {
        if (&mut &app.db).optional(rows, values![kind, version], |_| Ok(())).await?.is_none() {
            return Ok(());
        }
        let mut tx = app.db.begin().await?;
        tx.execute(delete, values![kind, version, BATCH]).await?;
        tx.commit().await?;
    }
}
