//! Time as a value. Only [`Clock`] asks the machine what time it is; everybody else is given a [`Moment`].

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, the form in which every table keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as JWT's NumericDate wants them (RFC 7519 section 2).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(span)))
    }

    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(span)))
    }

    /// How long ago `earlier` was; zero if it is not earlier.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// When a UUIDv7 was made (RFC 9562 section 5.7).
    pub fn of_id(id: uuid::Uuid) -> Self {
        let millis = id.get_timestamp().map_or(0, |at| {
            let (seconds, nanos) = at.to_unix();
            seconds.saturating_mul(1000) + u64::from(nanos / 1_000_000)
        });
        Self(i64::try_from(millis.saturating_mul(1000)).unwrap_or(i64::MAX))
    }

    /// Day and minute in the province's time zone, as pages and records show them: 2026-11-23 09:05.
    pub fn shown(self) -> String {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        self.timestamp().to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The lowest key that a row made now can have ([`super::Chance::id_at`]).
    pub fn first_id(self) -> uuid::Uuid {
        let millis = u64::try_from(self.0.max(0) / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
    }

    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The calendar day in the province's time zone.
    pub fn day(self) -> jiff::civil::Date {
        self.local().date()
    }

    /// Day and time in the province's time zone.
    pub fn local(self) -> jiff::civil::DateTime {
        // A fixed offset: China has kept UTC+8 all year since 1991, and no zone file need be present.
        self.timestamp().to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).datetime()
    }

    /// When `day` begins in the province's time zone; `None` thousands of years from now.
    pub fn of_day(day: jiff::civil::Date) -> Option<Self> {
        day.to_zoned_datetime(province()).ok().map(|begin| Self(begin.timestamp().as_microsecond()))
    }
}

/// A fixed offset: China has kept UTC+8 all year since 1991, and no zone file need be present.
fn province() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(8))
}

fn micros_of(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Where moments come from: the machine, or a test that moves time by hand.
#[derive(Clone, Debug)]
pub enum Clock {
    Machine,
    ByHand(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn by_hand(start: Moment) -> Self {
        Self::ByHand(Arc::new(AtomicI64::new(start.micros())))
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Moment {
        match self {
            Self::Machine => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Moment(micros_of(since.unwrap_or_default()))
            }
            Self::ByHand(at) => Moment(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock by hand; the machine's clock goes its own way.
    pub fn advance(&self, span: Duration) {
        if let Self::ByHand(at) = self {
            at.fetch_add(micros_of(span), Ordering::SeqCst);
        }
    }
}
