//! The registers that say who is who: the population register, and the mobile operators' check of three
//! elements (name, number, phone).
//!
//! *Mismatch*, *no record* and *no answer* are three things. Whatever is in doubt is no answer, and no
//! answer never raises a trust level.

mod answer;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

pub use answer::{Answer, NoAnswer};

use super::{OpenError, transport};
use crate::base::{PersonName, Phone, Visit};
use crate::config::Config;
use answer::Register;

/// What the exchange platform is told a question is for.
const PURPOSE: &str = "identity-verification";
/// The matter it belongs to: the account itself, whatever service the person came for.
const MATTER: &str = "unified-account";
/// Signs questions to the simulator, where no key is configured.
const SIMULATOR_KEY: &str = "demo-register-key";
/// The longest answer that is read; the contract's has some 100 bytes.
const LONGEST: usize = 16 * 1024;

/// The connector. Cheap to clone.
#[derive(Clone)]
pub struct Registers(Arc<Inner>);

struct Inner {
    http: Client,
    population: Url,
    operators: Url,
    app_id: String,
    key: Option<aws_lc_rs::hmac::Key>,
    /// Whether simulators are believed.
    simulated: bool,
    patience: Duration,
}

#[derive(Serialize)]
struct Question<'a> {
    app_id: &'a str,
    /// Seconds since 1970.
    timestamp: i64,
    nonce: String,
    request_id: Uuid,
    purpose: &'a str,
    matter: &'a str,
    number: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    sign: String,
}

impl Registers {
    /// Without a key it opens too: then every question ends in [`NoAnswer::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let simulated = config.danger.simulate_registers;
        let secret = match &config.registers.key_file {
            Some(path) => Some(transport::read_secret("registers.key_file", path)?),
            None => simulated.then(|| crate::base::Secret::new(SIMULATOR_KEY)),
        };
        let hmac = aws_lc_rs::hmac::HMAC_SHA256;
        Ok(Self(Arc::new(Inner {
            http: transport::build(transport::builder(config)?)?,
            population: below(&config.registers.url, "population/match")?,
            operators: below(&config.registers.url, "operators/match")?,
            app_id: config.registers.app_id.clone(),
            key: secret.map(|secret| aws_lc_rs::hmac::Key::new(hmac, secret.reveal().as_bytes())),
            simulated,
            patience: Duration::from_millis(config.registers.timeout_ms),
        })))
    }

    /// Whether there is a key to ask with.
    pub fn configured(&self) -> bool {
        self.0.key.is_some()
    }

    /// Asks the population register whether this number belongs to this name.
    pub async fn population(&self, visit: &Visit, number: &str, name: &PersonName) -> Answer {
        self.ask(visit, Register::Population, number, name, None).await
    }

    /// Asks the mobile operators whether number, name and phone belong together.
    pub async fn three_elements(
        &self,
        visit: &Visit,
        number: &str,
        name: &PersonName,
        phone: &Phone,
    ) -> Answer {
        self.ask(visit, Register::Operators, number, name, Some(phone.national())).await
    }

    async fn ask(
        &self,
        visit: &Visit,
        register: Register,
        number: &str,
        name: &PersonName,
        phone: Option<&str>,
    ) -> Answer {
        // An id of its own: a visit may ask twice, and must not take one answer for the other.
        let id = visit.id();
        let given = match self.0.question(visit, id, number, name, phone) {
            Some(question) => {
                let exchange = self.0.exchange(register, &question);
                let exchange = tokio::time::timeout(self.0.patience, exchange).await;
                exchange.unwrap_or(Err(NoAnswer::Timeout))
            }
            None => Err(NoAnswer::NotConfigured),
        };
        let answer = match given {
            Ok(bytes) => answer::read(register, &id.to_string(), &bytes),
            Err(why) => Answer::NoAnswer(why),
        };
        if let Answer::NoAnswer(why) = &answer {
            let (request, register) = (visit.request_id, register.as_str());
            tracing::warn!(%request, question = %id, register, %why, "a register gave no answer");
        }
        answer
    }
}

impl Inner {
    fn question<'a>(
        &'a self,
        visit: &Visit,
        request_id: Uuid,
        number: &'a str,
        name: &'a PersonName,
        phone: Option<&'a str>,
    ) -> Option<Question<'a>> {
        let (timestamp, nonce, name) = (visit.now.seconds(), visit.chance.token(), name.as_str());
        let mut signed = format!("{}|{timestamp}|{nonce}|{request_id}|{number}|{name}", self.app_id);
        if let Some(phone) = phone {
            signed.push('|');
            signed.push_str(phone);
        }
        let tag = aws_lc_rs::hmac::sign(self.key.as_ref()?, signed.as_bytes());
        let sign = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let (app_id, purpose, matter) = (self.app_id.as_str(), PURPOSE, MATTER);
        Some(Question { app_id, timestamp, nonce, request_id, purpose, matter, number, name, phone, sign })
    }

    /// Sends a question and tells the body of what came back, if it may be read.
    async fn exchange(&self, register: Register, question: &Question<'_>) -> Result<Vec<u8>, NoAnswer> {
        let url = match register {
            Register::Population => &self.population,
            Register::Operators => &self.operators,
        };
        let response = transport::post(&self.http, url, None, question).await.map_err(|e| cause(&e))?;
        if response.headers().contains_key(transport::SIMULATOR) && !self.simulated {
            return Err(NoAnswer::Simulator);
        }
        match response.status() {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => return Err(NoAnswer::Busy),
            status => return Err(NoAnswer::Refused(status.as_u16())),
        }
        let body = transport::body(response, LONGEST).await.map_err(|e| cause(&e))?;
        body.ok_or(NoAnswer::Unreadable)
    }
}

fn cause(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() { NoAnswer::Timeout } else { NoAnswer::Unreachable }
}

/// The address of `path` below a base that may have a path of its own.
fn below(base: &Url, path: &str) -> Result<Url, OpenError> {
    let wrong = |why: &str| OpenError::new("registers.url", why);
    if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
        return Err(wrong("an http or https URL without query"));
    }
    let text = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|e| wrong(&e.to_string()))
}

#[cfg(test)]
mod tests;
