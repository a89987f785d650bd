//! The content of access tokens.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Acting, Assisted, Grant};
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
    /// The key without whose proof the token is refused (RFC 7800 section 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    #[serde(flatten)]
    pub acting: ActingClaims,
}

/// A key, by its thumbprint (RFC 9449 section 6.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    pub jkt: String,
}

/// That somebody acts for the subject, or assisted them: in every token where one does, so that nobody is
/// impersonated silently.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActingClaims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<MandateClaim>,
    /// That a clerk assisted, at which window, for which matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Assisted>,
}

/// Who acts (RFC 8693 section 4.1), by a subject id of the same sector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    pub sub: String,
}

/// By which permission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MandateClaim {
    pub id: Uuid,
    pub role: String,
    pub scope: Vec<String>,
    /// Absent where only a register can end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

impl ActingClaims {
    pub fn of(grant: &Grant) -> Self {
        let assisted = grant.assisted.clone();
        let Some(Acting { mandate, act_sub }) = &grant.acting else {
            return Self { assisted, ..Self::default() };
        };
        Self {
            assisted,
            act: Some(Actor { sub: act_sub.clone() }),
            mandate: Some(MandateClaim {
                id: mandate.id,
                role: mandate.role.as_str().to_owned(),
                scope: mandate.scope.words(),
                exp: mandate.ends_at.map(|end| end.seconds()),
            }),
        }
    }
}
