//! `login_hint` fills the sign-in field, unless it could be an official number: one that came through a URL
//! is dropped, so that nobody learns to send it there.

use super::{Draft, Request};
use crate::oidc::OAuthError;

/// Shorter runs of digits are parts of names; the shortest official number has eight.
const DIGITS_OF_A_NUMBER: usize = 8;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let short = |hint: &&str| hint.chars().count() <= 100;
    let no_number = |hint: &&str| hint.chars().filter(|c| c.is_numeric()).count() < DIGITS_OF_A_NUMBER;
    draft.login_hint = request.params.get("login_hint").filter(short).filter(no_number).map(str::to_owned);
    Ok(())
}
