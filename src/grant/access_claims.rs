//! The content of access tokens.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::{Channel, Scopes, TrustLevel};

/// What stands in an access token. The number never does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub client_id: String,
    pub scope: Scopes,
    pub iat: i64,
    pub exp: i64,
    pub jti: Uuid,
    pub channel: Channel,
    /// The grant of a person; absent in a client's own token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_level: Option<TrustLevel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
}
