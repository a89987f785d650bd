//! A provider for these tests only: it signs in at once, and can be told to lie. What it leaves unchecked
//! the real provider's own tests check; what it sends is the contract's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

pub const NUMBER: &str = "441284200212318545";
type Parameters = HashMap<String, String>;

/// What the provider does wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lie {
    #[default]
    None,
    Nonce,
    Audience,
    Signature,
    AccessTokenHash,
    Iss,
    NoIss,
    Refusal,
    /// The sign-in has been ended: nothing is refreshed.
    Over,
}

pub struct Issuer {
    pub url: String,
    pub lie: Mutex<Lie>,
    pub trust_level: Mutex<u8>,
    /// Members that introspection answers beside or in place of the usual ones.
    pub introspection: Mutex<Value>,
    pub last_logout: Mutex<Parameters>,
    /// Of the sign-ins from now on.
    pub sid: Mutex<String>,
    /// What waits for an answer, and how a stream of it is answered.
    pub waiting: Mutex<Value>,
    pub stream: Mutex<StatusCode>,
    codes: Mutex<HashMap<String, Parameters>>,
    key: Mutex<(String, EcdsaKeyPair)>,
    counter: Mutex<u32>,
}

fn new_key(kid: &str) -> (String, EcdsaKeyPair) {
    (kid.to_owned(), EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
}

impl Issuer {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = Arc::new(Self {
            url: format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port()),
            lie: Mutex::default(),
            trust_level: Mutex::new(3),
            introspection: Mutex::new(json!({})),
            last_logout: Mutex::default(),
            sid: Mutex::default(),
            waiting: Mutex::new(json!({"requests": []})),
            stream: Mutex::new(StatusCode::OK),
            codes: Mutex::default(),
            key: Mutex::new(new_key("first")),
            counter: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/introspect", post(introspect))
            .route("/end-session", get(end_session))
            .route("/approvals", get(approvals))
            .route("/approvals/events", get(events))
            .with_state(issuer.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        issuer
    }

    pub fn turn_key(&self) {
        *self.key.lock().unwrap() = new_key("second");
    }

    fn lies(&self, lie: Lie) -> bool {
        *self.lie.lock().unwrap() == lie
    }

    fn next(&self, what: &str) -> String {
        let mut counter = self.counter.lock().unwrap();
        *counter += 1;
        format!("{what}-{counter}")
    }

    fn tokens(&self, client_id: &str, nonce: Option<&String>, offline: bool) -> Value {
        #[allow(clippy::disallowed_methods, reason = "the relying party under test reads the real clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let access_token = self.next("access");
        let hashed = if self.lies(Lie::AccessTokenHash) { "another" } else { &access_token };
        let mut claims = json!({
            "iss": self.url, "sub": "person-1", "iat": now, "exp": now + 300, "auth_time": now,
            "aud": if self.lies(Lie::Audience) { "another" } else { client_id },
            "at_hash": URL_SAFE_NO_PAD.encode(&digest(&SHA256, hashed.as_bytes()).as_ref()[..16]),
            "acr": "urn:yihao:aal:2", "amr": ["pwd", "otp"], "channel": "hall",
            "trust_level": *self.trust_level.lock().unwrap(), "sid": *self.sid.lock().unwrap(),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = if self.lies(Lie::Nonce) { json!("another") } else { json!(nonce) };
        }
        let mut answer = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": self.sign(&claims),
        });
        if offline {
            answer["refresh_token"] = json!(self.next("refresh"));
        }
        answer
    }

    /// A logout token for `client_id` about the sign-in of `sid`, with `over` in place of what is right.
    pub fn logout_token(&self, client_id: &str, sid: &str, typ: &str, over: Value) -> String {
        #[allow(clippy::disallowed_methods, reason = "the relying party under test reads the real clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let mut claims = json!({
            "iss": self.url, "aud": client_id, "iat": now, "exp": now + 120, "jti": self.next("logout"),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, "sub": "person-1", "sid": sid,
        });
        for (member, value) in over.as_object().expect("an object") {
            claims[member] = value.clone();
        }
        let claims: serde_json::Map<_, _> =
            claims.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
        self.sign_as(typ, &claims.into())
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as("JWT", claims)
    }

    fn sign_as(&self, typ: &str, claims: &Value) -> String {
        let (kid, key) = &*self.key.lock().unwrap();
        let header = json!({"alg": "ES256", "kid": kid, "typ": typ});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(&header), encode(claims));
        let signed = if self.lies(Lie::Signature) { "another" } else { &input };
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn metadata(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let at = |path: &str| format!("{}/{path}", issuer.url);
    Json(json!({
        "issuer": issuer.url, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"), "jwks_uri": at("jwks"), "introspection_endpoint": at("introspect"),
        "end_session_endpoint": at("end-session"), "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise", "public"], "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn jwks(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let (kid, key) = &*issuer.key.lock().unwrap();
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    Json(
        json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y}]}),
    )
}

