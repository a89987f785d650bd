//! How the `openidconnect` crate speaks HTTP here: by our own client, and not with simulators unawares.

use std::pin::Pin;

use openidconnect::{AsyncHttpClient, DiscoveryError, HttpRequest, HttpResponse, RequestTokenError};
use reqwest::header::ACCEPT;
use serde_json::{Map, Value};
use url::Url;

use super::NoAnswer;
use crate::outbound::transport;

/// The longest answer that is read.
const LONGEST: usize = 256 * 1024;

pub struct Http {
    pub client: reqwest::Client,
    /// Whether a simulator may answer.
    pub simulated: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    Form(#[from] openidconnect::http::Error),
    #[error("the answer is too long")]
    TooLong,
    #[error("a simulator answered")]
    Simulator,
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

impl Http {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let answer = self.checked(self.client.execute(request.try_into()?).await?)?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let body = transport::body(answer, LONGEST).await?.ok_or(Failed::TooLong)?;
        Ok(response.body(body)?)
    }

    /// The claims of userinfo, as JSON.
    pub async fn claims(&self, url: &Url, access_token: &str) -> Result<Map<String, Value>, NoAnswer> {
        let request =
            self.client.get(url.clone()).bearer_auth(access_token).header(ACCEPT, "application/json");
        let answer = request.send().await.map_err(|_| NoAnswer::Silent("userinfo"))?;
        let answer = self.checked(answer).map_err(|_| NoAnswer::Simulator)?;
        if !answer.status().is_success() {
            return Err(NoAnswer::Silent("userinfo refused"));
        }
        let body = transport::body(answer, LONGEST).await.ok().flatten();
        let body = body.ok_or(NoAnswer::Silent("userinfo"))?;
        serde_json::from_slice(&body).map_err(|_| NoAnswer::Silent("userinfo is no JSON"))
    }

    fn checked(&self, answer: reqwest::Response) -> Result<reqwest::Response, Failed> {
        let simulator = answer.headers().contains_key(transport::SIMULATOR);
        if simulator && !self.simulated { Err(Failed::Simulator) } else { Ok(answer) }
    }
}

/// Quotes nothing of an answer: it may hold what no log may.
pub fn cause<T: openidconnect::ErrorResponse>(error: &RequestTokenError<Failed, T>) -> NoAnswer {
    match error {
        RequestTokenError::Request(Failed::Simulator) => NoAnswer::Simulator,
        RequestTokenError::ServerResponse(_) => NoAnswer::Silent("the code was refused"),
        RequestTokenError::Request(_) => NoAnswer::Silent("the token endpoint cannot be reached"),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            NoAnswer::Silent("the token endpoint cannot be understood")
        }
    }
}

pub fn discovery(error: &DiscoveryError<Failed>) -> NoAnswer {
    match error {
        DiscoveryError::Request(Failed::Simulator) => NoAnswer::Simulator,
        DiscoveryError::Request(_) => NoAnswer::Silent("discovery cannot be reached"),
        _ => NoAnswer::Silent("discovery cannot be believed"),
    }
}
