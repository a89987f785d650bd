//! `client_notification_token` comes where the client wants to be told (OpenID CIBA section 7.1): 1024
//! characters of RFC 6750 section 2.1 at most, and long enough not to be guessed.

use super::{Draft, Request};
use crate::base::Secret;
use crate::client::DeliveryMode;
use crate::oidc::OAuthError;

/// 128 bits in base64url.
const SHORTEST: usize = 22;
const LONGEST: usize = 1024;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    if request.client.metadata.backchannel_token_delivery_mode != Some(DeliveryMode::Ping) {
        return Ok(());
    }
    let token = request.params.get("client_notification_token").unwrap_or_default();
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if !(SHORTEST..=LONGEST).contains(&token.len()) || !token.bytes().all(sign) {
        return Err(OAuthError::invalid_request(
            "client_notification_token: a bearer token of 22 to 1024 characters",
        ));
    }
    draft.notification_token = Some(Secret::new(token));
    Ok(())
}
