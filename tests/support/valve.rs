//! What stands between a program and a server, counts what the server sends, and closes the connection after so many
//! bytes where a test wants it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub struct Valve {
    pub port: u16,
    passed: Arc<AtomicU64>,
    /// What may still pass.
    left: Arc<AtomicU64>,
}

impl Valve {
    /// Before the server on a port of this machine; open.
    pub async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (passed, left) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(u64::MAX)));
        let counts = (passed.clone(), left.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", server)).await.expect("the server answers");
                tokio::spawn(carry(near, far, counts.0.clone(), counts.1.clone()));
            }
        });
        Self { port, passed, left }
    }

    /// Lets so many bytes of the server's through and closes then, in the middle of whatever it says.
    pub fn close_after(&self, bytes: u64) {
        self.left.store(bytes, SeqCst);
    }

    pub fn open(&self) {
        self.close_after(u64::MAX);
    }

    pub fn passed(&self) -> u64 {
        self.passed.load(SeqCst)
    }

    /// How much has passed when nothing more does.
    pub async fn passed_when_still(&self) -> u64 {
        let mut before = u64::MAX;
        while before != self.passed() || before == 0 {
            before = self.passed();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        before
    }
}

/// Carries bytes both ways until one side ends.
async fn carry(near: TcpStream, far: TcpStream, passed: Arc<AtomicU64>, left: Arc<AtomicU64>) {
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let there = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_near, &mut to_far).await;
        let _ = to_far.shutdown().await;
    });
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count) = from_far.read(&mut buffer).await
        && count > 0
    {
        let count = count.min(usize::try_from(left.load(SeqCst)).unwrap_or(usize::MAX));
        if to_near.write_all(&buffer[..count]).await.is_err() {
            break;
        }
        passed.fetch_add(count as u64, SeqCst);
        if left.load(SeqCst) != u64::MAX && left.fetch_sub(count as u64, SeqCst) <= count as u64 {
            left.store(0, SeqCst);
            break;
        }
    }
    let _ = to_near.shutdown().await;
    there.abort();
}
