//! A circuit breaker: a service that fails again and again is left alone for a while, so that it can recover
//! and nobody waits for it in vain.
//!
//! Its state is one node's own: each node finds out by itself within a few questions, and nothing need be shared
//! for that.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use crate::base::Moment;

pub(super) struct Breaker {
    opens_after: u32,
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
enum State {
    /// Questions pass; so many in a row have failed.
    Closed { failures: u32 },
    /// No question passes until then; then one does, and `until` moves on while it is out.
    Open { until: Moment },
}

impl Breaker {
    /// Opens after so many failures in a row, and tries again each time `rest` is over.
    pub(super) fn new(opens_after: u32, rest: Duration) -> Self {
        Self { opens_after: opens_after.max(1), rest, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Whether a question may be sent now.
    pub(super) fn admits(&self, now: Moment) -> bool {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => true,
            State::Open { until } if now < until => false,
            State::Open { .. } => {
                *state = State::Open { until: now.plus(self.rest) };
                true
            }
        }
    }

    pub(super) fn answered(&self) {
        *self.state() = State::Closed { failures: 0 };
    }

    pub(super) fn failed(&self, now: Moment) {
        let mut state = self.state();
        *state = match *state {
            State::Closed { failures } if failures + 1 < self.opens_after => {
                State::Closed { failures: failures + 1 }
            }
            _ => State::Open { until: now.plus(self.rest) },
        };
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(*self.state(), State::Open { .. })
    }

    /// A state is whole at every moment, so a panic elsewhere does not spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(30);

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_through_each_rest() {
        let (breaker, now) = (Breaker::new(3, REST), Moment::from_seconds(1_000));
        breaker.failed(now);
        breaker.failed(now);
        breaker.answered();
        for _ in 0..2 {
            breaker.failed(now);
            assert!(breaker.admits(now) && !breaker.is_open(), "not in a row");
        }
        breaker.failed(now);
        assert!(breaker.is_open() && !breaker.admits(now));
        let later = now.plus(REST);
        assert!(breaker.admits(later), "one tries");
        assert!(!breaker.admits(later), "the others wait for it");
        breaker.failed(later);
        assert!(!breaker.admits(later.plus(REST / 2)));
        // Who tries and is never heard of again stands in nobody's way for longer than a rest.
        assert!(breaker.admits(later.plus(REST)) && breaker.admits(later.plus(REST * 2)));
        breaker.answered();
        assert!(!breaker.is_open() && breaker.admits(later.plus(REST * 2)));
    }
}
