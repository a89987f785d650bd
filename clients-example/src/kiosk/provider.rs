//! What the kiosk asks the provider: a sign-in on another screen (RFC 8628), a sign-in by chip, and the end.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::terminal::Terminal;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CHIP: &str = "urn:yihao:params:oauth:grant-type:chip";
/// For what a service of this kiosk needs a person's number.
const SCOPE: &str = "openid profile official_number";
/// Seconds for which the provider may hold a question back until there is an answer (RFC 7240 section 4.3).
const WAIT: u64 = 50;
/// How long an answer may take that the provider does not hold back.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
    device_authorization_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
}

pub struct Provider {
    metadata: Metadata,
    http: Client,
    pub terminal: Terminal,
}

/// A sign-in that has been asked for (RFC 8628 section 3.2).
#[derive(Clone, Deserialize)]
pub struct Asked {
    pub device_code: String,
    pub user_code: String,
    pub verification_uri_complete: String,
    pub expires_in: u64,
    #[serde(default = "five")]
    pub interval: u64,
    /// The two-digit number that the person chooses on the phone.
    #[serde(default)]
    pub match_number: Option<u8>,
}

fn five() -> u64 {
    5
}

#[derive(Deserialize)]
pub struct Tokens {
    pub access_token: String,
    pub expires_in: u64,
}

/// What came of a question at the token endpoint.
pub enum Answer {
    Tokens(Tokens),
    Pending,
    SlowDown,
    /// The error code: `access_denied`, `expired_token`, `invalid_grant`, ….
    Refused(String),
}

impl Provider {
    pub async fn discover(
        issuer: &str,
        http: Client,
        terminal: Terminal,
        patience: Duration,
    ) -> Result<Self> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let until = tokio::time::Instant::now() + patience;
        let metadata = loop {
            match http.get(&address).send().await.and_then(Response::error_for_status) {
                Ok(answer) => break answer.json().await.context("the discovery document")?,
                Err(error) if tokio::time::Instant::now() > until => {
                    return Err(error).context("the provider");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
            }
        };
        Ok(Self { metadata, http, terminal })
    }

    async fn post(&self, address: &str, form: &[(&str, &str)], proven: bool) -> Result<Response> {
        let assertion = self.terminal.assertion(&self.metadata.issuer)?;
        let mut form = form.to_vec();
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        form.push(("client_assertion", &assertion));
        let patience = if proven { PATIENCE + Duration::from_secs(WAIT) } else { PATIENCE };
        let mut request = self.http.post(address).form(&form).timeout(patience);
        if proven {
            request = request.header("DPoP", self.terminal.proof("POST", address, None)?);
            request = request.header("Prefer", format!("wait={WAIT}"));
        }
        Ok(request.send().await?)
    }

    pub async fn ask(&self) -> Result<Asked> {
        let answer =
            self.post(&self.metadata.device_authorization_endpoint, &[("scope", SCOPE)], false).await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    pub async fn poll(&self, device_code: &str) -> Result<Answer> {
        self.token(&[("grant_type", DEVICE), ("device_code", device_code)]).await
    }

    /// The chip as the reader has signed it, and what the person knows or has beside it.
    pub async fn by_chip(&self, reading: &str, pin: &str) -> Result<Answer> {
        self.token(&[("grant_type", CHIP), ("scope", SCOPE), ("chip", reading), ("pin", pin)]).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<Answer> {
        let answer = self.post(&self.metadata.token_endpoint, form, true).await?;
        if answer.status().is_success() {
            return Ok(Answer::Tokens(answer.json().await?));
        }
        let error: Value = answer.json().await?;
        Ok(match error["error"].as_str().unwrap_or("server_error") {
            "authorization_pending" => Answer::Pending,
            "slow_down" => Answer::SlowDown,
            other => Answer::Refused(other.to_owned()),
        })
    }

    /// Whether the sign-in goes on; asks without being a sign of life of the person.
    pub async fn goes_on(&self, token: &str) -> Result<bool> {
        let answer = self.post(&self.metadata.introspection_endpoint, &[("token", token)], false).await?;
        let about: Value = answer.error_for_status()?.json().await?;
        Ok(about["active"] == true)
    }

    /// Who it is; and that they are still there. `None` if the sign-in is over.
    pub async fn person(&self, token: &str) -> Result<Option<Value>> {
        let answer = self.get(&self.metadata.userinfo_endpoint, token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Ok(None);
        }
        Ok(Some(answer.error_for_status()?.json().await?))
    }

    /// A request with the token, proven to be this machine's (RFC 9449 section 7.1).
    pub async fn get(&self, address: &str, token: &str) -> Result<Response> {
        let proof = self.terminal.proof("GET", address, Some(token))?;
        let request = self.http.get(address).header("Authorization", format!("DPoP {token}"));
        Ok(request.header("DPoP", proof).timeout(PATIENCE).send().await?)
    }

    /// Ends the sign-in everywhere: the provider tells the services.
    pub async fn end(&self, token: &str) -> Result<()> {
        let answer = self.post(&self.metadata.revocation_endpoint, &[("token", token)], false).await?;
        answer.error_for_status()?;
        Ok(())
    }
}
