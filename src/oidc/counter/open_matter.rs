//! That a token is fetched in a matter that goes on, by the window it is at.

use uuid::Uuid;

use crate::app::App;
use crate::base::Visit;
use crate::oidc::OAuthError;
use crate::oidc::error::Code;
use crate::operator::counter::{self, Matter, Shift};
use crate::terminal::{self, Terminal};

/// A matter with all that it stands on.
pub struct OpenMatter {
    pub window: Terminal,
    pub shift: Shift,
    pub matter: Matter,
}

pub fn over() -> OAuthError {
    OAuthError::invalid_grant("the matter or the shift is over, or not of this window")
}

impl OpenMatter {
    /// The matter, if it goes on at the window that asks; `jkt` is the key that the tokens will be bound to.
    ///
    /// # Errors
    /// It is no window, the key is another, or the matter is over.
    pub async fn of(app: &App, visit: &Visit, jkt: Option<&str>, matter: Uuid) -> Result<Self, OAuthError> {
        let (mut read, keys) = (&app.db, app.keys.data());
        let window = match visit.terminal {
            Some(id) => terminal::find(&mut read, &keys, id).await?,
            None => None,
        };
        let Some(window) = window else {
            return Err(OAuthError::new(Code::UnauthorizedClient, "only an enrolled window may do this"));
        };
        if jkt != Some(window.key.thumbprint()) {
            return Err(OAuthError::new(
                Code::InvalidDpopProof,
                "the proof must be made with the window's own key: the tokens are bound to it",
            ));
        }
        let matter = counter::find_matter(&mut read, visit, matter).await?.ok_or_else(over)?;
        let policy = &app.config.operator;
        let shift = counter::find_shift(&mut read, &keys, visit, matter.shift, policy).await?;
        Ok(Self { window, shift: shift.ok_or_else(over)?, matter })
    }
}
