//! Rank 3: what a relying system asks, what the person must do for it, and what comes of it.
//!
//! [`next`] is the only place that decides what a person sees. Every page ends with "back to the Ask",
//! where it is called again, until it says approved or refused.

mod approval;
mod capacity;
pub mod elsewhere;
mod facts;
mod marks;
mod matching;
mod next;
mod prompt;
pub mod scan;
mod store;
mod way;

pub use approval::{Acting, Approval};
pub use capacity::{Capacity, Choice, Chosen, Hinted};
pub use facts::{Error, Facts, facts};
pub use matching::Matching;
pub use next::{Refusal, SignInReason, Step, consent_matters, next};
pub use prompt::Prompts;
pub use store::{AskId, find, keep, take, update};
pub use way::{Cas, Elsewhere, Redirect, Way};

use serde::{Deserialize, Serialize};

use crate::base::{AuthenticationLevel, Moment, Scopes, TrustLevel};
use crate::client::Client;
use crate::grant::ClaimsRequest;

/// A validated authorization request, whichever door it came by. What stands in it has passed the checks:
/// nobody looks at the request's parameters again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    pub client_id: String,
    /// How the answer gets to the client.
    pub way: Way,
    pub scopes: Scopes,
    #[serde(default)]
    pub claims: ClaimsRequest,
    #[serde(default)]
    pub prompts: Prompts,
    /// Seconds since the last sign-in that are still good enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The levels without which the client has no use for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_aal: Option<AuthenticationLevel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_trust: Option<TrustLevel>,
    /// Whom the `id_token_hint` means: nobody else will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hinted: Option<Hinted>,
    /// Shown in the sign-in field. Never an official number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// What the person answered on this Ask's capacity page, if it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Chosen>,
    /// What the person answered on this Ask's consent page, if it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented: Option<bool>,
    /// The person has said that they cannot reach the level this Ask wants.
    #[serde(default)]
    pub unmet: bool,
    pub asked_at: Moment,
}

impl Ask {
    /// What a client asks that says nothing but which scopes it wants.
    pub fn plain(client: &Client, way: Way, scopes: Scopes, now: Moment) -> Self {
        Self {
            client_id: client.id.clone(),
            way,
            scopes,
            claims: ClaimsRequest::default(),
            prompts: Prompts::default(),
            max_age: None,
            min_aal: None,
            min_trust: None,
            hinted: None,
            login_hint: None,
            capacity: None,
            consented: None,
            unmet: false,
            asked_at: now,
        }
    }
}
