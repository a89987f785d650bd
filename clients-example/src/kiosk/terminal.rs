//! What this machine is to the provider: an enrolled terminal with a key of its own. It signs who it is (RFC 7523),
//! that a request is its own (RFC 9449), and that a QR code was shown just now.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A P-256 key; in a real machine it lives in a security module and never leaves it.
pub struct Key(EcdsaKeyPair);

impl Key {
    /// Reads a file with PKCS #8 in PEM, as `openssl genpkey` writes it; makes one if there is none.
    pub fn open(file: &Path) -> Result<Self> {
        let shown = || file.display().to_string();
        if !file.exists() {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(|_| anyhow!("no key can be made"))?;
            let pem = format!(
                "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
                STANDARD.encode(made.as_ref())
            );
            write_for_owner(file, &pem).with_context(shown)?;
        }
        let text = std::fs::read_to_string(file).with_context(shown)?;
        let base64: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(base64.trim()).with_context(shown)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        Ok(Self(pair.map_err(|_| anyhow!("{}: no P-256 key in PKCS #8", shown()))?))
    }

    /// The public half: what `yihao terminal enroll --jwk` takes.
    pub fn jwk(&self) -> Value {
        // An uncompressed point: 0x04, x, y.
        let point = self.0.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
            "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
        })
    }

    fn sign(&self, text: &str) -> Result<String> {
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(signature.map_err(|_| anyhow!("the key does not sign"))?))
    }

    /// A JWS in compact form (RFC 7515 section 7.1).
    pub fn jws(&self, header: &Value, claims: &Value) -> Result<String> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        Ok(format!("{text}.{}", self.sign(&text)?))
    }
}

#[cfg(unix)]
fn write_for_owner(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?
        .write_all(text.as_bytes())
}

pub struct Terminal {
    pub id: String,
    pub client_id: String,
    pub key: Key,
}

impl Terminal {
    /// `private_key_jwt`: the `kid` is the terminal's id.
    pub fn assertion(&self, issuer: &str) -> Result<String> {
        let now = seconds();
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id });
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": issuer, "jti": random()?, "iat": now,
            "exp": now + 60,
        });
        self.key.jws(&header, &claims)
    }

    /// That this request is made by who holds the key (RFC 9449 section 4.2).
    pub fn proof(&self, method: &str, url: &str, token: Option<&str>) -> Result<String> {
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.jwk() });
        let mut claims = json!({ "jti": random()?, "htm": method, "htu": url, "iat": seconds() });
        if let Some(token) = token {
            claims["ath"] = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())).into();
        }
        self.key.jws(&header, &claims)
    }

    /// What the QR code holds in this step of twenty seconds: the address, and the terminal's word that it is shown
    /// now. A photograph of it is worth nothing a moment later.
    pub fn qr(&self, address: &str, user_code: &str) -> Result<String> {
        let shown = seconds() / STEP * STEP;
        let signature = self.key.sign(&format!("yihao-qr\n{user_code}\n{shown}"))?;
        let (separator, id) = (if address.contains('?') { '&' } else { '?' }, &self.id);
        Ok(format!("{address}{separator}terminal={id}&shown={shown}&proof={signature}"))
    }
}

/// Seconds for which one QR code is shown.
pub const STEP: u64 = 20;

pub fn seconds() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "an example has no clock of its own")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

pub fn random() -> Result<String> {
    let bytes: [u8; 24] = rand::generate(&SystemRandom::new()).map_err(|_| anyhow!("no chance"))?.expose();
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
