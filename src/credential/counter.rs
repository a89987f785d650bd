//! Counters in windows of time, and what stands behind the limits: from where, at what, how often.

use std::net::IpAddr;
use std::time::Duration;

use crate::base::Moment;
use crate::transient::{Key, Transient, Unavailable};

/// Come again later. How a person learns of it is the same whether the account exists or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("too many tries: wait {seconds} seconds")]
pub struct Wait {
    /// For `Retry-After`: until the window of the counter that is full ends.
    pub seconds: u64,
}

/// One counter in the window that is open now. Windows follow one another without a gap, so the end of
/// this one is known and a person is told the true time to wait; the price is that around a border
/// twice the limit may come together, as in every counter with fixed windows.
pub(super) struct Counter {
    key: Key,
    left: Duration,
    limit: u64,
}

impl Counter {
    /// `name` says what is counted, with its parts divided by `/`; the last part may be anything.
    pub fn new(now: Moment, name: &str, window: Duration, limit: u64) -> Self {
        let length = i64::try_from(window.as_micros()).unwrap_or(i64::MAX).max(1);
        let number = now.micros().div_euclid(length);
        let left = length - now.micros().rem_euclid(length);
        Self {
            key: Key::new("counter", format!("{number}/{name}")),
            left: Duration::from_micros(left.unsigned_abs()),
            limit,
        }
    }

    /// How many were counted; counts nothing.
    pub async fn look(&self, transient: &Transient) -> Result<u64, Unavailable> {
        transient.count(&self.key, self.left, 0).await
    }

    /// Counts one and tells how many there are with it.
    pub async fn add(&self, transient: &Transient) -> Result<u64, Unavailable> {
        transient.count(&self.key, self.left, 1).await
    }

    pub async fn clear(&self, transient: &Transient) -> Result<(), Unavailable> {
        transient.take(&self.key).await.map(drop)
    }

    /// Whether one more is allowed after `counted`.
    pub fn admits(&self, counted: u64) -> Result<(), Wait> {
        self.admits_up_to(self.limit, counted)
    }

    /// As [`Counter::admits`], under a lower limit.
    pub fn admits_up_to(&self, limit: u64, counted: u64) -> Result<(), Wait> {
        let seconds = self.left.as_secs() + u64::from(self.left.subsec_nanos() > 0);
        if counted < self.limit.min(limit) { Ok(()) } else { Err(Wait { seconds }) }
    }

    pub fn is_full(&self, counted: u64) -> bool {
        counted >= self.limit
    }
}

/// From where: an IPv4 address, or an IPv6 /64, which is what one subscriber gets.
pub(super) fn source_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

pub(super) const fn minutes(number: u64) -> Duration {
    Duration::from_secs(number.saturating_mul(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_one_source() {
        let source = |text: &str| source_of(text.parse().unwrap());
        assert_eq!(source("2001:db8:0:1::1"), source("2001:db8:0:1:ffff::2"));
        assert_ne!(source("2001:db8:0:1::1"), source("2001:db8:0:2::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.2"), source("192.0.2.1"));
    }

    #[test]
    fn the_wait_is_what_is_left_of_the_window() {
        let at = |second: i64| Counter::new(Moment::from_seconds(second), "x", minutes(10), 3);
        assert_eq!(at(600).admits(2), Ok(()));
        assert_eq!(at(600).admits(3), Err(Wait { seconds: 600 }));
        assert_eq!(at(1199).admits(4), Err(Wait { seconds: 1 }));
        assert_eq!(at(600).admits_up_to(1, 1), Err(Wait { seconds: 600 }));
        assert_ne!(at(1199).key, at(1200).key);
    }
}
