//! The exchange platform gives an app so many questions a second and a day. They are counted over all nodes,
//! and what is above is not asked: a platform that is asked too often locks the app out.

use std::time::Duration;

use super::{NoAnswer, Register};
use crate::config;
use crate::transient::{Key, Transient};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) struct Quota {
    transient: Transient,
    per_second: u64,
    per_day: u64,
}

impl Quota {
    pub(super) fn new(transient: Transient, config: &config::Registers) -> Self {
        Self { transient, per_second: config.per_second, per_day: config.per_day }
    }

    /// Counts a question to the register; [`NoAnswer::Busy`] if it is one too many. If nobody can count,
    /// nobody asks.
    pub(super) async fn take(&self, register: Register) -> Result<(), NoAnswer> {
        for (kind, span, most) in
            [("register-second", SECOND, self.per_second), ("register-day", DAY, self.per_day)]
        {
            let counted = self.transient.count(&Key::new(kind, register.as_str()), span, 1).await;
            let counted = counted.map_err(|error| {
                tracing::warn!(%error, "questions to the registers cannot be counted");
                NoAnswer::Busy
            })?;
            if counted > most {
                return Err(NoAnswer::Busy);
            }
        }
        Ok(())
    }
}
