//! How a terminal stops being one.

use uuid::Uuid;

use super::store::{State, Terminal};
use super::{Error, store};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::{Tx, values};

/// Suspends a terminal; `false` if it was. What was signed in and issued there goes on until
/// [`crate::logout::suspend_terminal`] ends it, which is the one to call.
pub async fn suspend(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    reason: &str,
) -> Result<bool, Error> {
    let Some(before) = store::find(tx, keys, id).await? else { return Ok(false) };
    if before.state == State::Suspended {
        return Ok(false);
    }
    let old_seal = before.seal.clone();
    let after = Terminal { state: State::Suspended, changed_at: visit.now, ..before }.sealed(keys)?;
    let changed = tx
        .execute(
            "update terminal set state = $2, changed_at = $3, reason = $4, seal = $5 where id = $1 and seal = $6",
            values![id, after.state.as_str(), after.changed_at, reason, &after.seal, &old_seal],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    let about = About { person: None, client: Some(&after.client) };
    audit::record(tx, keys, visit, Event::TerminalSuspended { terminal: id, reason }, about).await?;
    Ok(true)
}

/// Whether the terminal is active; then it is until this transaction is over, since whoever suspends it waits for
/// the row. So what is begun there now is either seen by the suspension or refused for it.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let held = tx
        .execute("update terminal set state = state where id = $1 and state = 'active'", values![id])
        .await?;
    Ok(held == 1)
}
