//! The one way to addresses that clients give: `jwks_uri`, `sector_identifier_uri`, logout addresses.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::{Host, Origin, Url};

use super::{OpenError, guard, transport};
use crate::base::Secret;
use crate::config::Config;

/// How long a fetch may take, from name to last byte.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read: a key set of a hundred keys has some 50 KiB.
const LONGEST: usize = 256 * 1024;

/// Fetches what clients point to, and keeps them from pointing into our own network. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    guarded: Client,
    /// For the origins of `outbound.allow` only. Redirects are not followed, so whoever starts at an
    /// allowed origin stays there.
    free: Client,
    allowed: Arc<[Origin]>,
}

/// Why nothing was fetched. It quotes nothing of the answer: the client's owner may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the address must begin with https:// and have no user name or password in it")]
    NotHttps,
    #[error("the address leads into an internal network, and outbound.allow does not name its origin")]
    Internal,
    #[error("the address cannot be reached: no such name, no connection, or no trusted certificate")]
    Unreachable,
    #[error("no complete answer within 5 seconds")]
    Timeout,
    #[error("answered with status {0}, which is no success; redirects are not followed")]
    Status(u16),
    #[error("the answer is longer than 256 KiB")]
    TooLong,
    #[error("the answer is not the JSON that is expected")]
    Unreadable,
}

impl FetchError {
    /// Short and stable, for tables and metrics.
    pub fn code(self) -> String {
        match self {
            Self::NotHttps => "not_https".to_owned(),
            Self::Internal => "internal_address".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Status(status) => format!("status_{status}"),
            Self::TooLong => "too_long".to_owned(),
            Self::Unreadable => "unreadable".to_owned(),
        }
    }
}

impl Web {
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        Self::with_patience(config, PATIENCE)
    }

    fn with_patience(config: &Config, patience: Duration) -> Result<Self, OpenError> {
        let allowed = config.outbound.allow.iter().map(|text| {
            origin(text).ok_or_else(|| {
                OpenError::new("outbound.allow", format!("{text:?}: scheme, host and port only"))
            })
        });
        let builder = || Ok(transport::builder(config)?.timeout(patience));
        Ok(Self {
            guarded: transport::build(builder()?.dns_resolver(guard::Guard))?,
            free: transport::build(builder()?)?,
            allowed: allowed.collect::<Result<_, _>>()?,
        })
    }

    /// Gets a JSON document.
    pub async fn get_json<T: DeserializeOwned>(&self, url: &Url) -> Result<T, FetchError> {
        let request = self.way_to(url)?.get(url.clone());
        let request = request.header(header::ACCEPT, "application/json, application/jwk-set+json");
        let response = request.send().await.map_err(|e| cause(&e))?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let body = transport::body(response, LONGEST).await.map_err(|e| cause(&e))?;
        serde_json::from_slice(&body.ok_or(FetchError::TooLong)?).map_err(|_| FetchError::Unreadable)
    }

    /// Posts a form and wants to know no more than whether it was taken: status 200 or 204. The answer's
    /// body is not read.
    pub async fn post_form(&self, url: &Url, form: &[(&str, &str)]) -> Result<(), FetchError> {
        let response = self.way_to(url)?.post(url.clone()).form(form).send().await.map_err(|e| cause(&e))?;
        match response.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
            other => Err(FetchError::Status(other.as_u16())),
        }
    }

    /// Pushes a Security Event Token (RFC 8935 section 2): any status of success. The answer's body is not read.
    pub async fn push_event(&self, url: &Url, token: &str) -> Result<(), FetchError> {
        let request = self.way_to(url)?.post(url.clone());
        let request = request.header("content-type", "application/secevent+jwt");
        let request = request.header("accept", "application/json").body(token.to_owned());
        let response = request.send().await.map_err(|e| cause(&e))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            other => Err(FetchError::Status(other.as_u16())),
        }
    }

    /// Posts JSON with a bearer token, and wants to know no more than whether it was taken: any status of
    /// success (OpenID CIBA section 10.2). The answer's body is not read.
    pub async fn post_json(
        &self,
        url: &Url,
        bearer: &Secret,
        body: &(impl Serialize + Sync),
    ) -> Result<(), FetchError> {
        let request = self.way_to(url)?.post(url.clone()).bearer_auth(bearer.reveal()).json(body);
        let response = request.send().await.map_err(|e| cause(&e))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            other => Err(FetchError::Status(other.as_u16())),
        }
    }

    /// The client that may go to this address. A name is checked when it is resolved; a literal address
    /// is never resolved, so it is checked here.
    fn way_to(&self, url: &Url) -> Result<&Client, FetchError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::NotHttps);
        }
        if self.allowed.contains(&url.origin()) {
            return Ok(&self.free);
        }
        if url.scheme() != "https" {
            return Err(FetchError::NotHttps);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|address| !guard::is_global(address)) {
            return Err(FetchError::Internal);
        }
        Ok(&self.guarded)
    }
}

/// The origin that a text names, if it names that and nothing more.
fn origin(text: &str) -> Option<Origin> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && bare && nobody).then(|| url.origin())
}

fn cause(error: &reqwest::Error) -> FetchError {
    if guard::refused(error) {
        FetchError::Internal
    } else if error.is_timeout() {
        FetchError::Timeout
    } else {
        FetchError::Unreachable
    }
}

#[cfg(test)]
mod tests;
