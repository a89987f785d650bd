//! What a person may type as identifier: the official number, a verified phone, or a user name.

use uuid::Uuid;

use super::here::Here;
use crate::base::Phone;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::http::Failure;
use crate::identity::{self, HandleKind};

pub struct Identifier {
    /// The one written form: what counters count at.
    pub canonical: String,
    /// Whom it means. What is unknown or ambiguous means nobody.
    pub person: Option<Uuid>,
}

/// Kinds whose form alone tells them apart from a phone and from each other. A passport is typed with its
/// country: `CAN:AB123456`.
const KINDS: [NumberKind; 4] =
    [NumberKind::CitizenId, NumberKind::ForeignPr, NumberKind::HmPermit, NumberKind::Passport];

pub async fn read(here: &Here, typed: &str) -> Result<Identifier, Failure> {
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let today = here.visit.now.day();
    let number = KINDS.iter().find_map(|kind| OfficialNumber::parse(*kind, typed, today).ok());
    if let Some(number) = number {
        let person = identity::find_by_number(&mut read, &keys, &number).await?;
        return Ok(Identifier { canonical: number.as_str().to_owned(), person });
    }
    if let Ok(phone) = Phone::parse(typed) {
        let person = identity::find_by_handle(&mut read, &keys, HandleKind::Phone, phone.as_str()).await?;
        return Ok(Identifier { canonical: phone.as_str().to_owned(), person });
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
