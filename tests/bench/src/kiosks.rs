//! A province's kiosks, each waiting for somebody to scan its code: what that costs the server.
//!
//! Every kiosk asks for a sign-in (RFC 8628), then asks for the answer, letting the question wait (RFC 7240 section
//! 4.3), until the code is over; then it asks anew. Nobody scans, which is what most kiosks do most of the time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rand::{Rng, RngCore};
use serde_json::{Value, json};
use url::Url;

use crate::http::{Conn, Reply};
use crate::proc;

#[derive(clap::Args)]
pub struct Kiosks {
    #[arg(long, default_value = "http://localhost:8080")]
    issuer: String,
    #[arg(long)]
    client_id: String,
    /// What `yihao terminal enroll` printed: all kiosks of this run are this terminal.
    #[arg(long)]
    terminal_id: String,
    /// Its key: PKCS #8, as it is or in PEM.
    #[arg(long)]
    key: PathBuf,
    /// The server's process.
    #[arg(long)]
    pid: u32,
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    /// Seconds to measure, after all kiosks have begun.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seconds for which a question may wait.
    #[arg(long, default_value_t = 25)]
    wait: u64,
}

struct Shared {
    args: Kiosks,
    key: EncodingKey,
    ask: Url,
    token: Url,
    asked: AtomicU64,
    polled: AtomicU64,
    failed: AtomicU64,
}

/// Makes a terminal's key and prints the public half as a JWK, for `yihao terminal enroll`.
pub fn make_key(file: &Path) -> Result<()> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref())?;
    std::fs::write(file, pkcs8.as_ref()).with_context(|| file.display().to_string())?;
    // An uncompressed point: 0x04, x, y.
    let point = pair.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..65]].map(|half| URL_SAFE_NO_PAD.encode(half));
    println!("{}", json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }));
    Ok(())
}

fn pkcs8(file: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    if !bytes.starts_with(b"-----") {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes)?;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body.trim()).with_context(|| file.display().to_string())
}

pub async fn run(args: Kiosks) -> Result<()> {
    ensure!(args.count > 0 && args.seconds > 0, "nothing to measure");
    let base = args.issuer.trim_end_matches('/').to_owned();
    let shared = Arc::new(Shared {
        key: EncodingKey::from_ec_der(&pkcs8(&args.key)?),
        ask: Url::parse(&format!("{base}/device_authorization"))?,
        token: Url::parse(&format!("{base}/token"))?,
        asked: AtomicU64::new(0),
        polled: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        args,
    });
    let begin = Duration::from_secs(shared.args.wait.max(5) * 2);
    for _ in 0..shared.args.count {
        let (shared, delay) = (shared.clone(), rand::rng().random_range(Duration::ZERO..begin));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            loop {
                if let Err(error) = shared.turn().await {
                    if shared.failed.load(Ordering::Relaxed) == 0 {
                        eprintln!("the first failure: {error:#}");
                    }
                    shared.failed.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_secs(5)).await;
                }
            }
        });
    }
    println!("{} kiosks begin within {} s", shared.args.count, begin.as_secs());
    tokio::time::sleep(begin + Duration::from_secs(5)).await;
    let counted = || [&shared.asked, &shared.polled, &shared.failed].map(|n| n.load(Ordering::Relaxed));
    let server = proc::Watched::tree(shared.args.pid)?;
    let (before, cpu, began) = (counted(), server.cpu_micros(), Instant::now());
    tokio::time::sleep(Duration::from_secs(shared.args.seconds)).await;
    let (after, took) = (counted(), began.elapsed().as_secs_f64());
    let cpu = (server.cpu_micros() - cpu) as f64 / 1e6;
    let [asked, polled, failed] = [0, 1, 2].map(|n| after[n] - before[n]);
    let requests = (asked + polled) as f64;
    println!(
        "| kiosks | codes | questions | failed | requests/s | of one core | CPU a request |\n\
         |---:|---:|---:|---:|---:|---:|---:|\n\
         | {} | {asked} | {polled} | {failed} | {:.1} | {:.1} % | {:.0} µs |",
        shared.args.count,
        requests / took,
        cpu / took * 100.0,
        cpu * 1e6 / requests.max(1.0),
    );
    ensure!(failed == 0, "some kiosks got wrong answers: the figures do not count");
    Ok(())
}

impl Shared {
    /// One code, from its beginning to its end.
    async fn turn(&self) -> Result<()> {
        let mut conn = Conn::new(&self.ask, None, HeaderMap::new())?;
        let asked = self.post(&mut conn, &self.ask, "scope=openid", None).await?.ok_json()?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        let code = asked["device_code"].as_str().context("no device_code")?;
        let interval = Duration::from_secs(asked["interval"].as_u64().unwrap_or(5));
        let over = Instant::now() + Duration::from_secs(asked["expires_in"].as_u64().unwrap_or(180));
        let form = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code={code}");
        while Instant::now() < over {
            tokio::time::sleep(interval).await;
            let reply = self.post(&mut conn, &self.token, &form, Some(self.args.wait)).await?;
            self.polled.fetch_add(1, Ordering::Relaxed);
            match reply.json()?["error"].as_str() {
                Some("authorization_pending") => {}
                Some("expired_token") => break,
                other => bail!("{other:?}"),
            }
        }
        Ok(())
    }

    async fn post(&self, conn: &mut Conn, url: &Url, form: &str, wait: Option<u64>) -> Result<Reply> {
        let assertion = self.assertion()?;
        let body = format!(
            "{form}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
             &client_assertion={assertion}"
        );
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if let Some(seconds) = wait {
            let wait = HeaderValue::from_str(&format!("wait={seconds}"))?;
            headers.insert(HeaderName::from_static("prefer"), wait);
        }
        conn.send(Method::POST, url, headers, Bytes::from(body)).await
    }

    fn assertion(&self) -> Result<String> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let mut jti = [0u8; 16];
        rand::rng().fill_bytes(&mut jti);
        let header = Header { kid: Some(self.args.terminal_id.clone()), ..Header::new(Algorithm::ES256) };
        let claims: Value = json!({
            "iss": self.args.client_id, "sub": self.args.client_id, "aud": self.args.issuer,
            "jti": URL_SAFE_NO_PAD.encode(jti), "iat": now, "exp": now + 60,
        });
        Ok(encode(&header, &claims, &self.key)?)
    }
}
