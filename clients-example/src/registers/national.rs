//! The national platform: a small OpenID provider. Whoever opens its page says who they are; nobody here checks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clients_example::page::page;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{Registers, lock};

/// Seconds that a code and its tokens are good for.
const LIFE: u64 = 300;

/// What the platform keeps: who has agreed, by code and then by access token.
pub struct National {
    key: EncodingKey,
    jwk: Value,
    agreed: std::sync::Mutex<BTreeMap<String, Agreed>>,
}

#[derive(Clone)]
struct Agreed {
    asked: Asked,
    who: Who,
    until: u64,
}

/// An authorization request, as far as it matters here (OpenID Connect Core section 3.1.2.1).
#[derive(Clone, Deserialize)]
pub struct Asked {
    client_id: String,
    redirect_uri: Url,
    state: String,
    nonce: String,
    code_challenge: String,
}

/// Whom the person says to be.
#[derive(Clone, Deserialize)]
pub struct Who {
    number: String,
    name: String,
}

#[derive(Deserialize)]
pub struct Redeemed {
    code: String,
    redirect_uri: Url,
    code_verifier: String,
}

#[derive(Template)]
#[template(path = "national.html")]
struct NationalPage {
    title: &'static str,
    department: &'static str,
    asked: Asked,
}

impl NationalPage {
    /// The same request at another address.
    fn with_request(&self, path: &str) -> String {
        let Asked { client_id, redirect_uri, state, nonce, code_challenge } = &self.asked;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", client_id).append_pair("redirect_uri", redirect_uri.as_str());
        query.append_pair("state", state).append_pair("nonce", nonce);
        query.append_pair("code_challenge", code_challenge);
        format!("{path}?{}", query.finish())
    }
}

impl National {
    /// # Errors
    /// The machine has no randomness.
    pub fn open() -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no key can be made")?;
        let pkcs8 = pair.to_pkcs8v1().context("no key can be made")?;
        // An uncompressed point: 0x04, x, y.
        let point = pair.public_key().as_ref();
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "national",
            "x": encode(&point[1..33]), "y": encode(&point[33..65]),
        });
        Ok(Self { key: EncodingKey::from_ec_der(pkcs8.as_ref()), jwk, agreed: std::sync::Mutex::default() })
    }

    /// Keeps it under a name that nobody can guess.
    fn keep(&self, agreed: Agreed) -> Result<String> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).context("no randomness")?;
        let name = encode(&bytes);
        let now = seconds();
        let mut all = lock(&self.agreed);
        all.retain(|_, one| now < one.until);
        all.insert(name.clone(), agreed);
        Ok(name)
    }
}

/// `GET /national/.well-known/openid-configuration`
pub async fn configuration(headers: HeaderMap) -> Response {
    let issuer = issuer(&headers);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    }))
    .into_response()
}

/// `GET /national/jwks`
pub async fn jwks(State(registers): State<Arc<Registers>>) -> Response {
    Json(json!({ "keys": [registers.national.jwk] })).into_response()
}

/// `GET /national/authorize`: where the person is sent.
pub async fn authorize(Query(asked): Query<Asked>) -> Response {
    let (title, department) = ("统一身份认证", "国家政务服务平台模拟器");
    page(StatusCode::OK, &NationalPage { title, department, asked })
}

/// `POST /national/authorize`: the person says who they are, and goes back.
pub async fn agree(
    State(registers): State<Arc<Registers>>,
    Query(asked): Query<Asked>,
    Form(who): Form<Who>,
) -> Response {
    let mut back = asked.redirect_uri.clone();
    let state = asked.state.clone();
    let Ok(code) = registers.national.keep(Agreed { asked, who, until: seconds() + LIFE }) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
    Redirect::to(back.as_str()).into_response()
}

/// `GET /national/declined`: the person does not want to say it.
pub async fn decline(Query(asked): Query<Asked>) -> Response {
    let mut back = asked.redirect_uri;
    back.query_pairs_mut().append_pair("error", "access_denied").append_pair("state", &asked.state);
    Redirect::to(back.as_str()).into_response()
}

/// `POST /national/token`: a code is good once, and for who has the verifier (RFC 7636).
pub async fn token(
    State(registers): State<Arc<Registers>>,
    headers: HeaderMap,
    Form(redeemed): Form<Redeemed>,
) -> Response {
    let agreed = lock(&registers.national.agreed).remove(&redeemed.code);
    let proven = encode(digest(&SHA256, redeemed.code_verifier.as_bytes()).as_ref());
    let now = seconds();
    let good = agreed.filter(|agreed| {
        now < agreed.until
            && agreed.asked.code_challenge == proven
            && agreed.asked.redirect_uri == redeemed.redirect_uri
    });
    let Some(agreed) = good else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let mut head = Header::new(Algorithm::ES256);
    head.kid = Some("national".to_owned());
    let claims = json!({
        "iss": issuer(&headers), "sub": subject(&agreed.who), "aud": agreed.asked.client_id,
        "nonce": agreed.asked.nonce, "iat": now, "exp": now + LIFE, "auth_time": now,
    });
    let id_token = jsonwebtoken::encode(&head, &claims, &registers.national.key);
    let access_token = registers.national.keep(Agreed { until: now + LIFE, ..agreed });
    match (id_token, access_token) {
        (Ok(id_token), Ok(access_token)) => Json(json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE, "id_token": id_token,
        }))
        .into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `GET /national/userinfo`
pub async fn userinfo(State(registers): State<Arc<Registers>>, headers: HeaderMap) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let agreed = lock(&registers.national.agreed).get(token).filter(|one| seconds() < one.until).cloned();
    let Some(Agreed { who, .. }) = agreed else { return StatusCode::UNAUTHORIZED.into_response() };
    Json(json!({ "sub": subject(&who), "official_number": who.number, "name": who.name })).into_response()
}

fn issuer(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}/national")
}

/// The same for a person each time.
fn subject(who: &Who) -> String {
    encode(digest(&SHA256, format!("simulated national platform|{}", who.number).as_bytes()).as_ref())
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[allow(clippy::disallowed_methods, reason = "an example outside the provider has a clock of its own")]
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
