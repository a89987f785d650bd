//! How long an answer is waited for, and how often a question is put. All questions only look something up:
//! one that came twice did no harm.

use std::time::Duration;

use crate::base::Chance;
use crate::config;

/// The longest pause before the second try; it doubles with each.
const PAUSE_MS: u32 = 200;

pub(super) struct Patience {
    /// For all tries together.
    pub(super) whole: Duration,
    /// For one try.
    pub(super) each: Duration,
    pub(super) tries: u32,
}

impl Patience {
    pub(super) fn new(config: &config::Registers) -> Self {
        Self {
            whole: Duration::from_millis(config.timeout_ms),
            each: Duration::from_millis(config.try_ms),
            tries: config.tries.max(1),
        }
    }

    /// The pause after the `tried`th try, anywhere up to its longest: those who failed together do not come
    /// again together.
    pub(super) fn pause(&self, tried: u32, chance: &Chance) -> Duration {
        let longest = PAUSE_MS.saturating_mul(1 << tried.saturating_sub(1).min(10));
        Duration::from_millis(chance.below(longest).into())
    }
}
