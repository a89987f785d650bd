//! Service tickets (section 3.1): good once, for seconds, for one service.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::ask::{Approval, Cas};
use crate::transient::{Key, Unavailable};

const PREFIX: &str = "ST-";

/// What stands behind a ticket.
#[derive(Serialize, Deserialize)]
pub struct Ticketed {
    pub approval: Approval,
    pub service: String,
    /// The person has signed in for it, and did not come by a session that was there.
    pub from_new_login: bool,
}

/// Puts an approval behind a ticket of 31 characters: every client takes 32 (section 3.1.1), and no sign but letters,
/// digits and the hyphen may stand in it (section 3.7).
pub async fn keep(
    app: &App,
    cas: &Cas,
    approval: Approval,
    from_new_login: bool,
) -> Result<String, Unavailable> {
    let random = app.chance.bytes::<14>().map(|byte| format!("{byte:02x}")).concat();
    let ticket = format!("{PREFIX}{random}");
    let ticketed = Ticketed { approval, service: cas.service.clone(), from_new_login };
    let life = Duration::from_secs(app.config.token.code_seconds);
    app.transient.put_json(&key(&ticket), &ticketed, life).await?;
    Ok(ticket)
}

/// What is behind a ticket, once.
pub async fn take(app: &App, ticket: &str) -> Result<Option<Ticketed>, Unavailable> {
    if !ticket.starts_with(PREFIX) || ticket.len() > 64 {
        return Ok(None);
    }
    app.transient.take_json(&key(ticket)).await
}

fn key(ticket: &str) -> Key {
    Key::new("cas-ticket", ticket)
}
