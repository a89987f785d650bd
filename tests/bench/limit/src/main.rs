//! The ceiling: what the cheapest honest answer to each request costs here.
//!
//! This is no provider. It keeps state in memory, asks no policy, checks only
//! what must be checked (PKCE, one-time codes, token look-ups, the client
//! secret by digest), signs one ES256 JWT where a token response needs one,
//! and hashes one password per sign-in. A provider adds everything else to it.
//!
//! `limit [PORT] [WORKERS]` listens on loopback only; `limit primitives` times
//! the cryptography alone, `limit argon2` a password hash while all cores do them.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

#[global_allocator]
static ALLOC: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CLIENT: &str = "load";
const SECRET: &str = "load-secret-0123456789abcdef0123456789abcdef";
const USER: &str = "load";
const PASSWORD: &str = "correct horse battery staple";
const SALT: &[u8] = b"not-secret-salt!";
const SHARDS: usize = 64;
/// Entries a shard keeps before it is emptied, so that memory stays bounded.
const SHARD_MAX: usize = 20_000;

struct Limit {
    issuer: String,
    discovery: String,
    jwks: String,
    es256: EcdsaKeyPair,
    eddsa: Ed25519KeyPair,
    rs256: RsaKeyPair,
    rng: SystemRandom,
    secret_digest: Vec<u8>,
    password_hash: [u8; 32],
    hashing: Semaphore,
    codes: Store<Code>,
    access: Store<()>,
    refresh: Store<()>,
    sessions: Store<()>,
    devices: Store<()>,
}

struct Code {
    nonce: String,
    challenge: String,
}

/// A sharded map of secrets, each good until taken or swept.
struct Store<T> {
    hasher: RandomState,
    shards: Vec<Mutex<HashMap<String, T>>>,
}

impl<T> Store<T> {
    fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Store { hasher: RandomState::new(), shards }
    }

    fn shard(&self, key: &str) -> std::sync::MutexGuard<'_, HashMap<String, T>> {
        let index = self.hasher.hash_one(key) as usize % SHARDS;
        self.shards[index].lock().expect("no thread panics while holding it")
    }

    fn put(&self, key: &str, value: T) {
        let mut shard = self.shard(key);
        if shard.len() >= SHARD_MAX {
            shard.clear();
        }
        shard.insert(key.to_owned(), value);
    }

    fn take(&self, key: &str) -> Option<T> {
        self.shard(key).remove(key)
    }

    fn has(&self, key: &str) -> bool {
        self.shard(key).contains_key(key)
    }
}

impl Limit {
    fn random(&self) -> String {
        let mut bytes = [0u8; 32];
        self.rng.fill(&mut bytes).expect("the system has randomness");
        B64.encode(bytes)
    }

    fn sign_es256(&self, claims: &serde_json::Value) -> String {
        static HEADER: OnceLock<String> = OnceLock::new();
        let header = HEADER.get_or_init(|| B64.encode(r#"{"alg":"ES256","kid":"es256","typ":"JWT"}"#));
        let mut token = format!("{header}.{}", B64.encode(claims.to_string()));
        let signature = self.es256.sign(&self.rng, token.as_bytes()).expect("signing works");
        token.push('.');
        B64.encode_string(signature.as_ref(), &mut token);
        token
    }

    fn id_token(&self, nonce: Option<&str>) -> String {
        let now = now();
        let mut claims = json!({
            "iss": self.issuer, "sub": USER, "aud": CLIENT,
            "iat": now, "exp": now + 300, "auth_time": now,
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.sign_es256(&claims)
    }

    fn knows_client(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|value| String::from_utf8(STANDARD.decode(value).ok()?).ok());
        given.is_some_and(|pair| {
            pair.split_once(':').is_some_and(|(id, secret)| {
                id == CLIENT
                    && aws_lc_rs::constant_time::verify_slices_are_equal(
                        digest(&SHA256, secret.as_bytes()).as_ref(),
                        &self.secret_digest,
                    )
                    .is_ok()
            })
        })
    }

    async fn password_matches(self: &Arc<Self>, password: String) -> bool {
        let _permit = self.hashing.acquire().await.expect("never closed");
        let hashed = tokio::task::spawn_blocking(move || argon2id(password.as_bytes())).await;
        hashed.is_ok_and(|hash| {
            aws_lc_rs::constant_time::verify_slices_are_equal(&hash, &self.password_hash).is_ok()
        })
    }
}

/// Argon2id with 19 MiB, two passes and one lane. The memory is kept for the
/// next password: clearing fresh pages would cost a tenth more.
fn argon2id(password: &[u8]) -> [u8; 32] {
    static SPARE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
    let params = Params::new(19 * 1024, 2, 1, Some(32)).expect("valid parameters");
    let spare = SPARE.lock().expect("no panics").pop();
    let mut memory = spare.unwrap_or_else(|| vec![Block::default(); params.block_count()]);
    let mut out = [0u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, SALT, &mut out, &mut memory)
        .expect("valid lengths");
    SPARE.lock().expect("no panics").push(memory);
    out
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_secs())
}

#[derive(Deserialize)]
struct AuthorizeParams {
    #[serde(default)]
    state: String,
    #[serde(default)]
    nonce: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
struct TokenForm {
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    device_code: String,
}

#[derive(Deserialize)]
struct TokenOnly {
    token: String,
}

type Shared = State<Arc<Limit>>;

fn json_text(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], text).into_response()
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, json_text(json!({"error": error}).to_string())).into_response()
}

