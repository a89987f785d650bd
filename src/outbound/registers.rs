//! The registers that say who is who: the population register, the mobile operators' check of three
//! elements (name, number, phone), and the departments' registers of legal persons.
//!
//! *Mismatch*, *no record* and *no answer* are three things. Whatever is in doubt is no answer, and no
//! answer never raises a trust level.

mod answer;
mod cache;
mod exchange;
pub mod extract;
mod legal_person;
mod patience;
mod question;
mod quota;
mod register;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::Client;
use url::Url;
use uuid::Uuid;

pub use answer::{Answer, NoAnswer};
pub use legal_person::{Department, LegalPerson, LegalPersonAnswer, Standing};
pub use register::Register;

use super::breaker::Breaker;
use super::{OpenError, transport};
use crate::base::{Moment, PersonName, Phone, Visit};
use crate::config::Config;
use crate::transient::Transient;
use cache::Cache;
use extract::{Extract, Part};
use patience::Patience;
use question::{About, Question};
use quota::{Pace, Quota};

/// Signs questions to the simulator, where no key is configured.
const SIMULATOR_KEY: &str = "demo-register-key";

/// The connector. Cheap to clone.
#[derive(Clone)]
pub struct Registers(Arc<Inner>, Pace);

struct Inner {
    http: Client,
    /// In the order of [`Register::ALL`].
    lines: Vec<Line>,
    app_id: String,
    key: Option<hmac::Key>,
    /// Whether simulators are believed.
    simulated: bool,
    patience: Patience,
    quota: Quota,
    cache: Cache,
    /// The oldest data that are believed.
    stale_after: Duration,
    /// What is asked in place of the platform.
    extract: Option<Extract>,
}

/// The way to one register.
struct Line {
    address: Url,
    breaker: Breaker,
}

impl Registers {
    /// Without a key it opens too: then every question ends in [`NoAnswer::NotConfigured`].
    /// Where there is an extract, it is asked in place of the platform.
    pub fn open(config: &Config, transient: &Transient, extract: Option<Extract>) -> Result<Self, OpenError> {
        let simulated = config.danger.simulate_registers;
        let registers = &config.registers;
        let secret = match &registers.key_file {
            Some(path) => Some(transport::read_secret("registers.key_file", path)?),
            None => simulated.then(|| crate::base::Secret::new(SIMULATOR_KEY)),
        };
        let key = secret.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes()));
        let rest = Duration::from_secs(registers.rest_seconds);
        let line = |register: &Register| {
            let breaker = Breaker::new(registers.rest_after_failures, rest);
            Ok(Line { address: register.address(registers)?, breaker })
        };
        let kept = Duration::from_secs(60 * registers.keep_match_minutes);
        let inner = Inner {
            http: transport::build(transport::builder(config)?)?,
            lines: Register::ALL.iter().map(line).collect::<Result<_, OpenError>>()?,
            app_id: registers.app_id.clone(),
            simulated,
            patience: Patience::new(registers),
            quota: Quota::new(transient.clone(), registers),
            cache: Cache::new(transient.clone(), key.as_ref(), kept),
            stale_after: Duration::from_secs(24 * 3600 * registers.stale_days),
            key,
            extract,
        };
        Ok(Self(Arc::new(inner), Pace::AtOnce))
    }

    /// The same for questions that nobody waits for: they take `registers.matching_share` of the quota only, and wait for
    /// the next second where that is spent.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self(self.0.clone(), Pace::Aside)
    }

    /// Whether the platform is asked, and there is a key to ask it with.
    pub fn asks_platform(&self) -> bool {
        self.0.extract.is_none() && self.0.key.is_some()
    }

    /// Whether there is an extract, or a key to ask with.
    pub fn configured(&self) -> bool {
        self.0.extract.is_some() || self.0.key.is_some()
    }

    /// Who says what these registers say, as evidence names it: the platform's host, or `extract`.
    pub fn source(&self) -> &str {
        let platform = &self.0.line(Register::Population).address;
        if self.0.extract.is_some() { "extract" } else { platform.host_str().unwrap_or_default() }
    }

    /// Of which day a part of the extract is, or why it is of no use; `None` where the platform is asked.
    pub async fn extract_as_of(&self, visit: &Visit, part: Part) -> Option<Result<Moment, NoAnswer>> {
        Some(self.0.extract.as_ref()?.as_of(part, self.oldest(visit)).await)
    }

    /// Whether this node leaves the register alone at present, because it failed too often.
    pub fn rests(&self, register: Register) -> bool {
        self.0.line(register).breaker.is_open()
    }

    /// Asks whether number, name and phone are one person's. The population register knows who lives under
    /// this name and number; the operators know whose the phone is. Both must say yes; what one of them cannot
    /// say, nobody assumes.
    ///
    /// A match is kept for a while, with its reference: the ids in it tell when the registers were asked. It is
    /// found again only by all three, so nobody learns from a quick answer what others have asked.
    pub async fn person(&self, visit: &Visit, number: &str, name: &PersonName, phone: &Phone) -> Answer {
        let about = [("number", number), ("name", name.as_str()), ("phone", phone.national())];
        if let Some(reference) = self.0.cache.find(&about).await {
            return Answer::Match { reference };
        }
        let (population, operators) = tokio::join!(
            self.population(visit, number, name),
            self.three_elements(visit, number, name, phone),
        );
        match (population, operators) {
            (Answer::Match { reference }, Answer::Match { reference: of_operators }) => {
                let reference = format!("{reference} {of_operators}");
                self.0.cache.keep(&about, &reference).await;
                Answer::Match { reference }
            }
            (Answer::NoAnswer(cause), _) | (_, Answer::NoAnswer(cause)) => Answer::NoAnswer(cause),
            (Answer::Match { .. }, other) | (other, _) => other,
        }
    }

    /// Asks the population register whether this number belongs to this name.
    pub async fn population(&self, visit: &Visit, number: &str, name: &PersonName) -> Answer {
        if let Some(extract) = &self.0.extract {
            let answer = extract.person(visit, self.oldest(visit), number, name, None).await;
            return counted(Register::Population, answer);
        }
        let about = [("number", number), ("name", name.as_str())];
        self.matched(visit, Register::Population, &about).await
    }

    /// Asks whether this child, by number and name, is the ward of the holder of `guardian`.
    pub async fn guardian(&self, visit: &Visit, number: &str, name: &PersonName, guardian: &str) -> Answer {
        // No extract has births.
        if self.0.extract.is_some() {
            return counted(Register::Guardians, Err(NoAnswer::NotLoaded));
        }
        let about = [("number", number), ("name", name.as_str()), ("guardian", guardian)];
        self.matched(visit, Register::Guardians, &about).await
    }

    /// Asks the mobile operators whether number, name and phone belong together.
    pub async fn three_elements(
        &self,
        visit: &Visit,
        number: &str,
        name: &PersonName,
        phone: &Phone,
    ) -> Answer {
        if let Some(extract) = &self.0.extract {
            let answer = extract.person(visit, self.oldest(visit), number, name, Some(phone)).await;
            return counted(Register::Operators, answer);
        }
        let about = [("number", number), ("name", name.as_str()), ("phone", phone.national())];
        self.matched(visit, Register::Operators, &about).await
    }

    async fn matched(&self, visit: &Visit, register: Register, about: About<'_>) -> Answer {
        let oldest = self.oldest(visit);
        let read = |id: &Uuid, text: &str| answer::read(register, id, text, oldest);
        counted(register, self.ask(visit, register, about, read).await)
    }

    /// The oldest day of data that are believed.
    fn oldest(&self, visit: &Visit) -> Moment {
        visit.now.minus(self.0.stale_after)
    }

    /// Asks, and reads the text of a 200 by `read`, which is given the question's id. Within the patience it
    /// asks again where that may help.
    async fn ask<T>(
        &self,
        visit: &Visit,
        register: Register,
        about: About<'_>,
        read: impl Fn(&Uuid, &str) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let breaker = &self.0.line(register).breaker;
        if !breaker.admits(visit.now) {
            return Err(NoAnswer::Resting);
        }
        let answer = match self.0.quota.take(register, self.1).await {
            Ok(()) => {
                let tries = self.0.tries(visit, register, about, read);
                let answer = tokio::time::timeout(self.0.patience.whole, tries).await;
                answer.unwrap_or(Err(NoAnswer::Timeout))
            }
            Err(why) => Err(why),
        };
        match &answer {
            Ok(_) => breaker.answered(),
            Err(why) if why.is_outage() => breaker.failed(visit.now),
            Err(_) => {}
        }
        if let Err(why) = &answer {
            let (request, register) = (visit.request_id, register.as_str());
            tracing::warn!(%request, register, %why, "a register gave no answer");
        }
        answer
    }
}

