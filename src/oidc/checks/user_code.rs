//! `user_code` of OpenID CIBA section 7.1 is a secret of the person's in the client's hands: it is not taken.
//! The person answers on a screen of their own, with a number to compare.

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match request.params.get("user_code") {
        None => Ok(()),
        Some(_) => Err(OAuthError::invalid_request("user_code is not supported")),
    }
}