async fn authorize(State(issuer): State<Arc<Issuer>>, Query(asked): Query<Parameters>) -> Redirect {
    let mut answer = url::Url::parse(&asked["redirect_uri"]).expect("a redirect address");
    answer.query_pairs_mut().append_pair("state", &asked["state"]);
    if !issuer.lies(Lie::NoIss) {
        let iss = if issuer.lies(Lie::Iss) { "https://another.example" } else { &issuer.url };
        answer.query_pairs_mut().append_pair("iss", iss);
    }
    if issuer.lies(Lie::Refusal) {
        answer.query_pairs_mut().append_pair("error", "access_denied");
    } else {
        if let Some(claims) = asked.get("claims") {
            let demand: Value = serde_json::from_str(claims).expect("claims are JSON");
            let lowest = demand["id_token"]["trust_level"]["values"][0].as_u64().expect("a level");
            *issuer.trust_level.lock().unwrap() = lowest as u8;
        }
        let code = issuer.next("code");
        answer.query_pairs_mut().append_pair("code", &code);
        issuer.codes.lock().unwrap().insert(code, asked);
    }
    Redirect::to(answer.as_str())
}

async fn token(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    Form(form): Form<Parameters>,
) -> Response {
    let refused = (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    let client_id = client_of(&headers).or_else(|| form.get("client_id").cloned()).unwrap_or_default();
    if form["grant_type"] == "refresh_token" {
        if issuer.lies(Lie::Over) {
            return refused;
        }
        return Json(issuer.tokens(&client_id, None, true)).into_response();
    }
    let Some(asked) = issuer.codes.lock().unwrap().remove(&form["code"]) else { return refused };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    if challenge != asked["code_challenge"] || client_id != asked["client_id"] {
        return refused;
    }
    Json(issuer.tokens(&client_id, asked.get("nonce"), asked["scope"].contains("offline_access")))
        .into_response()
}

fn client_of(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(header).ok()?).ok()?;
    pair.split_once(':').map(|(id, _)| id.to_owned())
}

async fn userinfo() -> Json<Value> {
    Json(json!({
        "sub": "person-1", "name": "薛志", "phone_number": "+8613077888593", "official_number": NUMBER,
        "official_number_kind": "citizen-id",
    }))
}

async fn introspect(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    Form(form): Form<Parameters>,
) -> Response {
    if client_of(&headers).as_deref() != Some("licences") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    if !form["token"].starts_with("access-") {
        return Json(json!({"active": false})).into_response();
    }
    let mut answer = json!({
        "active": true, "sub": "person-1", "client_id": "hall", "scope": "openid official_number",
        "trust_level": *issuer.trust_level.lock().unwrap(), "acr": "urn:yihao:aal:2", "channel": "hall",
        "official_number": NUMBER, "official_number_kind": "citizen-id", "name": "薛志",
    });
    let more = issuer.introspection.lock().unwrap().clone();
    for (member, value) in more.as_object().expect("an object") {
        answer[member] = value.clone();
    }
    Json(answer).into_response()
}

async fn approvals(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    Json(issuer.waiting.lock().unwrap().clone())
}

/// One event, and the end: a stream may end at any time.
async fn events(State(issuer): State<Arc<Issuer>>) -> Response {
    let status = *issuer.stream.lock().unwrap();
    if status != StatusCode::OK {
        return status.into_response();
    }
    let waiting = issuer.waiting.lock().unwrap().clone();
    let kind = [("content-type", "text/event-stream")];
    (kind, format!(": hello\n\nevent: approvals\ndata: {waiting}\n\n")).into_response()
}

async fn end_session(State(issuer): State<Arc<Issuer>>, Query(asked): Query<Parameters>) -> Redirect {
    let back = format!("{}?state={}", asked["post_logout_redirect_uri"], asked["state"]);
    *issuer.last_logout.lock().unwrap() = asked;
    Redirect::to(&back)
}
