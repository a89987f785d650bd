//! What a registration has learnt so far.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::Phone;
use crate::base::number::NumberKind;
use crate::http::{Failure, Params};
use crate::pages::here::Here;
use crate::pages::kept::{self, Journey};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub phone: String,
    /// The code on its way to the phone; none once it was typed.
    pub code: Option<Uuid>,
    /// Set by the register's match.
    pub matched: Option<Matched>,
    browser: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Matched {
    pub kind: NumberKind,
    pub number: String,
    pub name: String,
    /// The register's own reference to its answer.
    pub reference: String,
}

impl Journey for Kept {
    const NAME: &'static str = "registration";

    fn browser(&self) -> Uuid {
        self.browser
    }
}

impl Kept {
    pub fn begin(here: &Here, phone: &Phone, code: Uuid) -> Self {
        Self { phone: phone.as_str().to_owned(), code: Some(code), matched: None, browser: here.browser.id }
    }

    pub async fn keep(&self, here: &Here, handle: Option<Uuid>) -> Result<Uuid, Failure> {
        kept::keep(here, self, handle).await
    }

    pub async fn find(here: &Here, params: &Params) -> Result<(Uuid, Self), Failure> {
        kept::find(here, params).await
    }

    pub async fn take(here: &Here, params: &Params) -> Result<Self, Failure> {
        kept::take(here, params).await
    }

    pub fn phone(&self) -> Result<Phone, Failure> {
        Phone::parse(&self.phone).map_err(|e| Failure::internal(&e))
    }
}

/// The next page of this registration.
pub fn next(here: &Here, page: &str, handle: Uuid) -> String {
    kept::next::<Kept>(here, page, handle)
}
