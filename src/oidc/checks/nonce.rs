//! `nonce` is passed through to the ID token unchanged (OpenID Connect Core section 3.1.2.1).

use super::{Draft, Request};
use crate::oidc::OAuthError;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.nonce = request.params.get("nonce").map(str::to_owned);
    Ok(())
}
