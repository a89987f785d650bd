//! `request` and `request_uri` are not taken (OpenID Connect Core section 6): said plainly, by their own codes.

use super::{Draft, Request};
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    if request.params.get("request").is_some() {
        return Err(OAuthError::new(Code::RequestNotSupported, "request objects are not supported"));
    }
    if request.params.get("request_uri").is_some() {
        return Err(OAuthError::new(Code::RequestUriNotSupported, "request_uri is not supported"));
    }
    Ok(())
}
