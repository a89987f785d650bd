//! Authorization codes (RFC 6749 section 4.1.2). A code holds what was approved, encrypted and made out to one client; nothing
//! of it is kept here. What makes it good once is the id of its grant: there is one grant of an id.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::ask::{Approval, Redirect};
use crate::base::Moment;
use crate::crypto::{Place, base64url, from_base64url};
use crate::http::Failure;

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
    expires_at: Moment,
}

/// Puts an approval into a code.
pub fn write(app: &App, now: Moment, way: &Redirect, approval: Approval) -> Result<String, Failure> {
    let end = now.plus(Duration::from_secs(app.config.token.code_seconds));
    let coded = Coded {
        redirect_uri: way.redirect_uri.clone(),
        code_challenge: way.code_challenge.clone(),
        dpop_jkt: way.dpop_jkt.clone(),
        nonce: way.nonce.clone(),
        // The grant may be forgotten at its end: a code must not live on.
        expires_at: end.min(approval.expires_at),
        approval,
    };
    let json = serde_json::to_string(&coded).map_err(|e| Failure::internal(&e))?;
    let place = made_out_to(&coded.approval.client_id);
    let sealed = app.keys.data().encrypt(&app.chance, place, &json)?;
    Ok(base64url(&sealed))
}

/// What is in a code of this client's that has not expired.
pub fn read(app: &App, now: Moment, client: &str, code: &str) -> Option<Coded> {
    let json = app.keys.data().decrypt(made_out_to(client), &from_base64url(code)?).ok()?;
    let coded: Coded = serde_json::from_str(&json).ok()?;
    (now < coded.expires_at).then_some(coded)
}

fn made_out_to(client: &str) -> Place<'_> {
    Place { table: "code", column: "approval", row: client.as_bytes() }
}
