//! The national service for network identity (order 173 of 2025). Its word is yes or no and a network number, which
//! means the person toward us and nobody else. It tells number and name only where the person has agreed to
//! that apart, here and there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OpenError;
pub use super::checker::{Begun, NoAnswer, Outcome};
use super::checker::{Checker, Where};
use crate::base::number::{NetworkNumber, NumberKind, OfficialNumber};
use crate::base::{PersonName, Secret, Visit};
use crate::config::Config;

/// The way to the service. Cheap to clone.
#[derive(Clone)]
pub struct NetworkIdentity(Arc<Checker>);

/// What a check is about.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// That there is a person, and their network number.
    Result,
    /// The same, and whether the person is who we know by this number and name.
    Match(&'a OfficialNumber, &'a PersonName),
    /// The same, and number and name: the person has agreed to that.
    Plaintext,
}

/// How old the person is, as far as the law asks (order 173, article 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Age {
    Under14,
    From14,
    Adult,
}

/// Who has confirmed.
pub struct Shown {
    pub number: NetworkNumber,
    pub age: Age,
    /// Whether it is who was asked about.
    pub matches: bool,
    pub plaintext: Option<Plaintext>,
}

/// What the person agreed to tell.
#[derive(Deserialize)]
pub struct Plaintext {
    pub number_kind: NumberKind,
    pub number: Secret,
    pub name: Secret,
}

/// How a check stands.
pub enum Check {
    Passed(Shown),
    Failed,
    Pending,
}

#[derive(Serialize)]
struct Question<'a> {
    request_id: Uuid,
    want: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    return_to: &'a str,
}

#[derive(Deserialize)]
struct Said {
    result: Outcome,
    network_number: Option<Secret>,
    age: Option<Age>,
    #[serde(default)]
    matches: bool,
    plaintext: Option<Plaintext>,
}

impl NetworkIdentity {
    /// Without a service it opens too: then a check ends in [`NoAnswer::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let settings = &config.network_identity;
        let checker = Checker::open(
            config,
            Where {
                what: "the network identity service",
                url: settings.url.as_ref(),
                pages_url: settings.pages_url.as_ref(),
                key_file: ("network_identity.key_file", settings.key_file.as_deref()),
            },
        )?;
        Ok(Self(Arc::new(checker)))
    }

    pub fn configured(&self) -> bool {
        self.0.configured()
    }

    /// The origin that people are sent to.
    pub fn pages(&self) -> Option<String> {
        self.0.pages()
    }

    /// Announces a check under our id for it. From `return_to` the person comes back.
    pub async fn begin(
        &self,
        visit: &Visit,
        id: Uuid,
        wanted: Wanted<'_>,
        return_to: &str,
    ) -> Result<Begun, NoAnswer> {
        let (want, about) = match wanted {
            Wanted::Result => ("result", None),
            Wanted::Match(number, name) => ("match", Some((number, name))),
            Wanted::Plaintext => ("plaintext", None),
        };
        let question = Question {
            request_id: id,
            want,
            number_kind: about.map(|(number, _)| number.kind().as_str()),
            number: about.map(|(number, _)| number.as_str()),
            name: about.map(|(_, name)| name.as_str()),
            return_to,
        };
        self.0.begin(visit, id, &question).await
    }

    /// How the check of this reference ended, if it was announced under this id.
    pub async fn outcome(&self, visit: &Visit, id: Uuid, reference: &str) -> Result<Check, NoAnswer> {
        let said = self.0.outcome::<Said>(visit, id, reference).await?;
        Ok(match said.result {
            Outcome::Failed => Check::Failed,
            Outcome::Pending => Check::Pending,
            Outcome::Passed => {
                let number = said.network_number.as_ref().map(|text| NetworkNumber::parse(text.reveal()));
                let (Some(Ok(number)), Some(age)) = (number, said.age) else {
                    tracing::warn!(request = %visit.request_id, "a passed check names nobody");
                    return Err(NoAnswer::Unreadable);
                };
                Check::Passed(Shown { number, age, matches: said.matches, plaintext: said.plaintext })
            }
        })
    }
}
