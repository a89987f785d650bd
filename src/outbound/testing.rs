//! Small servers that stand for the world outside.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum_server::tls_rustls::RustlsConfig;
use uuid::Uuid;

use super::{OpenError, Registers};
use crate::base::{Actor, Chance, Channel, Clock, Language, Moment, Visit};
use crate::config::Config;
use crate::transient::Transient;

pub fn visit() -> Visit {
    let chance = Chance::seeded(7);
    Visit {
        now: Moment::from_seconds(1_700_000_000),
        request_id: chance.id(),
        chance,
        channel: Channel::Hall,
        terminal: None,
        address: Ipv4Addr::LOCALHOST.into(),
        language: Language::default(),
        actor: Actor::Nobody,
    }
}

/// The connector of this configuration, with a transient store of its own.
pub async fn registers(config: &Config) -> Result<Registers, OpenError> {
    registers_by(config, Clock::by_hand(visit().now)).await
}

/// The same by a clock of the test's.
pub async fn registers_by(config: &Config, clock: Clock) -> Result<Registers, OpenError> {
    let directory = tempfile::tempdir().unwrap().keep();
    let address = format!("embedded:{}", directory.join("transient.db").display());
    let transient = Transient::open(&address, clock).await.unwrap();
    let registers = Registers::open(config, &transient, None);
    // Open files outlive their names.
    std::fs::remove_dir_all(directory).unwrap();
    registers
}

/// Something asked of a server.
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A server that counts what it is asked.
pub struct Server {
    pub address: SocketAddr,
    hits: Arc<AtomicUsize>,
}

impl Server {
    /// Answers every request by `answer`, over plain HTTP.
    pub async fn start(answer: impl Fn(Asked) -> Response + Clone + Send + Sync + 'static) -> Self {
        let (router, hits) = router(answer);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, hits }
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }
}

fn router(answer: impl Fn(Asked) -> Response + Clone + Send + Sync + 'static) -> (Router, Arc<AtomicUsize>) {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = hits.clone();
    let handler = async move |request: axum::extract::Request| {
        counted.fetch_add(1, Ordering::SeqCst);
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        answer(Asked {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body,
        })
    };
    (Router::new().fallback(handler), hits)
}

/// A server at `https://localhost` under a certificate that only its own file vouches for.
pub struct TlsServer {
    pub port: u16,
    pub ca_file: tempfile::NamedTempFile,
}

impl TlsServer {
    /// Hangs up on the first `lost` connections before any handshake.
    pub async fn start(
        lost: usize,
        answer: impl Fn(Asked) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let ca_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&ca_file, made.cert.pem()).unwrap();
        let key = made.signing_key.serialize_der();
        let tls = RustlsConfig::from_der(vec![made.cert.der().to_vec()], key).await.unwrap();
        let (router, _) = router(answer);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            for _ in 0..lost {
                drop(listener.accept().await.unwrap());
            }
            let listener = listener.into_std().unwrap();
            let server = axum_server::from_tcp_rustls(listener, tls).unwrap();
            server.serve(router.into_make_service()).await.unwrap();
        });
        Self { port, ca_file }
    }

    pub fn url(&self, path: &str) -> url::Url {
        format!("https://localhost:{}{path}", self.port).parse().unwrap()
    }
}

/// A server that takes a connection, reads what comes, and hangs up without a word.
pub async fn silent_hang_up() -> (SocketAddr, Arc<AtomicUsize>) {
    use tokio::io::AsyncReadExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    (address, taken)
}

/// A server that takes connections and keeps quiet.
pub async fn mute() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(listener.accept().await.unwrap());
        }
    });
    address
}

/// A server that sends a 200 with these headers (each with its line end) and the beginning of a body, and
/// then nothing more.
pub async fn stalling(headers: &str, beginning: &str) -> SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = format!("HTTP/1.1 200 OK\r\n{headers}\r\n{beginning}");
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            held.push(stream);
        }
    });
    address
}

/// An address where nobody listens.
pub async fn nobody() -> SocketAddr {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// An id as servers see it.
pub fn id_of(asked: &Asked) -> Uuid {
    asked.json()["request_id"].as_str().unwrap().parse().unwrap()
}
