//! Somebody else who checks people on pages of their own: we announce a check under an id of ours, send the person
//! there, and ask how it ended. The browser brings back nothing but that id.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::{OpenError, transport};
use crate::base::{Secret, Visit};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 16 * 1024;

/// Where a checker is, as configured.
pub(super) struct Where<'a> {
    /// What the log calls it.
    pub what: &'static str,
    pub url: Option<&'a Url>,
    pub pages_url: Option<&'a Url>,
    pub key_file: (&'static str, Option<&'a Path>),
}

pub(super) struct Checker {
    what: &'static str,
    http: Client,
    service: Option<Url>,
    pages: Option<Url>,
    bearer: Option<Secret>,
    simulated: bool,
}

/// A check that waits for the person.
#[derive(Debug, PartialEq, Eq)]
pub struct Begun {
    /// What the service calls it.
    pub reference: String,
    /// Where the person does it.
    pub address: Url,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    Passed,
    Failed,
    Pending,
}

/// Why nothing is known. No answer proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("no such service is configured: set its url")]
    NotConfigured,
    #[error("the service cannot be reached")]
    Unreachable,
    #[error("the service gave no answer in time")]
    Timeout,
    #[error("the service refused with status {0}")]
    Refused(u16),
    #[error("the answer cannot be read, or leads the person elsewhere than pages_url")]
    Unreadable,
    #[error("the answer belongs to another question")]
    OtherQuestion,
    #[error("a simulator answered, and danger.simulate_proofs is off")]
    Simulator,
}

#[derive(Deserialize)]
struct Started {
    request_id: Uuid,
    reference: String,
    address: Url,
}

#[derive(Deserialize)]
struct Ended<T> {
    request_id: Uuid,
    reference: String,
    #[serde(flatten)]
    said: T,
}

impl Checker {
    /// Without a service it opens too: then a check ends in [`NoAnswer::NotConfigured`].
    pub(super) fn open(config: &Config, at: Where<'_>) -> Result<Self, OpenError> {
        let (key, file) = at.key_file;
        Ok(Self {
            what: at.what,
            http: transport::build(transport::builder(config)?.timeout(PATIENCE))?,
            pages: at.pages_url.or(at.url).cloned(),
            service: at.url.cloned(),
            bearer: file.map(|path| transport::read_secret(key, path)).transpose()?,
            simulated: config.danger.simulate_proofs,
        })
    }

    pub(super) fn configured(&self) -> bool {
        self.service.is_some()
    }

    /// The origin that people are sent to.
    pub(super) fn pages(&self) -> Option<String> {
        self.pages.as_ref().map(|url| url.origin().ascii_serialization())
    }

    /// Announces a check under our id for it, which the question holds as `request_id`.
    pub(super) async fn begin(
        &self,
        visit: &Visit,
        id: Uuid,
        question: &(impl Serialize + Sync),
    ) -> Result<Begun, NoAnswer> {
        let asked = self.at(&["checks"]).map(|url| self.http.post(url).json(question));
        let started = self.ask::<Started>(visit, asked).await?;
        if started.request_id != id {
            return Err(NoAnswer::OtherQuestion);
        }
        if Some(started.address.origin().ascii_serialization()) != self.pages() {
            return Err(NoAnswer::Unreadable);
        }
        Ok(Begun { reference: started.reference, address: started.address })
    }

    /// What is said of the check of this reference, if it was announced under this id.
    pub(super) async fn outcome<T: DeserializeOwned>(
        &self,
        visit: &Visit,
        id: Uuid,
        reference: &str,
    ) -> Result<T, NoAnswer> {
        let asked = self.at(&["checks", reference]).map(|url| self.http.get(url));
        let ended = self.ask::<Ended<T>>(visit, asked).await?;
        if ended.request_id != id || ended.reference != reference {
            return Err(NoAnswer::OtherQuestion);
        }
        Ok(ended.said)
    }

    /// An address below the service's; the parts are escaped.
    fn at(&self, parts: &[&str]) -> Option<Url> {
        let mut url = self.service.clone()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
        Some(url)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        visit: &Visit,
        request: Option<RequestBuilder>,
    ) -> Result<T, NoAnswer> {
        let answer = self.answer(request).await;
        if let Err(why) = &answer {
            tracing::warn!(request = %visit.request_id, %why, "{} gave no answer", self.what);
        }
        answer
    }

    async fn answer<T: DeserializeOwned>(&self, request: Option<RequestBuilder>) -> Result<T, NoAnswer> {
        let mut request = request.ok_or(NoAnswer::NotConfigured)?;
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer.reveal());
        }
        let cause =
            |e: reqwest::Error| if e.is_timeout() { NoAnswer::Timeout } else { NoAnswer::Unreachable };
        let response = request.send().await.map_err(cause)?;
        if response.headers().contains_key(transport::SIMULATOR) && !self.simulated {
            return Err(NoAnswer::Simulator);
        }
        if !response.status().is_success() {
            return Err(NoAnswer::Refused(response.status().as_u16()));
        }
        let body = transport::body(response, LONGEST).await.map_err(cause)?.ok_or(NoAnswer::Unreadable)?;
        serde_json::from_slice(&body).map_err(|_| NoAnswer::Unreadable)
    }
}