impl Inner {
    fn line(&self, register: Register) -> &Line {
        &self.lines[register as usize]
    }

    /// A try is a question of its own: a platform that has heard a nonce does not hear it again. The first is counted
    /// already.
    async fn tries<T>(
        &self,
        visit: &Visit,
        register: Register,
        about: About<'_>,
        read: impl Fn(&Uuid, &str) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let (key, address) =
            (self.key.as_ref().ok_or(NoAnswer::NotConfigured)?, &self.line(register).address);
        let mut tried = 0;
        loop {
            if tried > 0 {
                self.quota.take(register, Pace::AtOnce).await?;
            }
            let question = Question::new(&self.app_id, key, visit, about);
            let text = exchange::exchange(&self.http, address, &question, self.simulated);
            let text = tokio::time::timeout(self.patience.each, text).await.unwrap_or(Err(NoAnswer::Timeout));
            tried += 1;
            match text.and_then(|text| read(&question.request_id, &text)) {
                Err(why) if why.may_pass() && tried < self.patience.tries => {
                    let (request, register) = (visit.request_id, register.as_str());
                    tracing::info!(%request, question = %question.request_id, register, %why, "asking again");
                    tokio::time::sleep(self.patience.pause(tried, &visit.chance)).await;
                }
                outcome => return outcome,
            }
        }
    }
}

fn counted(register: Register, answer: Result<Answer, NoAnswer>) -> Answer {
    let answer = answer.unwrap_or_else(Answer::NoAnswer);
    count(register, answer.as_str());
    answer
}

/// Counts an answer for the operators, by register and kind.
fn count(register: Register, answer: &'static str) {
    metrics::counter!("yihao_register_answers_total", "register" => register.as_str(), "answer" => answer)
        .increment(1);
}

#[cfg(test)]
mod resilience_tests;
#[cfg(test)]
mod tests;
