//! `matter`, ours: for which matter the person is asked, in one line that they read.

use super::{Draft, Request, line};
use crate::oidc::OAuthError;

const LONGEST: usize = 100;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.matter = match request.params.get("matter") {
        None => None,
        Some(text) => Some(
            line(text, LONGEST)
                .ok_or_else(|| OAuthError::invalid_request("matter: one line of 100 characters at most"))?,
        ),
    };
    Ok(())
}
