//! The licence library's answer, as both of its sides write it down.

use serde::{Deserialize, Serialize};

use crate::claims::Assisted;

/// `GET /licences`.
#[derive(Debug, Serialize, Deserialize)]
pub struct LicenceList {
    pub holder: Holder,
    pub licences: Vec<Licence>,
    pub token: Presented,
}

/// Whose licences these are.
#[derive(Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Masked: the one who asks has no need of the whole.
    pub number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One electronic licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    pub title: String,
    pub serial: String,
    pub issued_by: String,
    /// A year: `2019`.
    pub issued_in: u16,
}

/// How the token that was shown came about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Presented {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether it came with the proof of the key that it is bound to.
    #[serde(default)]
    pub bound: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    pub trust_level: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Assisted>,
}
