//! `dpop_jkt`, if given, is a SHA-256 thumbprint in base64url: the code is good only with a proof of that key
//! (RFC 9449 section 10).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(jkt) = request.params.get("dpop_jkt") else { return Ok(()) };
    if crate::crypto::from_base64url(jkt).is_none_or(|digest| digest.len() != 32) {
        return Err(OAuthError::invalid_request("dpop_jkt must be a SHA-256 thumbprint in base64url"));
    }
    draft.dpop_jkt = Some(jkt.to_owned());
    Ok(())
}
