//! `sid` (OpenID Connect Back-Channel Logout section 2.1): what a relying system calls a sign-in by.

use uuid::Uuid;

use crate::crypto::{base64url, sha256};

/// One a (session, client, subject), so that two clients cannot compare theirs. Computed, not stored: the
/// session's id is random and does not leave the house, so nobody else can make one.
pub fn sid(session: Uuid, client: &str, sub: &str) -> String {
    // Neither a client id nor a subject holds a zero byte.
    let parts: [&[u8]; 5] = [b"yihao sid\0", session.as_bytes(), client.as_bytes(), b"\0", sub.as_bytes()];
    base64url(&sha256(&parts.concat())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_session_client_and_subject() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(sid(one, "hall", "s"), sid(one, "hall", "s"));
        assert_eq!(sid(one, "hall", "s").len(), 22);
        for different in
            [sid(other, "hall", "s"), sid(one, "halls", ""), sid(one, "hal", "ls"), sid(one, "hall", "t")]
        {
            assert_ne!(sid(one, "hall", "s"), different);
        }
    }
}
