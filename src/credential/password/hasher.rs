//! Hashing and comparing of passwords, for whoever can wait.

use std::sync::Arc;
use std::time::Duration;

use argon2::Params;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::pool::{Busy, Job, Pool, Work};
use super::recipe::{self, Recipe, SALT, Stored};
use crate::base::{Chance, Secret};
use crate::config::{self, Invalid};
use crate::credential::legacy_hash::LegacyHash;
use crate::crypto;

/// After so long without a hash the blocks go back to the system: an idle Yihao is a small one.
const IDLE: Duration = Duration::from_secs(30);

/// What an unknown identifier's password is hashed with: it costs what a known one's costs, and matches
/// nothing whatever comes of it.
const NOBODYS_SALT: [u8; SALT] = *b"nobody's salt...";

/// What a comparison came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    No,
    /// `needs_rehash`: the hash was made at another cost than the configured one. Hash the password again
    /// and keep that ([`super::rehash`]).
    Yes {
        needs_rehash: bool,
    },
}

/// How busy the hasher is, for `/metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Callers in the queue.
    pub waiting: usize,
    /// Hashes being computed.
    pub running: usize,
    /// Memory held for the next hashes, in KiB.
    pub held_kib: usize,
}

/// The only way to an argon2 hash. Cheap to clone; its threads end with the last clone.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    pool: Pool,
    cost: Params,
    chance: Chance,
}

impl Hasher {
    /// Starts the threads. `chance` makes the salts.
    pub fn start(config: &config::Password, chance: Chance) -> Result<Self, Invalid> {
        Self::start_with_idle(config, chance, IDLE)
    }

    fn start_with_idle(config: &config::Password, chance: Chance, idle: Duration) -> Result<Self, Invalid> {
        let cost = recipe::cost(config)?;
        let workers = match config.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        };
        let pool = Pool::start(workers, config.queue, idle)
            .map_err(|e| Invalid(format!("password.workers: {workers} threads cannot be started: {e}")))?;
        Ok(Self(Arc::new(Inner { pool, cost, chance })))
    }

    /// The password's hash as a PHC string, at the configured cost, with a fresh salt.
    pub async fn hash(&self, password: Secret) -> Result<String, Busy> {
        let recipe = Recipe::new(self.0.cost.clone(), &self.0.chance.bytes());
        let output = self.derive(recipe.clone(), password).await?;
        recipe.written(&output).ok_or(Busy)
    }

    /// Whether `password` is the one that `phc` was made of. `None`, where there is no account or no
    /// password, takes as long and is answered no; so is a string that is no argon2 hash.
    ///
    /// Whoever drops the future before its turn leaves the queue.
    pub async fn verify(&self, phc: Option<&str>, password: Secret) -> Result<Verdict, Busy> {
        let stored = phc.and_then(Stored::read);
        if phc.is_some() && stored.is_none() {
            tracing::error!("a stored password hash is not understood: nobody can sign in with it");
        }
        let (recipe, expected) = match stored {
            Some(Stored { recipe, output }) => (recipe, Some(output)),
            None => (Recipe::new(self.0.cost.clone(), &NOBODYS_SALT), None),
        };
        let needs_rehash = !recipe.is_as_new(&self.0.cost);
        let output = self.derive(recipe, password).await?;
        let matches = expected.is_some_and(|expected| crypto::equal(expected.as_bytes(), &output));
        Ok(if matches { Verdict::Yes { needs_rehash } } else { Verdict::No })
    }

    /// Whether `password` is the one that a legacy system's hash was made of. It waits its turn like every other.
    pub async fn matches_legacy(&self, hash: LegacyHash, password: Secret) -> Result<bool, Busy> {
        let (answer, answered) = oneshot::channel();
        self.0.pool.submit(Job { password, work: Work::Compare(hash, answer) })?;
        answered.await.map_err(|_| Busy)
    }

    pub fn load(&self) -> Load {
        let pool = &self.0.pool;
        Load { waiting: pool.waiting(), running: pool.running(), held_kib: pool.held_kib() }
    }

    async fn derive(&self, recipe: Recipe, password: Secret) -> Result<Zeroizing<Vec<u8>>, Busy> {
        let (answer, answered) = oneshot::channel();
        self.0.pool.submit(Job { password, work: Work::Derive(recipe, answer) })?;
        answered.await.map_err(|_| Busy)
    }
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
