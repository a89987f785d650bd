//! What waits to be accepted.

use uuid::Uuid;

use super::store::{mandates, select};
use super::{Error, Mandate};
use crate::base::number::OfficialNumber;
use crate::base::{OrganizationName, Visit};
use crate::crypto::{DataKeys, Place, Unopenable};
use crate::db::{self, Read, values};

/// An offered mandate, and to whom, as the grantor typed it.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub mandate: Mandate,
    pub name: OrganizationName,
    /// Masked.
    pub number: String,
}

/// What is offered to the holder of a number, by the name as names are compared: an invitation in another name
/// is not theirs.
pub async fn invitations(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    number: &OfficialNumber,
    folded_name: &str,
) -> Result<Vec<Invitation>, Error> {
    let mut found = Vec::new();
    for index in keys.blind(&domain(number), number.as_str()) {
        let waiting = mandates!("invited_digest = $1 and state = 'offered'");
        for mandate in select(read, keys, waiting, values![&index.digest]).await? {
            let over = mandate.ends_at.is_some_and(|end| end <= visit.now);
            let invitation = open(read, keys, mandate).await?;
            if !over && invitation.name.folded() == folded_name {
                found.push(invitation);
            }
        }
    }
    Ok(found)
}

/// Adds to offered mandates whom they were offered to.
pub async fn open(read: &mut impl Read, keys: &DataKeys, mandate: Mandate) -> Result<Invitation, Error> {
    let found = read
        .optional(
            "select invited_number, invited_name from mandate
             where id = $1 and invited_number is not null and invited_name is not null",
            values![mandate.id],
            |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?)),
        )
        .await?;
    let (number, name) = found.ok_or_else(|| db::Error::corrupt("mandate", "invited"))?;
    let name = keys.decrypt(place(&mandate.id, "invited_name"), &name)?;
    let number = keys.decrypt(place(&mandate.id, "invited_number"), &number)?;
    Ok(Invitation {
        name: OrganizationName::parse(&name).map_err(|_| db::Error::corrupt("mandate", "invited_name"))?,
        number: crate::base::number::mask(&number),
        mandate,
    })
}

/// The newest key's digest: an invitation lives for weeks, and a key for much longer.
pub(super) fn index_of(keys: &DataKeys, number: &OfficialNumber) -> Result<Vec<u8>, Unopenable> {
    let newest = keys.blind(&domain(number), number.as_str()).into_iter().next();
    Ok(newest.ok_or(Unopenable)?.digest)
}

fn domain(number: &OfficialNumber) -> String {
    format!("invited/{}", number.kind().as_str())
}

pub(super) fn place<'a>(mandate: &'a Uuid, column: &'a str) -> Place<'a> {
    Place { table: "mandate", column, row: mandate.as_bytes() }
}
