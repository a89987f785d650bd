//! A question as the exchange platform wants it: who asks, when, for what, and a signature over it.

use aws_lc_rs::hmac;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::base::Visit;

/// What the exchange platform is told a question is for.
const PURPOSE: &str = "identity-verification";
/// The matter it belongs to: the account itself, whatever service the person came for.
const MATTER: &str = "unified-account";

/// What is asked about: members of the question, in the order in which they are signed.
pub(super) type About<'a> = &'a [(&'static str, &'a str)];

#[derive(Serialize)]
pub(super) struct Question<'a> {
    app_id: &'a str,
    /// Seconds since 1970.
    timestamp: i64,
    nonce: String,
    pub(super) request_id: Uuid,
    purpose: &'static str,
    matter: &'static str,
    #[serde(flatten, serialize_with = "as_members")]
    about: About<'a>,
    sign: String,
}

fn as_members<S: Serializer>(about: &About<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(about.iter().copied())
}

impl<'a> Question<'a> {
    /// Signed with `key`: app, timestamp, nonce, request id and what is asked about, joined by `|`, under
    /// HMAC-SHA256 in hex. Its id is its own: a visit may ask twice, and must not take one answer for the
    /// other.
    pub(super) fn new(app_id: &'a str, key: &hmac::Key, visit: &Visit, about: About<'a>) -> Self {
        let (timestamp, nonce, request_id) = (visit.now.seconds(), visit.chance.token(), visit.id());
        let mut signed = format!("{app_id}|{timestamp}|{nonce}|{request_id}");
        for (_, text) in about {
            signed.push('|');
            signed.push_str(text);
        }
        let tag = hmac::sign(key, signed.as_bytes());
        let sign = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { app_id, timestamp, nonce, request_id, purpose: PURPOSE, matter: MATTER, about, sign }
    }
}
