//! Asks an earlier system whether a password is right: for those that give no hashes away. The address stands in the
//! profile of the source. A system that does not answer is left alone for a while, each by itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use serde::{Deserialize, Serialize};
use url::Url;

use super::breaker::Breaker;
use super::{OpenError, transport};
use crate::base::{Moment, Secret};
use crate::config::Config;

/// After so many questions in a row without an answer a system is left alone.
const OPENS_AFTER: u32 = 5;
const REST: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const LONGEST: usize = 16 * 1024;

/// The ways to earlier systems. Cheap to clone.
#[derive(Clone)]
pub struct OldSystems(Arc<Inner>);

struct Inner {
    http: Client,
    /// As many as sources have such an address.
    known: Mutex<HashMap<Where, Arc<Breaker>>>,
}

/// Where an earlier system answers, as its profile says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Where {
    pub url: Url,
    /// A file on this machine with the bearer token.
    pub key_file: Option<PathBuf>,
}

/// Whose password it is said to be, in the system's own words.
#[derive(Clone, Copy, Serialize)]
pub struct Claimed<'a> {
    /// The id of the account there.
    pub local_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<&'a str>,
}

#[derive(Serialize)]
struct Question<'a> {
    #[serde(flatten)]
    claimed: Claimed<'a>,
    password: &'a str,
}

#[derive(Deserialize)]
struct Said {
    right: bool,
}

/// Why nothing is known. It quotes nothing of question and answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("it is left alone for a while, since it did not answer")]
    Resting,
    #[error("its key file cannot be read")]
    NoKey,
    #[error("it cannot be reached, or not in time")]
    Unreachable,
    #[error("it answered with status {0}")]
    Refused(u16),
    #[error("its answer cannot be read")]
    Unreadable,
}

impl OldSystems {
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let patience = Duration::from_millis(config.legacy.check_timeout_ms);
        let http = transport::build(transport::builder(config)?.timeout(patience))?;
        Ok(Self(Arc::new(Inner { http, known: Mutex::default() })))
    }

    /// Whether the password is right. Asked once: a second question would count as a second try over there.
    ///
    /// # Errors
    /// [`NoAnswer`]: then nothing is proven, and nothing is disproven.
    pub async fn is_right(
        &self,
        now: Moment,
        at: &Where,
        claimed: Claimed<'_>,
        password: &Secret,
    ) -> Result<bool, NoAnswer> {
        let breaker = self.breaker(at);
        if !breaker.admits(now) {
            return Err(NoAnswer::Resting);
        }
        let said = self.ask(at, claimed, password).await;
        match &said {
            Ok(_) => breaker.answered(),
            Err(error) => {
                breaker.failed(now);
                tracing::warn!(host = at.url.host_str(), %error, "an earlier system did not say whether a password is right");
            }
        }
        said
    }

    async fn ask(&self, at: &Where, claimed: Claimed<'_>, password: &Secret) -> Result<bool, NoAnswer> {
        let question = Question { claimed, password: password.reveal() };
        let mut request = self.0.http.post(at.url.clone()).json(&question);
        if let Some(file) = &at.key_file {
            request = request.bearer_auth(key(file)?.reveal());
        }
        let response = request.send().await.map_err(|_| NoAnswer::Unreachable)?;
        if !response.status().is_success() {
            return Err(NoAnswer::Refused(response.status().as_u16()));
        }
        let body = transport::body(response, LONGEST).await.map_err(|_| NoAnswer::Unreachable)?;
        let body = body.ok_or(NoAnswer::Unreadable)?;
        let said: Said = serde_json::from_slice(&body).map_err(|_| NoAnswer::Unreadable)?;
        Ok(said.right)
    }

    fn breaker(&self, at: &Where) -> Arc<Breaker> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(at.clone()).or_insert_with(|| Arc::new(Breaker::new(OPENS_AFTER, REST))).clone()
    }
}

fn key(file: &Path) -> Result<Secret, NoAnswer> {
    transport::read_secret("check.key_file", file).map_err(|_| NoAnswer::NoKey)
}
