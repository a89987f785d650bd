//! Authorization codes: tickets of the grant's id, with an approval behind them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::ask::{Approval, Redirect};
use crate::crypto::{Ticket, TicketKind};
use crate::http::Failure;
use crate::transient::{Key, Unavailable};

/// An approval, and what whoever redeems it must know.
#[derive(Serialize, Deserialize)]
pub struct Coded {
    pub approval: Approval,
    pub redirect_uri: String,
    pub code_challenge: String,
    /// The code is good only with a proof of this key (RFC 9449 section 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// Puts an approval behind a code.
pub async fn keep(app: &App, way: &Redirect, approval: Approval) -> Result<String, Failure> {
    let id = approval.grant;
    let code = Ticket::of(id).write(&app.keys.data(), TicketKind::Code)?;
    let coded = Coded {
        approval,
        redirect_uri: way.redirect_uri.clone(),
        code_challenge: way.code_challenge.clone(),
        dpop_jkt: way.dpop_jkt.clone(),
        nonce: way.nonce.clone(),
    };
    let life = Duration::from_secs(app.config.token.code_seconds);
    app.transient.put_json(&key(id), &coded, life).await?;
    Ok(code)
}

/// What is behind a code, once.
pub async fn take(app: &App, id: Uuid) -> Result<Option<Coded>, Unavailable> {
    app.transient.take_json(&key(id)).await
}

fn key(id: Uuid) -> Key {
    Key::new("code", id)
}
