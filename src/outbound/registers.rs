//! The registers that say who is who: the population register, the mobile operators' check of three
//! elements (name, number, phone), and the departments' registers of legal persons.
//!
//! *Mismatch*, *no record* and *no answer* are three things. Whatever is in doubt is no answer, and no
//! answer never raises a trust level.

mod answer;
mod legal_person;
mod question;
mod register;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::{Client, StatusCode};
use url::Url;
use uuid::Uuid;

pub use answer::{Answer, NoAnswer};
pub use legal_person::{Department, LegalPerson, LegalPersonAnswer, Standing};
pub use register::Register;

use super::{OpenError, transport};
use crate::base::{PersonName, Phone, Visit};
use crate::config::Config;
use question::{About, Question};

/// Signs questions to the simulator, where no key is configured.
const SIMULATOR_KEY: &str = "demo-register-key";
/// The longest answer that is read; the contract's have some 100 to 500 bytes.
const LONGEST: usize = 16 * 1024;

/// The connector. Cheap to clone.
#[derive(Clone)]
pub struct Registers(Arc<Inner>);

struct Inner {
    http: Client,
    /// In the order of [`Register::ALL`].
    addresses: Vec<Url>,
    app_id: String,
    key: Option<hmac::Key>,
    /// Whether simulators are believed.
    simulated: bool,
    patience: Duration,
}

impl Registers {
    /// Without a key it opens too: then every question ends in [`NoAnswer::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let simulated = config.danger.simulate_registers;
        let secret = match &config.registers.key_file {
            Some(path) => Some(transport::read_secret("registers.key_file", path)?),
            None => simulated.then(|| crate::base::Secret::new(SIMULATOR_KEY)),
        };
        let addresses = Register::ALL.iter().map(|register| register.address(&config.registers));
        Ok(Self(Arc::new(Inner {
            http: transport::build(transport::builder(config)?)?,
            addresses: addresses.collect::<Result<_, _>>()?,
            app_id: config.registers.app_id.clone(),
            key: secret.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes())),
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
        let about = [("number", number), ("name", name.as_str())];
        self.matched(visit, Register::Population, &about).await
    }

    /// Asks the mobile operators whether number, name and phone belong together.
    pub async fn three_elements(
        &self,
        visit: &Visit,
        number: &str,
        name: &PersonName,
        phone: &Phone,
    ) -> Answer {
        let about = [("number", number), ("name", name.as_str()), ("phone", phone.national())];
        self.matched(visit, Register::Operators, &about).await
    }

    async fn matched(&self, visit: &Visit, register: Register, about: About<'_>) -> Answer {
        let read = |id: &Uuid, text: &str| answer::read(register, id, text);
        self.ask(visit, register, about, read).await.unwrap_or_else(Answer::NoAnswer)
    }

    /// Asks, and reads the text of a 200 by `read`, which is given the question's id.
    async fn ask<T>(
        &self,
        visit: &Visit,
        register: Register,
        about: About<'_>,
        read: impl Fn(&Uuid, &str) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let key = self.0.key.as_ref().ok_or(NoAnswer::NotConfigured);
        let question = key.map(|key| Question::new(&self.0.app_id, key, visit, about));
        let answer = match &question {
            Ok(question) => {
                let exchange = self.0.exchange(register, question);
                let exchange = tokio::time::timeout(self.0.patience, exchange).await;
                exchange.unwrap_or(Err(NoAnswer::Timeout)).and_then(|bytes| {
                    // The whole text: serde_json would not look at the encoding of members that it skips.
                    let text = std::str::from_utf8(&bytes).map_err(|_| NoAnswer::Unreadable)?;
                    read(&question.request_id, text)
                })
            }
            Err(why) => Err(*why),
        };
        if let Err(why) = &answer {
            let question = question.ok().map(|question| question.request_id.to_string());
            let (request, register) = (visit.request_id, register.as_str());
            tracing::warn!(%request, question, register, %why, "a register gave no answer");
        }
        answer
    }
}

impl Inner {
    /// Sends a question and tells the body of what came back, if it may be read.
    async fn exchange(&self, register: Register, question: &Question<'_>) -> Result<Vec<u8>, NoAnswer> {
        let url = &self.addresses[register as usize];
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

#[cfg(test)]
mod tests;
