//! JSON Web Signatures in compact form (RFC 7515 section 7.1), signed with a kept key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::{SigningKey, Unopenable};

/// Signs `claims`. `typ` says what kind of token it is, so that one is never taken for another
/// (RFC 8725 section 3.11).
pub fn sign(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<String, Unopenable> {
    // `typ`, `alg` and `kid` are our own words of letters, digits and `-`: nothing to escape.
    let header = format!(r#"{{"typ":"{typ}","alg":"{}","kid":"{}"}}"#, key.algorithm.as_str(), key.kid);
    let claims = serde_json::to_vec(claims).map_err(|_| Unopenable)?;
    let mut token = String::with_capacity((header.len() + claims.len()) * 4 / 3 + 100);
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Algorithm;

    #[test]
    fn an_independent_reader_accepts_every_algorithm() {
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        for algorithm in Algorithm::ALL {
            let pkcs8 = SigningKey::generate(algorithm).unwrap();
            let key = SigningKey::from_pkcs8("k-1".to_owned(), algorithm, &pkcs8).unwrap();
            let token =
                sign(&key, "JWT", &serde_json::json!({"sub": "s", "exp": 4_000_000_000_u64})).unwrap();
            let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.public_jwk()).unwrap();
            let decoding = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
            let validation = jsonwebtoken::Validation::new(algorithm.jsonwebtoken());
            let read =
                jsonwebtoken::decode::<serde_json::Value>(token.as_str(), &decoding, &validation).unwrap();
            assert_eq!(read.claims["sub"], "s");
            assert_eq!(read.header.kid.as_deref(), Some("k-1"));
        }
    }
}
