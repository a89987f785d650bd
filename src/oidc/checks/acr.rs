//! `acr_values` is voluntary (OpenID Connect Core section 3.1.2.1): it is read so that a form error is
//! told, and asks nothing of the person. What is demanded comes by an essential `acr` claim (`claims`).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match request.params.get("acr_values") {
        Some(values) if values.split_ascii_whitespace().count() > 20 => {
            Err(OAuthError::invalid_request("acr_values: at most 20"))
        }
        _ => Ok(()),
    }
}
