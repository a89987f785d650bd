//! Who approved what, at which levels: the only thing that tokens are made from.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::{AuthenticationLevel, Channel, Moment, Scopes, TrustLevel};
use crate::grant::{Assisted, ClaimsRequest};

/// That the person acts for another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acting {
    pub mandate: Uuid,
    pub represented: Uuid,
    /// What this client's sector calls the person (`act.sub`, RFC 8693 section 4.1).
    pub act_sub: String,
}

/// Kept until it is redeemed, behind a code or a request that another screen has made. It holds no number,
/// name or phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// The id the grant will have, chosen now: a code that comes twice names what is to be revoked.
    pub grant: Uuid,
    pub client_id: String,
    pub person: Uuid,
    pub session: Uuid,
    /// The represented account's where the person acts for another, else the person's own.
    pub sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
    /// A clerk asked for it at a window, in one matter: it is good in that matter alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Assisted>,
    pub scopes: Scopes,
    #[serde(default)]
    pub claims: ClaimsRequest,
    pub channel: Channel,
    pub trust: TrustLevel,
    pub aal: AuthenticationLevel,
    pub amr: String,
    pub authenticated_at: Moment,
    pub expires_at: Moment,
}
