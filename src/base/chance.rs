//! Chance as a value: the machine's, or a test's own repeatable stream.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::Moment;

/// Where random bytes come from.
#[derive(Clone)]
pub enum Chance {
    Machine,
    /// A SHA-256 counter stream of a seed: for tests that must repeat exactly.
    Seeded(Arc<Mutex<(u64, u64)>>),
}

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new((seed, 0))))
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            // Without randomness nothing here is safe, so there is nothing to fall back to.
            Self::Machine => SystemRandom::new().fill(bytes).expect("the machine gives random bytes"),
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(|e| e.into_inner());
                for chunk in bytes.chunks_mut(32) {
                    let mut input = state.0.to_be_bytes().to_vec();
                    input.extend(state.1.to_be_bytes());
                    state.1 += 1;
                    let block = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
                    chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
                }
            }
        }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// 256 random bits as base64url: codes, state handles, client secrets.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A number below `limit`, evenly: draws again where the remainder would favour the small ones.
    pub fn below(&self, limit: u32) -> u32 {
        let limit = limit.max(1);
        let zone = u32::MAX - u32::MAX % limit;
        loop {
            let draw = u32::from_be_bytes(self.bytes());
            if draw < zone {
                return draw % limit;
            }
        }
    }

    /// A key for a table that is read by recency and cut by age: its order tells when it was made.
    pub fn id_at(&self, now: Moment) -> Uuid {
        let millis = u64::try_from(now.micros().max(0) / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// An id that tells nothing, not even its age: for what leaves the house, such as `sub`.
    pub fn id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Machine => "Chance::Machine",
            Self::Seeded(_) => "Chance::Seeded",
        })
    }
}
