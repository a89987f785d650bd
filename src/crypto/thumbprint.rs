//! Thumbprints of keys (RFC 7638): by them a token names the key it is bound to.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};

/// The SHA-256 thumbprint of a public key, as `jkt` has it (RFC 9449 section 6.1). `None` for what is no public
/// key.
pub fn thumbprint(key: &Jwk) -> Option<String> {
    if matches!(key.algorithm, AlgorithmParameters::OctetKey(_)) {
        return None;
    }
    key.thumbprint(ThumbprintHash::SHA256).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_9449() {
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        // Sections 4.1 and 6.1.
        let key = serde_json::json!({
            "kty": "EC", "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        });
        let key: Jwk = serde_json::from_value(key).unwrap();
        assert_eq!(thumbprint(&key).as_deref(), Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
        let secret: Jwk = serde_json::from_value(serde_json::json!({"kty": "oct", "k": "AAAA"})).unwrap();
        assert_eq!(thumbprint(&secret), None);
    }
}
