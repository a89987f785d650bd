//! `prompt` holds known words, and `none` only alone (OpenID Connect Core section 3.1.2.1).

use super::{Draft, Request};
use crate::ask::Prompts;
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.prompts = Prompts::parse(request.params.get("prompt").unwrap_or_default())
        .map_err(|what| OAuthError::invalid_request(format!("prompt: {what}")))?;
    Ok(())
}
