//! The one writing connection. Borrowers hold it in turn, each after the first of a batch inside a savepoint, and in
//! their own thread, because a hop to another thread costs more than a statement. Whoever finds it idle begins a batch; the last in line
//! leaves it to the *committer*, a thread that may wait for the disk: many transactions share one `fsync`, and each
//! is answered only after it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::db::Error;

/// So many turns share a commit at most: a bound on how long the first of them waits. Turns that came to
/// nothing count too: whoever tries again and again must not keep the others' changes from being committed.
const LARGEST_BATCH: usize = 64;

/// How long a connection waits for another process that writes.
pub const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Writer {
    line: Arc<Mutex<Line>>,
    committer: mpsc::Sender<Batch>,
}

/// Who waits for the connection, and the connection while nobody does.
struct Line {
    waiting: VecDeque<Waiter>,
    idle: Option<Batch>,
}

struct Waiter {
    call: oneshot::Sender<Result<Turn, Error>>,
    writer: Writer,
}

/// The connection, with those who have had their turn since the last commit.
struct Batch {
    connection: Connection,
    turns: usize,
    answers: Vec<Answer>,
}

/// Tells a borrower whether the batch with its changes was committed.
type Answer = oneshot::Sender<Result<(), Error>>;

/// One borrower's time with the connection. Dropped without [`Turn::commit`], it leaves nothing behind.
///
/// Who is the first of a batch can be taken back with the whole of it, and needs no savepoint: that would keep in memory
/// every page that is changed, as it was before, which for the import of a large file is all of the database.
pub struct Turn {
    /// There until the turn ends.
    batch: Option<Batch>,
    writer: Writer,
}

impl Writer {
    pub fn start(connection: Connection) -> Result<Self, Error> {
        let idle = Some(Batch { connection, turns: 0, answers: Vec::new() });
        let line = Arc::new(Mutex::new(Line { waiting: VecDeque::new(), idle }));
        let (committer, batches) = mpsc::channel();
        let of_thread = line.clone();
        // The thread keeps no sender: it ends when the last writer is gone.
        std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || batches.iter().for_each(|batch| turn_over(&of_thread, batch)))
            .map_err(|e| Error::Unavailable(e.to_string()))?;
        Ok(Self { line, committer })
    }

    pub async fn turn(&self) -> Result<Turn, Error> {
        let mut idle = lock(&self.line).idle.take();
        if idle.as_ref().is_some_and(|batch| begins_at_once(&batch.connection)) {
            return Ok(Turn { batch: idle.take(), writer: self.clone() });
        }
        let (call, called) = oneshot::channel();
        let idle = {
            let mut line = lock(&self.line);
            line.waiting.push_back(Waiter { call, writer: self.clone() });
            idle.or_else(|| line.idle.take())
        };
        if let Some(batch) = idle {
            // Another process writes, or worse: the committer may wait for it, and tells.
            self.committer.send(batch).map_err(|_| stopped())?;
        }
        called.await.map_err(|_| stopped())?
    }

    /// The connection comes back from a turn.
    fn back(&self, mut batch: Batch) {
        batch.turns += 1;
        // An error can take the whole transaction with it, and then nothing of the batch is left to commit.
        let lost = batch.connection.is_autocommit();
        let next =
            if lost || batch.turns >= LARGEST_BATCH { None } else { lock(&self.line).waiting.pop_front() };
        match next {
            Some(waiter) => waiter.take(batch),
            // Without the thread the program is at its end, and the answers' senders drop with the batch.
            None => drop(self.committer.send(batch)),
        }
    }
}

impl Waiter {
    /// Calls the one who waits. If nobody does any more, the turn drops and the connection goes on.
    fn take(self, batch: Batch) {
        let begun = if batch.turns == 0 { Ok(()) } else { run(&batch.connection, "savepoint turn") };
        let turn = Turn { batch: Some(batch), writer: self.writer };
        // Either way dropping what could not be handed over ends the turn.
        drop(self.call.send(begun.map(|()| turn)));
    }
}

impl Turn {
    pub fn connection(&self) -> Result<&Connection, Error> {
        self.batch.as_ref().map(|batch| &batch.connection).ok_or_else(stopped)
    }

    /// Answers once the batch is on the disk.
    pub async fn commit(mut self) -> Result<(), Error> {
        let mut batch = self.batch.take().ok_or_else(stopped)?;
        let released = if batch.turns == 0 { Ok(()) } else { run(&batch.connection, "release turn") };
        let (answer, answered) = oneshot::channel();
        if released.is_ok() {
            batch.answers.push(answer);
        }
        self.writer.back(batch);
        released?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(batch) = self.batch.take() else { return };
        // An error may have taken the transaction back already.
        let gone = batch.connection.is_autocommit();
        let back: &[_] = match batch.turns {
            0 if gone => &[],
            0 => &["rollback"],
            _ => &["rollback to turn", "release turn"],
        };
        for sql in back {
            if let Err(error) = run(&batch.connection, sql) {
                tracing::error!(%error, "a turn was not taken back");
            }
        }
        if batch.turns == 0 {
            drop(self.writer.committer.send(batch));
        } else {
            self.writer.back(batch);
        }
    }
}

/// Ends one batch and begins the next, if somebody waits.
fn turn_over(line: &Mutex<Line>, mut batch: Batch) {
    if batch.turns > 0 {
        // Whoever is just about to come shares this commit. On a machine with nothing else to do this takes
        // no time, and on a busy one a commit for each would cost more than it.
        std::thread::yield_now();
        let is_whole = !batch.connection.is_autocommit();
        let next =
            if is_whole && batch.turns < LARGEST_BATCH { lock(line).waiting.pop_front() } else { None };
        if let Some(waiter) = next {
            return waiter.take(batch);
        }
        end(&mut batch);
    }
    loop {
        let waiter = {
            let mut line = lock(line);
            let Some(waiter) = line.waiting.pop_front() else {
                line.idle = Some(batch);
                return;
            };
            waiter
        };
        match run(&batch.connection, "begin immediate") {
            Ok(()) => return waiter.take(batch),
            Err(error) => drop(waiter.call.send(Err(error))),
        }
    }
}

fn end(batch: &mut Batch) {
    let done = run(&batch.connection, "commit");
    if let Err(error) = &done {
        tracing::error!(%error, "a batch of transactions was not committed");
        drop(run(&batch.connection, "rollback"));
    }
    for answer in batch.answers.drain(..) {
        drop(answer.send(done.as_ref().map(drop).map_err(Error::shared)));
    }
    batch.turns = 0;
}

/// Begins a batch, unless that would mean to wait for another process.
fn begins_at_once(connection: &Connection) -> bool {
    let begun = connection.busy_timeout(Duration::ZERO).is_ok() && run(connection, "begin immediate").is_ok();
    connection.busy_timeout(PATIENCE).is_ok() && begun
}

fn run(connection: &Connection, sql: &str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

fn lock(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".to_owned())
}
