//! Logout tokens (OpenID Connect Back-Channel Logout section 2.4).

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{Unopenable, jws};
use crate::logout::Delivery;

/// Section 2.4 recommends two minutes at most: a token that is caught can be used no longer.
const LIFE: Duration = Duration::from_secs(120);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// `sub` may be missing, `sid` never; a `nonce` must not be there, so that nobody takes it for an ID token.
#[derive(Serialize)]
struct LogoutClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: uuid::Uuid,
    events: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    sid: String,
}

/// Signs a token for one attempt at a delivery, by the algorithm of the client's ID tokens (section 2.6).
pub fn of_delivery(
    app: &App,
    visit: &Visit,
    client: &Client,
    delivery: &Delivery,
) -> Result<String, Unopenable> {
    let claims = LogoutClaims {
        iss: app.config.issuer(),
        aud: &client.id,
        iat: visit.now.seconds(),
        exp: visit.now.plus(LIFE).seconds(),
        jti: visit.chance.id(),
        events: json!({ EVENT: {} }),
        sub: delivery.names_sub.then_some(delivery.sub.as_str()),
        sid: delivery.sid(),
    };
    let ring = app.keys.signing();
    jws::sign(ring.active(client.metadata.id_token_signed_response_alg)?, "logout+jwt", &claims)
}
