//! `response_type` is `code`, and the client has the grant (RFC 6749 section 4.1.1; RFC 9700 section 2.1.2
//! leaves no place for others).

use super::{Draft, Request};
use crate::client::GrantType;
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match request.params.get("response_type") {
        None => Err(OAuthError::invalid_request("response_type is missing")),
        Some("code") if request.client.metadata.may_use(GrantType::AuthorizationCode) => Ok(()),
        Some("code") => {
            Err(OAuthError::new(Code::UnauthorizedClient, "the client has no authorization_code grant"))
        }
        Some(_) => Err(OAuthError::new(Code::UnsupportedResponseType, "response_type must be code")),
    }
}
