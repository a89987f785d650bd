//! What stands between a program and PostgreSQL and cuts the connection where a test wants it: at the commit of a
//! transaction that has written many rows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The commit does not reach the server.
    BeforeCommit,
    /// The server has committed, and its answer is lost.
    AfterCommit,
}

pub struct Relay {
    port: u16,
    to_come: Arc<Mutex<VecDeque<Cut>>>,
}

impl Relay {
    /// Before the server of `url`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub async fn before(url: &str) -> Self {
        let server = server_of(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let to_come = Arc::new(Mutex::new(VecDeque::new()));
        let cuts = to_come.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&server).await.expect("PostgreSQL answers");
                tokio::spawn(carry(near, far, cuts.clone()));
            }
        });
        Self { port, to_come }
    }

    /// The same database, by way of the relay.
    pub fn address(&self, url: &str) -> String {
        url.replacen(server_of(url), &format!("127.0.0.1:{}", self.port), 1)
    }

    /// Cuts the next commits, one after the other.
    pub fn cut(&self, cuts: &[Cut]) {
        self.to_come.lock().expect("no panic").extend(cuts);
    }

    /// How many are left to come.
    pub fn left(&self) -> usize {
        self.to_come.lock().expect("no panic").len()
    }
}

fn server_of(url: &str) -> &str {
    let (_, rest) = url.split_once('@').expect("a URL with a user");
    rest.split_once('/').expect("a URL with a database").0
}

/// Carries bytes both ways until one side ends.
async fn carry(near: TcpStream, far: TcpStream, cuts: Arc<Mutex<VecDeque<Cut>>>) {
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let back = tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count) = from_far.read(&mut buffer).await
            && count > 0
            && to_near.write_all(&buffer[..count]).await.is_ok()
        {}
    });
    // Rows that are given to a transaction: what is committed then is a step of the work.
    let mut writes_many = false;
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count) = from_near.read(&mut buffer).await
        && count > 0
    {
        let bytes = &buffer[..count];
        writes_many |= has(bytes, b"copy given_");
        if has(bytes, b"commit\0") && std::mem::take(&mut writes_many) {
            let cut = cuts.lock().expect("no panic").pop_front();
            if cut.is_some() {
                // Nothing more goes back from here on.
                back.abort();
            }
            match cut {
                Some(Cut::BeforeCommit) => return,
                Some(Cut::AfterCommit) => {
                    let _ = to_far.write_all(bytes).await;
                    let _ = to_far.shutdown().await;
                    // The server reads what has come before it notices that nobody is there.
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    return;
                }
                None => {}
            }
        }
        if to_far.write_all(bytes).await.is_err() {
            break;
        }
    }
    let _ = to_far.shutdown().await;
    let _ = back.await;
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
