//! Relying systems are told that an account of their own source is somebody's whom they know, or is so no more.

use uuid::Uuid;

use super::Error;
use super::delivery::{self, Kind};
use crate::base::Visit;
use crate::client::{self, ClientState};
use crate::crypto::DataKeys;
use crate::db::Tx;
use crate::grant;

/// Tells a client, if it wants to hear of it and knows the account; whether it will be told. A client that has no subject
/// for the account learns by the next sign-in.
pub async fn tell_of_account(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    client: &str,
    account: Uuid,
    kind: Kind,
) -> Result<bool, Error> {
    let Some(found) = client::find(tx, keys, client).await? else { return Ok(false) };
    if found.state != ClientState::Active || found.metadata.security_events_uri.is_none() {
        return Ok(false);
    }
    let Some(sub) = grant::known_sub(tx, account, &found.sector()).await? else { return Ok(false) };
    delivery::enqueue(tx, visit, (kind, client), account, Uuid::nil(), &sub, true).await?;
    Ok(true)
}
