//! Whom the client means: by exactly one of `login_hint`, `login_hint_token`, `id_token_hint` (OpenID CIBA
//! section 7.1).

use super::{Draft, Request};
use crate::oidc::OAuthError;

const HINTS: [&str; 3] = ["login_hint", "login_hint_token", "id_token_hint"];

pub fn check(request: &Request<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match HINTS.iter().filter(|name| request.params.get(name).is_some()).count() {
        1 => Ok(()),
        _ => Err(OAuthError::invalid_request("exactly one of login_hint, login_hint_token, id_token_hint")),
    }
}
