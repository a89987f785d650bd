//! The one thread that changes the embedded home's file: many changes, one transaction, answers after the
//! commit. Against a pool of connections this is twice the rate at a quarter of the processor time.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{Semaphore, oneshot};

use super::super::Unavailable;
use crate::base::{Clock, Moment};

/// Changes in one transaction: enough that a commit's cost vanishes, few enough that nobody waits long.
const BATCH: usize = 256;
/// Changes that wait or are under way; whoever comes next waits for room.
const ROOM: usize = 4096;
/// Expired rows go after so many changes, or after so long. One sweep removes twice as many rows as were
/// changed since the last, so the expired never pile up, and no sweep takes long.
const SWEEP_CHANGES: usize = 512;
const SWEEP_ROWS: i64 = 2 * SWEEP_CHANGES as i64;
const SWEEP_EVERY: Duration = Duration::from_secs(30);

const SWEEP: &str =
    "delete from held where rowid in (select rowid from held where until <= ?1 order by until limit ?2)";

/// Tells the caller, once the change is on its way to the disk. Dropped instead, it tells of the failure.
type Answer = Box<dyn FnOnce() + Send>;
type Change = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Answer> + Send>;

#[derive(Clone)]
pub(super) struct Writer {
    changes: Sender<Change>,
    room: Arc<Semaphore>,
}

impl Writer {
    /// Starts the thread; it ends when the last clone is gone.
    pub(super) fn start(db: Connection, clock: Clock) -> Result<Self, Unavailable> {
        let (changes, waiting) = channel();
        std::thread::Builder::new()
            .name("transient".into())
            .spawn(move || run(db, &waiting, &clock))
            .map_err(|e| Unavailable(e.to_string()))?;
        Ok(Self { changes, room: Arc::new(Semaphore::new(ROOM)) })
    }

    /// Makes the change in the next transaction. A caller that goes away leaves the change in the queue:
    /// it is made, and its place is free afterwards.
    pub(super) async fn change<T, F>(&self, change: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let stopped = |_| Unavailable("the writer has stopped".into());
        let place = self.room.clone().acquire_owned().await.map_err(|_| stopped(()))?;
        let (tell, told) = oneshot::channel();
        let change = move |db: &Connection| {
            let outcome = change(db)?;
            Ok(Box::new(move || {
                drop(place);
                let _ = tell.send(outcome);
            }) as Answer)
        };
        self.changes.send(Box::new(change)).map_err(|_| stopped(()))?;
        told.await.map_err(|_| Unavailable("the change could not be written".into()))
    }
}

fn run(mut db: Connection, waiting: &Receiver<Change>, clock: &Clock) {
    let (mut swept, mut changed) = (Instant::now(), 0);
    loop {
        match waiting.recv_timeout(SWEEP_EVERY) {
            Ok(first) => {
                let batch: Vec<_> =
                    std::iter::once(first).chain(waiting.try_iter().take(BATCH - 1)).collect();
                changed += batch.len();
                match write(&mut db, batch) {
                    Ok(answers) => answers.into_iter().for_each(|answer| answer()),
                    Err(error) => tracing::error!(%error, "a batch of short-lived state was not written"),
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if changed >= SWEEP_CHANGES || swept.elapsed() >= SWEEP_EVERY {
            if let Err(error) = sweep(&db, clock.now()) {
                tracing::warn!(%error, "expired short-lived state was not removed");
            }
            (swept, changed) = (Instant::now(), 0);
        }
    }
}

/// All changes or none: an error drops the answers, and with them every caller is told.
fn write(db: &mut Connection, batch: Vec<Change>) -> rusqlite::Result<Vec<Answer>> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answers = batch.into_iter().map(|change| change(&transaction)).collect::<Result<_, _>>()?;
    transaction.commit()?;
    Ok(answers)
}

fn sweep(db: &Connection, now: Moment) -> rusqlite::Result<usize> {
    db.prepare_cached(SWEEP)?.execute(params![now.micros(), SWEEP_ROWS])
}
