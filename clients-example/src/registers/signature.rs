//! The shared key, and what it signs.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;

pub struct SharedKey {
    text: String,
    key: hmac::Key,
}

impl SharedKey {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), key: hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()) }
    }

    /// Whether `sign` is the hex HMAC-SHA256 over the parts, joined by `|`.
    pub fn signed(&self, parts: &[&str], sign: &str) -> bool {
        let tag = hmac::sign(&self.key, parts.join("|").as_bytes());
        let expected: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        verify_slices_are_equal(expected.as_bytes(), sign.to_ascii_lowercase().as_bytes()).is_ok()
    }

    /// Whether this is the key itself.
    pub fn is(&self, text: &str) -> bool {
        verify_slices_are_equal(self.text.as_bytes(), text.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hex_of_rfc_4231_case_2() {
        let key = SharedKey::new("Jefe");
        let sign = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(key.signed(&["what do ya want for nothing?"], sign));
        assert!(key.signed(&["what do ya want for nothing?"], &sign.to_uppercase()));
        assert!(!key.signed(&["what do ya want", "for nothing?"], sign));
        assert!(!key.signed(&["what do ya want for nothing?"], ""));
        assert!(key.is("Jefe") && !key.is("jefe"));
    }
}
