//! Whom somebody means by an official number or a phone.

use uuid::Uuid;

use super::{Error, HandleKind, find_by_handle, find_by_number};
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Phone, Visit};
use crate::crypto::DataKeys;
use crate::db::Read;

/// What was given, and whose it is.
pub struct Meant {
    /// The one written form: what counters count at.
    pub canonical: String,
    /// What is unknown or ambiguous means nobody.
    pub person: Option<Uuid>,
}

/// Kinds whose form alone tells them apart from a phone and from each other. A passport is typed with its
/// country: `CAN:AB123456`.
const KINDS: [NumberKind; 4] =
    [NumberKind::CitizenId, NumberKind::ForeignPr, NumberKind::HmPermit, NumberKind::Passport];

/// `None` if it is neither a number nor a phone.
pub async fn meant(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    given: &str,
) -> Result<Option<Meant>, Error> {
    let today = visit.now.day();
    let number = KINDS.iter().find_map(|kind| OfficialNumber::parse(*kind, given, today).ok());
    if let Some(number) = number {
        let person = find_by_number(read, keys, &number).await?;
        return Ok(Some(Meant { canonical: number.as_str().to_owned(), person }));
    }
    let Ok(phone) = Phone::parse(given) else { return Ok(None) };
    let person = find_by_handle(read, keys, HandleKind::Phone, phone.as_str()).await?;
    Ok(Some(Meant { canonical: phone.as_str().to_owned(), person }))
}
