//! The face check from afar, done by somebody else: we tell them number and name, send the person there, and
//! ask how it ended. What comes here is a word and a reference: no picture, no template.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::{OpenError, transport};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Secret, Visit};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const LONGEST: usize = 16 * 1024;

/// The way to who checks faces. Cheap to clone.
#[derive(Clone)]
pub struct Face(Arc<Inner>);

struct Inner {
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
    #[error("no face check is configured: set face.url")]
    NotConfigured,
    #[error("the service cannot be reached")]
    Unreachable,
    #[error("the service gave no answer in time")]
    Timeout,
    #[error("the service refused with status {0}")]
    Refused(u16),
    #[error("the answer cannot be read, or leads the person elsewhere than face.pages_url")]
    Unreadable,
    #[error("the answer belongs to another question")]
    OtherQuestion,
    #[error("a simulator answered, and danger.simulate_proofs is off")]
    Simulator,
}

#[derive(Serialize)]
struct Question<'a> {
    request_id: Uuid,
    number_kind: &'a str,
    number: &'a str,
    name: &'a str,
    return_to: &'a str,
}

#[derive(Deserialize)]
struct Started {
    request_id: Uuid,
    reference: String,
    address: Url,
}

#[derive(Deserialize)]
struct Ended {
    request_id: Uuid,
    reference: String,
    result: Outcome,
}

impl Face {
    /// Without a service it opens too: then a check ends in [`NoAnswer::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let bearer = config.face.key_file.as_deref();
        let bearer = bearer.map(|path| transport::read_secret("face.key_file", path)).transpose()?;
        Ok(Self(Arc::new(Inner {
            http: transport::build(transport::builder(config)?.timeout(PATIENCE))?,
            pages: config.face.pages_url.clone().or_else(|| config.face.url.clone()),
            service: config.face.url.clone(),
            bearer,
            simulated: config.danger.simulate_proofs,
        })))
    }

    pub fn configured(&self) -> bool {
        self.0.service.is_some()
    }

    /// The origin that people are sent to.
    pub fn pages(&self) -> Option<String> {
        self.0.pages.as_ref().map(|url| url.origin().ascii_serialization())
    }

    /// Announces a check under our id for it. From `return_to` the person comes back.
    pub async fn begin(
        &self,
        visit: &Visit,
        id: Uuid,
        number: &OfficialNumber,
        name: &PersonName,
        return_to: &str,
    ) -> Result<Begun, NoAnswer> {
        let (number_kind, number) = (number.kind().as_str(), number.as_str());
        let question = Question { request_id: id, number_kind, number, name: name.as_str(), return_to };
        let asked = self.0.at(&["checks"]).map(|url| self.0.http.post(url).json(&question));
        let started = self.0.ask::<Started>(visit, asked).await?;
        if started.request_id != id {
            return Err(NoAnswer::OtherQuestion);
        }
        if Some(started.address.origin().ascii_serialization()) != self.pages() {
            return Err(NoAnswer::Unreadable);
        }
        Ok(Begun { reference: started.reference, address: started.address })
    }

    /// How the check of this reference ended, if it was announced under this id.
    pub async fn outcome(&self, visit: &Visit, id: Uuid, reference: &str) -> Result<Outcome, NoAnswer> {
        let asked = self.0.at(&["checks", reference]).map(|url| self.0.http.get(url));
        let ended = self.0.ask::<Ended>(visit, asked).await?;
        if ended.request_id != id || ended.reference != reference {
            return Err(NoAnswer::OtherQuestion);
        }
        Ok(ended.result)
    }
}

impl Inner {
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
            tracing::warn!(request = %visit.request_id, %why, "the face check gave no answer");
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
