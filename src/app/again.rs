//! Whether a step that failed is begun anew: after another transaction was faster, after the keys have changed, and
//! after the database did not answer.

use std::time::Duration;

use super::App;
use crate::{db, legacy};

/// How often a step is begun anew before somebody must look.
const TRIES: u32 = 5;
/// So often a database that does not answer is tried again, after 1, 2, 4 … seconds.
const WAITS: u32 = 4;

/// How often one step was tried.
#[derive(Debug, Default)]
pub struct Tries {
    overtaken: u32,
    unanswered: u32,
}

impl Tries {
    /// Waits where that helps.
    ///
    /// # Errors
    /// The same error, if nothing is won by another try.
    pub async fn after(&mut self, app: &App, error: legacy::Error) -> Result<(), legacy::Error> {
        match error {
            legacy::Error::KeysChanged | legacy::Error::Changed if self.overtaken + 1 < TRIES => {
                self.overtaken += 1;
                app.keys.reload(&app.db).await.map_err(|_| legacy::Error::KeysChanged)
            }
            legacy::Error::Storage(db::Error::Unavailable(_)) if self.unanswered < WAITS => {
                tokio::time::sleep(Duration::from_secs(1 << self.unanswered)).await;
                self.unanswered += 1;
                Ok(())
            }
            other => Err(other),
        }
    }
}
