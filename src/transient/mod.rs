//! Short-lived state behind five verbs: authorization codes, pushed requests, Asks, replay marks, counters.
//!
//! Two homes keep one contract (`tests/transient.rs`): a file beside the process, or a Redis that many
//! nodes share. Both compare the stored expiry with the given [`Clock`], so they agree about what is over.
//! A kind of key is used in one way only: for values, for marks, or for counters.

mod embedded;
mod key;
mod redis;

use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::{Clock, Moment};
pub use key::Key;

/// The home did not answer, or not in time. Whether a change was made is then unknown: refuse the request.
/// The cause is for the log; it names no key and no value.
#[derive(Clone, Debug, thiserror::Error)]
#[error("short-lived state is unavailable: {0}")]
pub struct Unavailable(String);

/// Why a home could not be opened. The address is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the address of the transient store is not understood: {0}; use embedded:PATH, redis://HOST:PORT, \
         redis-cluster://HOST:PORT,HOST:PORT or redis-sentinel://HOST:PORT,HOST:PORT/SERVICE (rediss… for TLS)"
    )]
    Address(&'static str),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A home, looked at by `yihao doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The home's name, and its version if it has one.
    pub what: String,
    /// What must be changed, a sentence each.
    pub wrong: Vec<String>,
}

/// From when until when something is held. It is over at `until` itself.
#[derive(Clone, Copy)]
struct Life {
    now: Moment,
    until: Moment,
}

/// What a home does. The moment is given, never asked for.
trait Home {
    async fn put(&self, key: &Key, value: &[u8], life: Life) -> Result<(), Unavailable>;
    async fn get(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable>;
    /// In the order of the keys.
    async fn get_many(&self, keys: &[Key], now: Moment) -> Result<Vec<Option<Vec<u8>>>, Unavailable>;
    async fn take(&self, key: &Key, now: Moment) -> Result<Option<Vec<u8>>, Unavailable>;
    async fn claim(&self, key: &Key, life: Life) -> Result<bool, Unavailable>;
    /// Adds to a counter that is kept as decimal digits, so that `get` and `take` see it like any value.
    async fn count(&self, key: &Key, window: Life, by: u32) -> Result<u64, Unavailable>;
}

#[derive(Clone)]
enum AnyHome {
    Embedded(embedded::Embedded),
    Redis(redis::Redis),
}

/// The store of short-lived state; a clone is cheap and shares the home.
#[derive(Clone)]
pub struct Transient {
    home: AnyHome,
    clock: Clock,
}

macro_rules! at_home {
    ($self:ident.$verb:ident($($argument:expr),*)) => {
        match &$self.home {
            AnyHome::Embedded(home) => home.$verb($($argument),*).await,
            // Without its type: the client's futures are large, and the compiler would carry them through every
            // function above.
            AnyHome::Redis(home) => {
                let there: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(home.$verb($($argument),*));
                there.await
            }
        }
    };
}

impl Transient {
    /// Opens `embedded:PATH` (the directory must exist; the file is made) or a Redis 6.2 or newer at
    /// `redis://`, `redis-cluster://`, `redis-sentinel://` or their TLS forms `rediss…`.
    /// Redis must not evict: with `maxmemory-policy` other than `noeviction` a replay mark may vanish.
    pub async fn open(address: &str, clock: Clock) -> Result<Self, OpenError> {
        let home = match address.strip_prefix("embedded:") {
            Some("") => return Err(OpenError::Address("the path is missing")),
            Some(path) => AnyHome::Embedded(embedded::Embedded::open(Path::new(path))?),
            None => AnyHome::Redis(redis::Redis::open(address).await?),
        };
        Ok(Self { home, clock })
    }

    /// Whether other nodes may be at the same home. A file is one node's.
    pub const fn is_shared(&self) -> bool {
        matches!(self.home, AnyHome::Redis(_))
    }

    /// Whether the home does what it is there for: it writes a mark, since a full disk or a read-only
    /// replica would answer anything less.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.put(&Key::new("ping", ""), b"", Duration::from_secs(60)).await
    }

    /// What the home is, and what is wrong with it as a home for what must not be lost.
    pub async fn examine(&self) -> Result<Examined, Unavailable> {
        match &self.home {
            AnyHome::Embedded(_) => Ok(Examined { what: "embedded".to_owned(), wrong: Vec::new() }),
            AnyHome::Redis(home) => home.examine().await,
        }
    }

    /// Keeps `value` for `ttl`, in place of what the key held.
    pub async fn put(&self, key: &Key, value: &[u8], ttl: Duration) -> Result<(), Unavailable> {
        at_home!(self.put(key, value, self.life(ttl)))
    }

    /// Looks at what the key holds.
    pub async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        at_home!(self.get(key, self.clock.now()))
    }

    /// [`Transient::get`] of many keys by one question, in their order: for what one task looks at for all. A hundred
    /// at a time hold up nobody.
    pub async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, Unavailable> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        at_home!(self.get_many(keys, self.clock.now()))
    }

    /// Takes what the key holds, once: of all who take, one gets it. A counter starts anew.
    pub async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        at_home!(self.take(key, self.clock.now()))
    }

    /// Leaves a mark for `ttl`: true for the first who does, false for all others until it is over.
    pub async fn claim(&self, key: &Key, ttl: Duration) -> Result<bool, Unavailable> {
        at_home!(self.claim(key, self.life(ttl)))
    }

    /// Adds `by` and tells the total in the window, which the first count opens and which does not move.
    /// Zero only looks, and opens nothing.
    pub async fn count(&self, key: &Key, window: Duration, by: u32) -> Result<u64, Unavailable> {
        if by == 0 {
            return self.get(key).await?.map_or(Ok(0), |digits| total(&digits));
        }
        at_home!(self.count(key, self.life(window), by))
    }

    /// [`Transient::put`] of a value as JSON. What cannot be written as JSON is `Unavailable` too.
    pub async fn put_json<T: Serialize>(
        &self,
        key: &Key,
        value: &T,
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        let json = serde_json::to_vec(value).map_err(|e| unreadable(key, &e))?;
        self.put(key, &json, ttl).await
    }

    /// [`Transient::get`] of a value as JSON. What does not fit `T` is `Unavailable`, not absent.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Unavailable> {
        read_json(key, self.get(key).await?)
    }

    /// [`Transient::take`] of a value as JSON. What does not fit `T` is `Unavailable`, and is gone.
    pub async fn take_json<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Unavailable> {
        read_json(key, self.take(key).await?)
    }

    fn life(&self, ttl: Duration) -> Life {
        let now = self.clock.now();
        Life { now, until: now.plus(ttl) }
    }
}

/// The total that a counter's digits say.
fn total(digits: &[u8]) -> Result<u64, Unavailable> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Unavailable("the key holds no counter".into()))
}

fn read_json<T: DeserializeOwned>(key: &Key, json: Option<Vec<u8>>) -> Result<Option<T>, Unavailable> {
    json.map(|json| serde_json::from_slice(&json).map_err(|e| unreadable(key, &e))).transpose()
}

/// Says where the JSON is wrong, not how: serde's words may repeat the value.
fn unreadable(key: &Key, error: &serde_json::Error) -> Unavailable {
    Unavailable(format!("a {:?} does not fit ({:?} error at byte {})", key, error.classify(), error.column()))
}
