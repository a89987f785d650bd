//! The public key of a terminal.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use serde_json::Value;

/// A JWK (RFC 7517) that can only be a public ES256 or EdDSA key: keys that are made for machines today.
#[derive(Clone, Debug, PartialEq)]
pub struct TerminalKey {
    jwk: Jwk,
    thumbprint: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    #[error("not a JSON Web Key (RFC 7517)")]
    NoJwk,
    #[error("the private half is in it: give the public key only, and make a new pair")]
    Private,
    #[error("neither a P-256 key (ES256) nor an Ed25519 key (EdDSA)")]
    Kind,
}

impl TerminalKey {
    pub fn parse(value: &Value) -> Result<Self, InvalidKey> {
        if value.get("d").is_some() {
            return Err(InvalidKey::Private);
        }
        let jwk: Jwk = serde_json::from_value(value.clone()).map_err(|_| InvalidKey::NoJwk)?;
        let fits = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(key) => key.curve == EllipticCurve::P256,
            AlgorithmParameters::OctetKeyPair(key) => key.curve == EllipticCurve::Ed25519,
            _ => false,
        };
        let readable = jsonwebtoken::DecodingKey::from_jwk(&jwk).is_ok();
        let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256);
        match (fits && readable, thumbprint) {
            (true, Ok(thumbprint)) => Ok(Self { jwk, thumbprint }),
            _ => Err(InvalidKey::Kind),
        }
    }

    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// RFC 7638, SHA-256: what a token that is bound to the key calls it (`cnf.jkt`, RFC 9449 section 6.1).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::crypto::{Algorithm, SigningKey};

    fn public(algorithm: Algorithm) -> Value {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        SigningKey::from_pkcs8("k".to_owned(), algorithm, &pkcs8).unwrap().public_jwk()
    }

    #[test]
    fn only_public_keys_of_two_kinds() {
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
            assert!(TerminalKey::parse(&public(algorithm)).is_ok(), "{algorithm:?}");
        }
        let mut private = public(Algorithm::ES256);
        private["d"] = "x".into();
        assert_eq!(TerminalKey::parse(&private), Err(InvalidKey::Private));
        assert_eq!(TerminalKey::parse(&public(Algorithm::RS256)), Err(InvalidKey::Kind));
        assert_eq!(TerminalKey::parse(&json!({ "kty": "oct", "k": "AAAA" })), Err(InvalidKey::Kind));
        assert_eq!(TerminalKey::parse(&json!({ "kty": "EC" })), Err(InvalidKey::Kind));
        assert_eq!(TerminalKey::parse(&json!([])), Err(InvalidKey::NoJwk));
    }

    /// The example of RFC 8037 appendix A.3.
    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        let key = json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        });
        let key = TerminalKey::parse(&key).unwrap();
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
