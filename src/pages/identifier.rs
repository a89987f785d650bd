//! What a person may type as identifier: the official number, a verified phone, or a user name.

use uuid::Uuid;

use super::here::Here;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::http::Failure;
use crate::identity::{self, HandleKind};

pub struct Identifier {
    /// The one written form: what counters count at.
    pub canonical: String,
    /// Whom it means. What is unknown or ambiguous means nobody.
    pub person: Option<Uuid>,
}

pub async fn read(here: &Here, typed: &str) -> Result<Identifier, Failure> {
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let today = here.visit.now.day();
    if let Some(meant) = identity::meant(&mut read, &keys, &here.visit, typed).await? {
        return Ok(Identifier { canonical: meant.canonical, person: meant.person });
    }
    // Eight digits, as a user name may have too: the number only where somebody holds it.
    if let Ok(number) = OfficialNumber::parse(NumberKind::TwPermit, typed, today) {
        let person = identity::find_by_number(&mut read, &keys, &number).await?;
        if person.is_some() {
            return Ok(Identifier { canonical: number.as_str().to_owned(), person });
        }
    }
    let name = identity::user_name(typed);
    let person = identity::find_by_handle(&mut read, &keys, HandleKind::UserName, name.reveal()).await?;
    Ok(Identifier { canonical: name.reveal().to_owned(), person })
}
