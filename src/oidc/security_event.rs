//! Security Event Tokens (RFC 8417) about accounts: what has happened to a subject, never who it is. What the accounts are
//! is asked for by `legacy_accounts`, since an id of an old system may be an official number.

use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{Unopenable, jws};
use crate::logout::{Delivery, Kind};

const LINKED: &str = "urn:yihao:event:legacy-account-linked";
const UNLINKED: &str = "urn:yihao:event:legacy-account-unlinked";

/// No `sub` and no `exp`, so that nobody takes it for an ID token (RFC 8417 section 4); whom it is about stands in `sub_id`
/// (RFC 9493).
#[derive(Serialize)]
struct EventClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    /// The same at every attempt: who has it twice has one event.
    jti: uuid::Uuid,
    /// When it happened.
    toe: i64,
    sub_id: Value,
    events: Value,
}

/// The token of a delivery; `None` if what is to be told is the end of a session.
pub fn of_delivery(
    app: &App,
    visit: &Visit,
    client: &Client,
    delivery: &Delivery,
) -> Result<Option<String>, Unopenable> {
    let event = match delivery.kind {
        Kind::Logout => return Ok(None),
        Kind::LegacyLinked => LINKED,
        Kind::LegacyUnlinked => UNLINKED,
    };
    let iss = app.config.issuer();
    let claims = EventClaims {
        iss,
        aud: &client.id,
        iat: visit.now.seconds(),
        jti: delivery.id,
        toe: delivery.created_at.seconds(),
        sub_id: json!({ "format": "iss_sub", "iss": iss, "sub": delivery.sub }),
        events: json!({ event: {} }),
    };
    let ring = app.keys.signing();
    jws::sign(ring.active(client.metadata.id_token_signed_response_alg)?, "secevent+jwt", &claims).map(Some)
}
