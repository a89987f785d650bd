//! `requested_expiry` is a positive number of seconds (OpenID CIBA section 7.1). How long it really is, the
//! configuration decides.

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.requested_expiry = match request.params.get("requested_expiry") {
        None => None,
        Some(text) => Some(text.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(|| {
            OAuthError::invalid_request("requested_expiry must be a positive number of seconds")
        })?),
    };
    Ok(())
}
