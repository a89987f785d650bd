//! What a person may type as identifier: the official number, a verified phone, a user name, or that of an earlier
//! system.

use uuid::Uuid;

use super::here::Here;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::http::Failure;
use crate::identity::{self, HandleKind};
use crate::legacy::{self, Known};

pub struct Identifier {
    /// The one written form: what counters count at.
    pub canonical: String,
    /// Whom it means. What is unknown or ambiguous means nobody.
    pub person: Option<Uuid>,
    /// Otherwise, the account of an earlier system that it means, whose old password is still to be shown.
    pub legacy: Option<Known>,
}

impl Identifier {
    const fn of(canonical: String, person: Option<Uuid>) -> Self {
        Self { canonical, person, legacy: None }
    }
}

pub async fn read(here: &Here, typed: &str) -> Result<Identifier, Failure> {
    let identifier = own(here, typed).await?;
    if identifier.person.is_some() { Ok(identifier) } else { earlier(here, typed, identifier).await }
}

/// A user name of an earlier system. Once its old password has been replaced it means the person.
async fn earlier(here: &Here, typed: &str, identifier: Identifier) -> Result<Identifier, Failure> {
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let client = here.way.as_ref().map(|way| way.client.id.as_str());
    let known = match legacy::by_user_name(&mut read, &keys, client, typed).await? {
        Some(known) if known.has_password() => return Ok(Identifier { legacy: Some(known), ..identifier }),
        Some(known) => known,
        None => return Ok(identifier),
    };
    let person = legacy::person_behind(&mut read, &keys, known.id).await?;
    // The old system may be one that is asked.
    let legacy = Some(known).filter(|known| person.is_none() && !known.is_spent());
    Ok(Identifier { person, legacy, ..identifier })
}

async fn own(here: &Here, typed: &str) -> Result<Identifier, Failure> {
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let today = here.visit.now.day();
    if let Some(meant) = identity::meant(&mut read, &keys, &here.visit, typed).await? {
        return Ok(Identifier::of(meant.canonical, meant.person));
    }
    // Eight digits, as a user name may have too: the number only where somebody holds it.
    if let Ok(number) = OfficialNumber::parse(NumberKind::TwPermit, typed, today) {
        let person = identity::find_by_number(&mut read, &keys, &number).await?;
        if person.is_some() {
            return Ok(Identifier::of(number.as_str().to_owned(), person));
        }
    }
    let name = identity::user_name(typed);
    let person = identity::find_by_handle(&mut read, &keys, HandleKind::UserName, name.reveal()).await?;
    Ok(Identifier::of(name.reveal().to_owned(), person))
}
