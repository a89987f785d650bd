//! The threads that hash, and the short queue before them.
//!
//! argon2 is bound by memory: more hashes at once than cores make every one slower and none sooner. Each
//! thread keeps its blocks from hash to hash, which saves the page faults, and gives them back when nobody
//! has come for a while.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::blocks::Blocks;
use super::recipe::Recipe;
use crate::base::Secret;
use crate::credential::legacy_hash::LegacyHash;

/// No worker is free and the queue is full. The handler answers 503 with `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at this moment")]
pub struct Busy;

pub(super) struct Job {
    pub password: Secret,
    pub work: Work,
}

/// What is to be done with a password, and who waits for it. The answer's end is closed when the caller has gone
/// away: then there is nothing to do.
pub(super) enum Work {
    /// Compute its argon2 hash.
    Derive(Recipe, oneshot::Sender<Zeroizing<Vec<u8>>>),
    /// Compare it with a legacy system's hash.
    Compare(LegacyHash, oneshot::Sender<bool>),
}

impl Job {
    fn is_wanted(&self) -> bool {
        !match &self.work {
            Work::Derive(_, answer) => answer.is_closed(),
            Work::Compare(_, answer) => answer.is_closed(),
        }
    }
}

/// The threads; they end when this is dropped.
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    turns: Mutex<Turns>,
    wake: Condvar,
    workers: usize,
    /// Jobs that may wait when all workers are busy.
    queue: usize,
    /// How long a worker keeps its blocks with nothing to do.
    idle: Duration,
    /// Blocks of 1 KiB that the workers hold.
    held: AtomicUsize,
}

#[derive(Default)]
struct Turns {
    waiting: VecDeque<Job>,
    running: usize,
    closed: bool,
}

enum Next {
    Job(Box<Job>),
    Idle,
    Closed,
}

impl Pool {
    pub fn start(workers: usize, queue: usize, idle: Duration) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            turns: Mutex::default(),
            wake: Condvar::new(),
            workers,
            queue,
            idle,
            held: AtomicUsize::new(0),
        });
        let pool = Self(shared);
        for n in 0..workers {
            let shared = pool.0.clone();
            std::thread::Builder::new().name(format!("password-{n}")).spawn(move || shared.work())?;
        }
        Ok(pool)
    }

    pub fn submit(&self, job: Job) -> Result<(), Busy> {
        let mut turns = self.0.turns();
        let places = self.0.queue + self.0.workers.saturating_sub(turns.running);
        if turns.waiting.len() >= places {
            // Those who went away give up their places now; looking earlier would gain nothing.
            turns.waiting.retain(Job::is_wanted);
        }
        if turns.waiting.len() >= places {
            return Err(Busy);
        }
        turns.waiting.push_back(job);
        drop(turns);
        self.0.wake.notify_one();
        Ok(())
    }

    pub fn waiting(&self) -> usize {
        self.0.turns().waiting.iter().filter(|job| job.is_wanted()).count()
    }

    pub fn running(&self) -> usize {
        self.0.turns().running
    }

    pub fn held_kib(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.turns().closed = true;
        self.0.wake.notify_all();
    }
}

impl Shared {
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn work(&self) {
        let mut blocks = Blocks::default();
        loop {
            match self.next(&mut blocks) {
                Next::Job(job) => self.answer(*job, &mut blocks),
                Next::Idle => self.free(&mut blocks),
                Next::Closed => return self.free(&mut blocks),
            }
        }
    }

    /// The next job that somebody still waits for. A worker that must wait wipes its blocks first; one that
    /// need not goes on, and the next hash overwrites them.
    fn next(&self, blocks: &mut Blocks) -> Next {
        if let Some(next) = take(&mut self.turns()) {
            return next;
        }
        blocks.wipe();
        let until = Instant::now() + self.idle;
        let mut turns = self.turns();
        loop {
            if let Some(next) = take(&mut turns) {
                return next;
            }
            turns = if blocks.is_empty() {
                self.wake.wait(turns).unwrap_or_else(|poisoned| poisoned.into_inner())
            } else {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Next::Idle;
                }
                self.wake.wait_timeout(turns, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0
            };
        }
    }

    /// Does the work. That this worker is free again is written down before the answer: who has it finds it so.
    fn answer(&self, Job { password, work }: Job, blocks: &mut Blocks) {
        match work {
            Work::Derive(recipe, answer) => {
                let output = self.hash(&recipe, &password, blocks);
                self.turns().running -= 1;
                if let Some(output) = output {
                    let _ = answer.send(output);
                }
            }
            Work::Compare(hash, answer) => {
                let matches = hash.matches(&password);
                self.turns().running -= 1;
                let _ = answer.send(matches);
            }
        }
    }

    /// `None`, which cannot be for a recipe that was checked, is told to the caller by the dropped answer.
    fn hash(&self, recipe: &Recipe, password: &Secret, blocks: &mut Blocks) -> Option<Zeroizing<Vec<u8>>> {
        let count = recipe.params.block_count();
        if blocks.len() < count {
            self.free(blocks);
            *blocks = Blocks::new(count)
                .inspect_err(|error| tracing::error!(%error, "no memory to hash a password"))
                .ok()?;
            self.held.fetch_add(count, Ordering::Relaxed);
        }
        let mut output = Zeroizing::new(vec![0; recipe.output_length()]);
        recipe
            .argon2()
            .hash_password_into_with_memory(password.reveal().as_bytes(), &recipe.salt, &mut output, blocks)
            .inspect_err(|error| tracing::error!(%error, "a password could not be hashed"))
            .ok()?;
        Some(output)
    }

    fn free(&self, blocks: &mut Blocks) {
        self.held.fetch_sub(blocks.len(), Ordering::Relaxed);
        // Nobody gets the pages as they were: the system clears them.
        *blocks = Blocks::default();
    }
}

fn take(turns: &mut Turns) -> Option<Next> {
    if turns.closed {
        return Some(Next::Closed);
    }
    while let Some(job) = turns.waiting.pop_front() {
        if job.is_wanted() {
            turns.running += 1;
            return Some(Next::Job(Box::new(job)));
        }
    }
    None
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
