//! The threads that read, and judge and seal what was read. They know nothing of the database.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::app::App;
use crate::base::Chance;
use crate::crypto::DataKeys;
use crate::db::Rows;
use crate::legacy::reader::{Chunk, Lot, Reader, Records};
use crate::legacy::{Position, Rejection, Run, Sealer};

/// Chunks that wait at each stage: the bound on memory.
const WAITING: usize = 4;

/// A chunk whose records were judged.
pub struct Judged {
    pub first_row: u64,
    /// The records as they were read, for those that are rejected.
    pub lot: Lot,
    /// A row for each of `accounts`.
    pub rows: Rows,
    pub accounts: Vec<Account>,
    /// Places in the lot.
    pub rejected: Vec<(usize, Rejection)>,
    pub end: Position,
}

/// A record that becomes an account.
pub struct Account {
    /// In the lot.
    pub place: usize,
    pub local_digest: Vec<u8>,
    /// What its number is like.
    pub reason: &'static str,
}

/// A chunk's number, counted from 0 in the order of the file, and what became of it.
pub type Turn = (u64, anyhow::Result<Judged>);

struct Judge {
    keys: Arc<DataKeys>,
    chance: Chance,
    records: Records,
    source: Uuid,
    run: Uuid,
    today: Date,
}

/// Starts the threads. They end with the reader, or when nobody takes what they did.
pub fn start(
    reader: Box<dyn Reader>,
    app: &App,
    run: &Run,
    today: Date,
) -> std::io::Result<mpsc::Receiver<Turn>> {
    let (chunks, read) = sync_channel(WAITING);
    let (turns, judged) = mpsc::channel(WAITING);
    let read = Arc::new(Mutex::new(read));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..threads {
        let judge = Judge {
            keys: app.keys.data(),
            chance: app.chance.clone(),
            records: reader.records(),
            source: run.source,
            run: run.id,
            today,
        };
        let (read, turns) = (read.clone(), turns.clone());
        spawn("judge", move || judge.work(&read, &turns))?;
    }
    spawn("reader", move || read_all(reader, &chunks, &turns))?;
    Ok(judged)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn read_all(mut reader: Box<dyn Reader>, chunks: &SyncSender<(u64, Chunk)>, turns: &mpsc::Sender<Turn>) {
    for number in 0.. {
        let goes_on = match reader.next() {
            Ok(Some(chunk)) => chunks.send((number, chunk)).is_ok(),
            Ok(None) => false,
            Err(error) => {
                // If nobody listens, somebody else has failed before.
                let _ = turns.blocking_send((number, Err(error.into())));
                false
            }
        };
        if !goes_on {
            return;
        }
    }
}

impl Judge {
    fn work(&self, read: &Mutex<Receiver<(u64, Chunk)>>, turns: &mpsc::Sender<Turn>) {
        loop {
            let next = read.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, chunk)) = next else { return };
            if turns.blocking_send((number, self.judge(chunk))).is_err() {
                return;
            }
        }
    }

    fn judge(&self, chunk: Chunk) -> anyhow::Result<Judged> {
        let Chunk { first_row, records: lot, end } = chunk;
        let sealer = Sealer::new(&self.keys, &self.chance, self.source, self.run)?;
        let mut rows = Sealer::rows();
        let (mut accounts, mut rejected) = (Vec::with_capacity(lot.len()), Vec::new());
        for place in 0..lot.len() {
            let Some(record) = lot.get(place) else { break };
            match self.records.understand(record, self.today) {
                Ok(Some(account)) => {
                    let local_digest = sealer.seal(&mut rows, &account, first_row + place as u64)?;
                    accounts.push(Account { place, local_digest, reason: account.found.reason });
                }
                Ok(None) => {}
                Err(rejection) => rejected.push((place, rejection)),
            }
        }
        Ok(Judged { first_row, lot, rows, accounts, rejected, end })
    }
}
