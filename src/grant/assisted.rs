//! That a token was got at a counter: who was present, who assisted, at which window, for which matter.

use crate::base::words;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The claim `assisted`. It says nothing about the person; `sub` does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assisted {
    /// The clerk, by the operator's id.
    pub clerk: Uuid,
    /// The terminal's id.
    pub window: Uuid,
    /// Where the window is, as people read it.
    pub place: String,
    /// The one matter that the token is for; with it the token ends.
    pub matter: AssistedMatter,
    pub how: How,
    /// Whether the clerk has seen the person. Who approved on the phone may be anywhere.
    pub present: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistedMatter {
    pub id: Uuid,
    /// The relying system's own code of it.
    pub code: String,
}

words! {
    /// How it is known whose matter it is.
    How {
        /// The chip of the ID card was read, and the clerk has looked whether it is the person's.
        Chip = "chip",
        /// The person approved on their phone.
        Phone = "phone",
    }
}
