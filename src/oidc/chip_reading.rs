//! What a reader of identity cards says, at a machine or at a window: believed if the reader is trusted, and once.

use std::time::Duration;

use uuid::Uuid;

use super::OAuthError;
use crate::app::App;
use crate::base::Visit;
use crate::credential::chip::{self, ChipRead};
use crate::transient::Key;

/// A reading is forgotten when it is too old in any case.
const REMEMBERED: Duration = Duration::from_secs(300);

/// The reading that was made at this terminal.
///
/// # Errors
/// `invalid_grant`: it proves nothing, or was used.
pub(super) async fn chip_reading(
    app: &App,
    visit: &Visit,
    terminal: Uuid,
    text: &str,
) -> Result<ChipRead, OAuthError> {
    let refused = |what: &str| OAuthError::invalid_grant(format!("chip: {what}"));
    let read = chip::read(&app.readers, app.config.issuer(), terminal, visit.now, text)
        .map_err(|why| refused(&why.to_string()))?;
    if read.simulated && !app.config.danger.simulate_proofs {
        return Err(refused("the reader is a simulator, which is not believed here"));
    }
    let mark = Key::new("chip-reading", format!("{}\n{}", read.reader, read.reading));
    if !app.transient.claim(&mark, REMEMBERED).await? {
        return Err(refused("the reading has been used"));
    }
    Ok(read)
}