async fn token(State(limit): Shared, headers: HeaderMap, Form(form): Form<TokenForm>) -> Response {
    if !limit.knows_client(&headers) {
        return refuse("invalid_client");
    }
    match form.grant_type.as_str() {
        "client_credentials" => {
            let now = now();
            let claims = json!({
                "iss": limit.issuer, "sub": CLIENT, "aud": CLIENT, "client_id": CLIENT,
                "iat": now, "exp": now + 300, "jti": limit.random(),
            });
            let access = limit.sign_es256(&claims);
            json_text(json!({"access_token": access, "token_type": "Bearer", "expires_in": 300}).to_string())
        }
        "authorization_code" => match limit.codes.take(&form.code) {
            Some(code) if B64.encode(digest(&SHA256, form.code_verifier.as_bytes())) == code.challenge => {
                grant(&limit, Some(&code.nonce))
            }
            _ => refuse("invalid_grant"),
        },
        "refresh_token" => match limit.refresh.take(&form.refresh_token) {
            Some(()) => grant(&limit, None),
            None => refuse("invalid_grant"),
        },
        _ if limit.devices.has(&form.device_code) => refuse("authorization_pending"),
        _ => refuse("invalid_grant"),
    }
}

fn grant(limit: &Limit, nonce: Option<&str>) -> Response {
    let (access, refresh) = (limit.random(), limit.random());
    limit.access.put(&access, ());
    limit.refresh.put(&refresh, ());
    let id_token = limit.id_token(nonce);
    json_text(
        json!({
            "access_token": access, "refresh_token": refresh, "id_token": id_token,
            "token_type": "Bearer", "expires_in": 300,
        })
        .to_string(),
    )
}

async fn authorize(
    State(limit): Shared,
    headers: HeaderMap,
    Query(params): Query<AuthorizeParams>,
) -> Response {
    let session = headers
        .get(COOKIE)
        .and_then(|value| value.to_str().ok()?.strip_prefix("sid="))
        .is_some_and(|sid| limit.sessions.has(sid));
    match session {
        true => redirect(&limit, params, None),
        false => Html("sign in").into_response(),
    }
}

async fn sign_in(State(limit): Shared, Form(params): Form<AuthorizeParams>) -> Response {
    if !limit.password_matches(params.password.clone()).await {
        return refuse("access_denied");
    }
    let session = limit.random();
    limit.sessions.put(&session, ());
    redirect(&limit, params, Some(session))
}

