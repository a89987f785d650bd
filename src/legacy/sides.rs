//! The two sides of a case, beside each other: what the old system says, and what the register says. Masked; to see
//! them whole is an act of its own, which is noted.

use serde::Serialize;

use super::cases::LegacyCase;
use super::report::{masked_name, masked_number};
use super::{Error, merge};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::Tx;

#[derive(Clone, Debug, Serialize)]
pub struct Sides {
    pub legacy: Legacy,
    /// Whom the rules thought of; none where the number leads to nobody.
    pub register: Option<Registered>,
    /// What the rules went by.
    pub evidence: String,
}

/// As the old system has it.
#[derive(Clone, Debug, Serialize)]
pub struct Legacy {
    pub name: String,
    pub number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub registered: String,
}

/// As a register has it.
#[derive(Clone, Debug, Serialize)]
pub struct Registered {
    pub name: String,
    pub number: String,
}

/// Both sides of a case. `whole`: unmasked, by the visit's actor.
pub async fn sides(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: &LegacyCase,
    whole: bool,
) -> Result<Sides, Error> {
    let matched = merge::matched(tx, case.legacy_account).await?.ok_or(Error::NoAccount)?;
    if whole {
        let event = Event::CaseRevealed { case: case.id };
        audit::record(tx, keys, visit, event, About { person: case.other, client: None }).await?;
    }
    let name = |text: &str| if whole { text.to_owned() } else { masked_name(text) };
    let number = |text: &str| if whole { text.to_owned() } else { masked_number(text) };
    let record = matched.record(keys)?;
    let register = matched
        .in_register(keys, visit)?
        .map(|(found, digits)| Registered { name: name(&found), number: number(&digits) });
    Ok(Sides {
        legacy: Legacy {
            name: name(&record.name),
            number: number(&record.given_number),
            phone: number(record.phone.as_deref().unwrap_or_default()),
            registered: record.registered.clone().unwrap_or_default(),
        },
        register,
        evidence: matched.evidence.clone(),
    })
}
