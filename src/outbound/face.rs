//! The face check from afar, done by somebody else: we tell them number and name, send the person there, and
//! ask how it ended. What comes here is a word and a reference: no picture, no template.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OpenError;
pub use super::checker::{Begun, NoAnswer, Outcome};
use super::checker::{Checker, Where};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Visit};
use crate::config::Config;

/// The way to who checks faces. Cheap to clone.
#[derive(Clone)]
pub struct Face(Arc<Checker>);

#[derive(Serialize)]
struct Question<'a> {
    request_id: Uuid,
    number_kind: &'a str,
    number: &'a str,
    name: &'a str,
    return_to: &'a str,
}

#[derive(Deserialize)]
struct Said {
    result: Outcome,
}

impl Face {
    /// Without a service it opens too: then a check ends in [`NoAnswer::NotConfigured`].
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let checker = Checker::open(
            config,
            Where {
                what: "the face check",
                url: config.face.url.as_ref(),
                pages_url: config.face.pages_url.as_ref(),
                key_file: ("face.key_file", config.face.key_file.as_deref()),
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
        number: &OfficialNumber,
        name: &PersonName,
        return_to: &str,
    ) -> Result<Begun, NoAnswer> {
        let (number_kind, number) = (number.kind().as_str(), number.as_str());
        let question = Question { request_id: id, number_kind, number, name: name.as_str(), return_to };
        self.0.begin(visit, id, &question).await
    }

    /// How the check of this reference ended, if it was announced under this id.
    pub async fn outcome(&self, visit: &Visit, id: Uuid, reference: &str) -> Result<Outcome, NoAnswer> {
        Ok(self.0.outcome::<Said>(visit, id, reference).await?.result)
    }
}