fn redirect(limit: &Limit, params: AuthorizeParams, session: Option<String>) -> Response {
    let code = limit.random();
    let location = format!("{}?code={code}&state={}", params.redirect_uri, params.state);
    limit.codes.put(&code, Code { nonce: params.nonce, challenge: params.code_challenge });
    let way_back = (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response();
    match session {
        Some(id) => {
            let cookie = format!("sid={id}; Path=/; HttpOnly");
            ([(SET_COOKIE, cookie)], way_back).into_response()
        }
        None => way_back,
    }
}

async fn userinfo(State(limit): Shared, headers: HeaderMap) -> Response {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match token {
        Some(token) if limit.access.has(token) => json_text(json!({"sub": USER}).to_string()),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn introspect(State(limit): Shared, headers: HeaderMap, Form(form): Form<TokenOnly>) -> Response {
    if !limit.knows_client(&headers) {
        return refuse("invalid_client");
    }
    json_text(match limit.access.has(&form.token) {
        true => json!({
            "active": true, "iss": limit.issuer, "sub": USER, "client_id": CLIENT,
            "scope": "openid", "token_type": "Bearer",
        })
        .to_string(),
        false => json!({"active": false}).to_string(),
    })
}

async fn device(State(limit): Shared, headers: HeaderMap) -> Response {
    if !limit.knows_client(&headers) {
        return refuse("invalid_client");
    }
    let code = limit.random();
    limit.devices.put(&code, ());
    json_text(
        json!({
            "device_code": code, "user_code": &code[..8], "expires_in": 300, "interval": 5,
            "verification_uri": limit.issuer,
        })
        .to_string(),
    )
}

/// Prints what each primitive costs on one core, without any HTTP.
fn primitives(limit: &Limit) {
    let claims = json!({"iss": limit.issuer, "sub": USER, "aud": CLIENT, "iat": now()});
    let message = claims.to_string();
    let mut rsa = [0u8; 256];
    time("ES256 signature", 20_000, || {
        limit.es256.sign(&limit.rng, message.as_bytes()).expect("signing works");
    });
    time("ES256 JWT, claims to text", 20_000, || {
        limit.sign_es256(&claims);
    });
    time("EdDSA signature", 20_000, || {
        std::hint::black_box(limit.eddsa.sign(message.as_bytes()));
    });
    time("RS256 signature (2048 bits)", 1_000, || {
        limit.rs256.sign(&RSA_PKCS1_SHA256, &limit.rng, message.as_bytes(), &mut rsa).expect("signing works");
    });
    time("SHA-256 of 64 bytes", 200_000, || {
        std::hint::black_box(digest(&SHA256, &[7; 64]));
    });
    time("32 random bytes as base64url", 200_000, || {
        limit.random();
    });
    time("argon2id 19 MiB, t=2, p=1", 30, || {
        argon2id(PASSWORD.as_bytes());
    });
}

/// Prints the CPU time of one hash, in microseconds, while every core computes hashes: what a sign-in
/// on a busy server cannot do without.
fn busy_argon2() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let before = cpu_micros();
    let deadline = Instant::now() + std::time::Duration::from_secs(3);
    let hashes: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(move || {
                    let mut hashes = 0;
                    while Instant::now() < deadline {
                        std::hint::black_box(argon2id(PASSWORD.as_bytes()));
                        hashes += 1;
                    }
                    hashes
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panics")).sum()
    });
    println!("{:.0}", (cpu_micros() - before) as f64 / hashes as f64);
}

/// User and system time of this process so far.
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("procfs");
    let fields: Vec<&str> = stat.rsplit_once(')').expect("a stat line").1.split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<u64>().expect("a number");
    // Linux reports process times in hundredths of a second.
    (ticks(11) + ticks(12)) * 10_000
}

fn time(what: &str, count: u32, mut work: impl FnMut()) {
    work();
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            (0..count).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e6 / f64::from(count)
        })
        .fold(f64::MAX, f64::min);
    println!("{what:<32} {best:>10.2} us");
}

fn build(port: u16, workers: usize) -> Limit {
    let issuer = format!("http://127.0.0.1:{port}");
    let es256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("key generation");
    let point = es256.public_key().as_ref();
    let jwks = json!({"keys": [{
        "kty": "EC", "crv": "P-256", "kid": "es256", "alg": "ES256", "use": "sig",
        "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..65]),
    }]});
    let discovery = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "device_authorization_endpoint": format!("{issuer}/device"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    });
    Limit {
        discovery: discovery.to_string(),
        jwks: jwks.to_string(),
        issuer,
        es256,
        eddsa: Ed25519KeyPair::generate().expect("key generation"),
        rs256: RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("key generation"),
        rng: SystemRandom::new(),
        secret_digest: digest(&SHA256, SECRET.as_bytes()).as_ref().to_vec(),
        password_hash: argon2id(PASSWORD.as_bytes()),
        hashing: Semaphore::new(workers),
        codes: Store::new(),
        access: Store::new(),
        refresh: Store::new(),
        sessions: Store::new(),
        devices: Store::new(),
    }
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("primitives") => return primitives(&build(0, 1)),
        Some("argon2") => return busy_argon2(),
        _ => {}
    }
    let mut args = std::env::args().skip(1).map(|arg| arg.parse().expect("a number"));
    let port: u16 = args.next().unwrap_or(4000);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = args.next().map_or(cores, usize::from);
    let limit = Arc::new(build(port, workers));
    let app = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(|State(l): Shared| async move { json_text(l.discovery.clone()) }),
        )
        .route("/jwks", get(|State(l): Shared| async move { json_text(l.jwks.clone()) }))
        .route("/token", post(token))
        .route("/authorize", get(authorize))
        .route("/sign-in", post(sign_in))
        .route("/userinfo", get(userinfo))
        .route("/introspect", post(introspect))
        .route("/device", post(device))
        .with_state(limit);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async move {
        let listener =
            tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is free");
        println!("listening on 127.0.0.1:{port} with {workers} workers");
        axum::serve(
            axum::serve::ListenerExt::tap_io(listener, |tcp| {
                let _ = tcp.set_nodelay(true);
            }),
            app,
        )
        .await
        .expect("serving");
    });
}
