//! `binding_message` is a short line that the person compares on both screens (OpenID CIBA section 7.1).

use super::{Draft, Request, line};
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

const LONGEST: usize = 64;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.binding_message = match request.params.get("binding_message") {
        None => None,
        Some(text) => Some(line(text, LONGEST).ok_or_else(|| {
            OAuthError::new(Code::InvalidBindingMessage, "binding_message: one line of 64 characters at most")
        })?),
    };
    Ok(())
}
