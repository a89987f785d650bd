//! Tokens bound to a key (RFC 9449), from both sides: the app proves that it has the key, the licence library
//! wants to see the proof.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// A proof is good so long, and must be remembered so long.
const LIFE: u64 = 60;
const SKEW: u64 = 30;

/// The key of a device. On a real phone it is made in its secure hardware and never leaves it; here it lives as
/// long as the program.
pub struct ProofKey {
    pair: EcdsaKeyPair,
    jwk: Value,
}

impl ProofKey {
    /// # Errors
    /// The machine has no randomness.
    pub fn generate() -> Result<Self> {
        Ok(Self::of(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no key can be made")?))
    }

    /// A key that was made before, such as a window's.
    ///
    /// # Errors
    /// It is no PKCS #8 of P-256.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8);
        Ok(Self::of(pair.context("no PKCS #8 of P-256")?))
    }

    fn of(pair: EcdsaKeyPair) -> Self {
        // An uncompressed point: 0x04, x, y.
        let point = pair.public_key().as_ref();
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..65]),
        });
        Self { pair, jwk }
    }

    /// What the tokens will be bound to (`dpop_jkt`).
    ///
    /// # Errors
    /// None with a key made here.
    pub fn thumbprint(&self) -> Result<String> {
        Ok(serde_json::from_value::<Jwk>(self.jwk.clone())?.thumbprint(ThumbprintHash::SHA256)?)
    }

    /// A proof for one request (section 4.2). `token` is the access token that goes with it, `nonce` what the
    /// server asked for.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn proof(&self, method: &str, url: &Url, token: Option<&str>, nonce: Option<&str>) -> Result<String> {
        let mut jti = [0; 16];
        aws_lc_rs::rand::fill(&mut jti).context("no randomness")?;
        let mut htu = url.clone();
        htu.set_query(None);
        htu.set_fragment(None);
        let mut claims = json!({"jti": encode(jti), "htm": method, "htu": htu.as_str(), "iat": now()});
        if let Some(token) = token {
            claims["ath"] = encode(digest(&SHA256, token.as_bytes()).as_ref()).into();
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk});
        let text = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).context("no signature")?;
        Ok(format!("{text}.{}", encode(signature)))
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[allow(clippy::disallowed_methods, reason = "an example outside the provider has a clock of its own")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|past| past.as_secs()).unwrap_or_default()
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: Url,
    iat: u64,
    ath: String,
}

/// The proofs that a resource server has seen: each counts once.
#[derive(Default)]
pub struct Proofs {
    seen: Mutex<HashMap<String, u64>>,
}

impl Proofs {
    /// Whether `proof` shows the key with the thumbprint `jkt`, for this token and this request (section 4.3).
    ///
    /// # Errors
    /// It does not; the words say why.
    pub fn check(&self, proof: &str, method: &str, url: &Url, token: &str, jkt: &str) -> Result<()> {
        let header = jsonwebtoken::decode_header(proof).context("not a JWT")?;
        ensure!(header.typ.as_deref() == Some("dpop+jwt"), "typ must be dpop+jwt");
        ensure!(matches!(header.alg, Algorithm::ES256 | Algorithm::EdDSA), "alg must be ES256 or EdDSA");
        let key = header.jwk.context("no jwk")?;
        ensure!(key.thumbprint(ThumbprintHash::SHA256)? == jkt, "another key than the token's");
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(proof, &DecodingKey::from_jwk(&key)?, &validation);
        let claims = claims.context("the signature does not verify, or a claim is missing")?.claims;
        ensure!(claims.htm == method && claims.htu == *url, "made for another request");
        ensure!(claims.ath == encode(digest(&SHA256, token.as_bytes())), "made for another token");
        let now = now();
        ensure!(claims.iat <= now + SKEW && claims.iat + LIFE >= now, "too old, or from the future");
        let mut seen = self.seen.lock().unwrap_or_else(|broken| broken.into_inner());
        seen.retain(|_, until| *until >= now);
        let first = seen.insert(format!("{jkt} {}", claims.jti), claims.iat + LIFE).is_none();
        ensure!(first, "used before");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_good_once_for_its_request_its_token_and_its_key() {
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let (key, other) = (ProofKey::generate().unwrap(), ProofKey::generate().unwrap());
        let (jkt, proofs) = (key.thumbprint().unwrap(), Proofs::default());
        let url: Url = "http://localhost:8083/licences".parse().unwrap();
        let with_query: Url = "http://localhost:8083/licences?x=1".parse().unwrap();
        let proof = key.proof("GET", &with_query, Some("t"), None).unwrap();
        let check = |proof: &str, method: &str, url: &Url, token: &str| {
            proofs.check(proof, method, url, token, &jkt).map_err(|error| error.to_string())
        };
        assert_eq!(check(&proof, "POST", &url, "t"), Err("made for another request".to_owned()));
        assert_eq!(check(&proof, "GET", &url, "another"), Err("made for another token".to_owned()));
        let others = other.proof("GET", &url, Some("t"), None).unwrap();
        assert_eq!(check(&others, "GET", &url, "t"), Err("another key than the token's".to_owned()));
        assert_eq!(check("x", "GET", &url, "t"), Err("not a JWT".to_owned()));
        assert_eq!(check(&proof, "GET", &url, "t"), Ok(()));
        assert_eq!(check(&proof, "GET", &url, "t"), Err("used before".to_owned()));
    }
}
