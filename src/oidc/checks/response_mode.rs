//! `response_mode`, if given, is `query` (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match request.params.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(OAuthError::invalid_request("response_mode must be query")),
    }
}
