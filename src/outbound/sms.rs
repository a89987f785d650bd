//! Codes and notices to phones: by the operator's gateway, or kept in memory where that is simulated.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::{OpenError, transport};
use crate::base::{Moment, Phone, Secret, Visit};
use crate::config::Config;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many messages a simulated outbox keeps.
const KEPT: usize = 1000;

/// The way to phones. Cheap to clone; all clones share one outbox.
#[derive(Clone)]
pub struct Sms(Arc<Inner>);

struct Inner {
    http: Client,
    gateway: Option<Url>,
    bearer: Option<Secret>,
    /// Newest first. Present where SMS is simulated.
    outbox: Option<Mutex<VecDeque<SentSms>>>,
}

/// A message in the simulated outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct SentSms {
    pub at: Moment,
    /// The visit that sent it.
    pub request_id: Uuid,
    pub phone: Phone,
    pub text: String,
}

/// Why a message is not on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    #[error("no SMS can be sent: set sms.url")]
    NotConfigured,
    #[error("the SMS gateway cannot be reached")]
    Unreachable,
    #[error("the SMS gateway gave no answer in time; the message may have gone out")]
    Timeout,
    #[error("the SMS gateway refused with status {0}")]
    Refused(u16),
    #[error("a simulator took the SMS, and danger.simulate_sms is off")]
    Simulator,
}

#[derive(Serialize)]
struct Message<'a> {
    request_id: Uuid,
    /// E.164.
    phone: &'a str,
    text: &'a str,
}

impl Sms {
    /// Without a gateway it opens too: then sending ends in [`SmsError::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        Self::with_patience(config, PATIENCE)
    }

    fn with_patience(config: &Config, patience: Duration) -> Result<Self, OpenError> {
        let bearer = config.sms.key_file.as_deref();
        let bearer = bearer.map(|path| transport::read_secret("sms.key_file", path)).transpose()?;
        Ok(Self(Arc::new(Inner {
            http: transport::build(transport::builder(config)?.timeout(patience))?,
            gateway: config.sms.url.clone(),
            bearer,
            outbox: config.danger.simulate_sms.then(Mutex::default),
        })))
    }

    /// Sends a message; answers once the gateway has taken it.
    pub async fn send(&self, visit: &Visit, phone: &Phone, text: &str) -> Result<(), SmsError> {
        // An id of its own: to a gateway that drops repetitions, two messages of one visit are two.
        let message = Message { request_id: visit.id(), phone: phone.as_str(), text };
        if let Some(outbox) = &self.0.outbox {
            keep(
                outbox,
                SentSms {
                    at: visit.now,
                    request_id: visit.request_id,
                    phone: phone.clone(),
                    text: text.to_owned(),
                },
            );
            self.0.show(&message).await;
            return Ok(());
        }
        let sent = self.0.deliver(&message).await;
        if let Err(why) = &sent {
            tracing::warn!(request = %visit.request_id, message = %message.request_id, %why, "an SMS was not sent");
        }
        sent
    }

    /// The simulated messages, newest first: all, or those to one phone. Empty where SMS is real.
    pub fn outbox(&self, phone: Option<&Phone>) -> Vec<SentSms> {
        let Some(outbox) = &self.0.outbox else { return Vec::new() };
        let outbox = outbox.lock().unwrap_or_else(|e| e.into_inner());
        outbox.iter().filter(|sms| phone.is_none_or(|phone| *phone == sms.phone)).cloned().collect()
    }
}

fn keep(outbox: &Mutex<VecDeque<SentSms>>, sms: SentSms) {
    let mut outbox = outbox.lock().unwrap_or_else(|e| e.into_inner());
    outbox.push_front(sms);
    outbox.truncate(KEPT);
}

impl Inner {
    async fn deliver(&self, message: &Message<'_>) -> Result<(), SmsError> {
        let gateway = self.gateway.as_ref().ok_or(SmsError::NotConfigured)?;
        let response = transport::post(&self.http, gateway, self.bearer.as_ref(), message)
            .await
            .map_err(|e| if e.is_timeout() { SmsError::Timeout } else { SmsError::Unreachable })?;
        if response.headers().contains_key(transport::SIMULATOR) {
            return Err(SmsError::Simulator);
        }
        if !response.status().is_success() {
            return Err(SmsError::Refused(response.status().as_u16()));
        }
        Ok(())
    }

    /// Shows a simulated message to a gateway that says it is a simulator. It is asked before it is told
    /// anything: a real one would send the message to a real person.
    async fn show(&self, message: &Message<'_>) {
        let Some(gateway) = &self.gateway else { return };
        let Ok(asked) = self.http.head(gateway.clone()).send().await else { return };
        if asked.headers().contains_key(transport::SIMULATOR) {
            // The outbox has it already, so a simulator that is gone by now costs nothing. The bearer
            // token is the real gateway's and stays here.
            let _ = transport::post(&self.http, gateway, None, message).await;
        }
    }
}

impl std::fmt::Debug for SentSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentSms").field("at", &self.at).field("request_id", &self.request_id).finish()
    }
}

#[cfg(test)]
mod tests;
