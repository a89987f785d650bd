//! A key that tokens are bound to, and the proofs its owner makes: good ones, and any other.

use std::sync::Arc;

use serde_json::{Value, json};
use yihao::base::{Chance, Clock};
use yihao::crypto::{Algorithm, SigningKey, base64url, sha256, thumbprint};

use super::House;

pub struct ProofKey {
    key: Arc<SigningKey>,
    issuer: String,
    clock: Clock,
}

impl ProofKey {
    pub fn new(house: &House) -> Self {
        Self::of(house, Algorithm::ES256)
    }

    pub fn of(house: &House, algorithm: Algorithm) -> Self {
        let pkcs8 = SigningKey::generate(algorithm).expect("a key");
        let key = SigningKey::from_pkcs8("device".to_owned(), algorithm, &pkcs8).expect("a key");
        Self::with(house, Arc::new(key))
    }

    /// Of a key that is there already.
    pub fn with(house: &House, key: Arc<SigningKey>) -> Self {
        Self { key, issuer: house.app.config.issuer().to_owned(), clock: house.clock.clone() }
    }

    /// The public half, with nothing in it but the key.
    pub fn jwk(&self) -> Value {
        let mut jwk = self.key.public_jwk();
        let members = jwk.as_object_mut().expect("an object");
        members.retain(|name, _| !matches!(name.as_str(), "kid" | "alg" | "use"));
        jwk
    }

    pub fn thumbprint(&self) -> String {
        thumbprint(&serde_json::from_value(self.jwk()).expect("a JWK")).expect("a thumbprint")
    }

    pub fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": self.key.algorithm.as_str(), "jwk": self.jwk() })
    }

    /// For a request to our own address; `token` is the access token that goes with it.
    pub fn claims(&self, method: &str, path: &str, token: Option<&str>) -> Value {
        let mut claims = json!({
            "jti": Chance::Machine.token(),
            "htm": method,
            "htu": format!("{}{path}", self.issuer),
            "iat": self.clock.now().seconds(),
        });
        if let Some(token) = token {
            claims["ath"] = base64url(&sha256(token.as_bytes())).into();
        }
        claims
    }

    pub fn proof(&self, method: &str, path: &str, token: Option<&str>) -> String {
        self.signed(&self.header(), &self.claims(method, path, token))
    }

    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let text = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(text.as_bytes()).expect("a signature");
        format!("{text}.{}", base64url(&signature))
    }
}
