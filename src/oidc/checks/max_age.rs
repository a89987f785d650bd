//! `max_age` is a whole number of seconds (OpenID Connect Core section 3.1.2.1).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.max_age = match request.params.get("max_age") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| OAuthError::invalid_request("max_age must be a whole number of seconds"))?,
        ),
    };
    Ok(())
}
