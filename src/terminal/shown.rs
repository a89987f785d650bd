//! That a code stands on a terminal's screen now. Its QR code is renewed every twenty seconds: the terminal signs what
//! it shows and when, so nobody is asked for that, and a photograph of a code, sent to somebody elsewhere, is
//! worth nothing a moment later.

use std::time::Duration;

use jsonwebtoken::jwk::AlgorithmParameters;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::Terminal;
use crate::base::Moment;

/// So long one QR code is shown.
pub const STEP: Duration = Duration::from_secs(20);
/// So long after it was first shown a code may be opened: its step, and a step for the camera and the clocks.
pub const FRESH: Duration = Duration::from_secs(40);

impl Terminal {
    /// Whether this terminal says, with its key, that it has shown `user_code` since `shown` (seconds since 1970), and
    /// that is not long ago.
    pub fn shows(&self, user_code: &str, shown: i64, proof: &str, now: Moment) -> bool {
        let since = Moment::from_seconds(shown);
        if now.since(since) > FRESH || since > now.plus(STEP) {
            return false;
        }
        let algorithm = match self.jwk().algorithm {
            AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
            _ => Algorithm::ES256,
        };
        let Ok(key) = DecodingKey::from_jwk(self.jwk()) else { return false };
        let text = format!("yihao-qr\n{user_code}\n{shown}");
        jsonwebtoken::crypto::verify(proof, text.as_bytes(), &key, algorithm).unwrap_or(false)
    }
}
