//! PKCE is demanded of every client (RFC 9700 section 2.1.1): `code_challenge_method` is `S256`, and
//! `code_challenge` is the 43 characters that a SHA-256 has in base64url (RFC 7636 section 4.2).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(challenge) = request.params.get("code_challenge") else {
        return Err(OAuthError::invalid_request("code_challenge is missing (PKCE, S256)"));
    };
    if request.params.get("code_challenge_method") != Some("S256") {
        return Err(OAuthError::invalid_request("code_challenge_method must be S256"));
    }
    if crate::crypto::from_base64url(challenge).is_none_or(|digest| digest.len() != 32) {
        return Err(OAuthError::invalid_request("code_challenge must be a SHA-256 in base64url"));
    }
    draft.code_challenge = challenge.to_owned();
    Ok(())
}
