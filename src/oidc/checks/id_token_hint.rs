//! `id_token_hint` is an ID token of ours for this client, expired or not (OpenID Connect Core section
//! 3.1.2.1).

use super::{Draft, Request};
use crate::oidc::{OAuthError, id_token};

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(hint) = request.params.get("id_token_hint") else { return Ok(()) };
    let hint =
        id_token::read_hint(request.app, hint).filter(|hint| hint.aud == request.client.id).ok_or_else(
            || OAuthError::invalid_request("id_token_hint is not an ID token of ours for this client"),
        )?;
    draft.hint = Some(hint);
    Ok(())
}
