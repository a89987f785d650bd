//! No single parameter is longer than it can have a reason to be.

use super::{Draft, Request};
use crate::oidc::OAuthError;

const LONGEST: usize = 2048;
/// An ID token as a hint is longer.
const LONGEST_HINT: usize = 6144;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    for (name, value) in request.params.iter() {
        let longest = if matches!(name, "id_token_hint" | "claims") { LONGEST_HINT } else { LONGEST };
        if value.len() > longest {
            return Err(OAuthError::invalid_request(format!("a parameter is longer than {longest} bytes")));
        }
    }
    Ok(())
}
