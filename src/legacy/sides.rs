//! The two sides of a case, beside each other: what the old system says, and what the register says. Masked; to see
//! them whole is an act of its own, which is noted with its reason.

use serde::Serialize;
use uuid::Uuid;

use super::cases::{LegacyCase, reason};
use super::report::{masked_name, masked_number};
use super::{Error, State, SubjectKind, merge};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity::{self, PersonState};

#[derive(Clone, Debug, Serialize)]
pub struct Sides {
    pub legacy: Legacy,
    /// Whom the rules thought of; none where the number leads to nobody.
    pub register: Option<Registered>,
    /// Whether both sides write the same, to the character: masked they may look alike. None without another side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_name: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_number: Option<bool>,
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

/// Both sides of a case. `whole_for`: unmasked by the visit's actor, for this reason.
///
/// # Errors
/// Those of [`reason`].
pub async fn sides(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: &LegacyCase,
    whole_for: Option<&str>,
) -> Result<Sides, Error> {
    let matched = merge::matched(tx, case.legacy_account).await?.ok_or(Error::NoAccount)?;
    if let Some(why) = whole_for {
        let event = Event::CaseRevealed { case: case.id, reason: reason(why)? };
        audit::record(tx, keys, visit, event, About { person: case.other, client: None }).await?;
    }
    let whole = whole_for.is_some();
    let name = |text: &str| if whole { text.to_owned() } else { masked_name(text) };
    let number = |text: &str| if whole { text.to_owned() } else { masked_number(text) };
    let record = matched.record(keys)?;
    let register = matched.in_register(keys, visit)?;
    Ok(Sides {
        legacy: Legacy {
            name: name(&record.name),
            number: number(&record.given_number),
            phone: number(record.phone.as_deref().unwrap_or_default()),
            registered: record.registered.clone().unwrap_or_default(),
        },
        same_name: register.as_ref().map(|(found, _)| *found == record.name),
        same_number: register.as_ref().map(|(_, digits)| *digits == record.given_number),
        register: register.map(|(found, digits)| Registered { name: name(&found), number: number(&digits) }),
        evidence: matched.evidence.clone(),
    })
}

/// What stands around a case: the account here that it would be linked to, and what other accounts carry its number.
#[derive(Clone, Debug, Serialize)]
pub struct Around {
    pub kind: SubjectKind,
    pub here: Option<Here>,
    pub siblings: Vec<Sibling>,
}

/// An account here, masked.
#[derive(Clone, Debug, Serialize)]
pub struct Here {
    pub account_id: Uuid,
    pub name: String,
    pub number: String,
    /// Of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_level: Option<TrustLevel>,
    /// `unclaimed`, `active`, `held`, `closed`; of an organization, how it stands.
    pub state: &'static str,
}

/// Other accounts of old systems with the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sibling {
    pub source: String,
    pub state: State,
    pub accounts: u64,
}

pub async fn around(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
    case: &LegacyCase,
) -> Result<Around, Error> {
    let kind = tx
        .optional(
            "select subject_kind from legacy_account where id = $1",
            values![case.legacy_account],
            |row| row.word::<SubjectKind>(0, "legacy_account"),
        )
        .await?
        .ok_or(Error::NoAccount)?;
    let account = match case.into.or(case.other) {
        Some(account) => Some(account),
        None => {
            let matched = merge::matched(tx, case.legacy_account).await?.ok_or(Error::NoAccount)?;
            match matched.owner_number(keys)? {
                Some(number) => identity::holder_of(tx, keys, &number).await?,
                None => None,
            }
        }
    };
    let here = match account {
        Some(account) => here(tx, keys, visit, policy, account).await?,
        None => None,
    };
    Ok(Around { kind, here, siblings: siblings(tx, case.legacy_account).await? })
}

async fn siblings(read: &mut impl Read, legacy_account: Uuid) -> Result<Vec<Sibling>, Error> {
    Ok(read
        .all(
            "select s.name, a.state, count(*) from legacy_account a join legacy_source s on s.id = a.source
             where a.id <> $1 and a.number_digest = (select number_digest from legacy_account where id = $1)
             group by s.name, a.state order by s.name, a.state limit 50",
            values![legacy_account],
            |row| {
                Ok(Sibling {
                    source: row.get(0)?,
                    state: row.word(1, "legacy_account")?,
                    accounts: u64::try_from(row.get::<i64>(2)?).unwrap_or(0),
                })
            },
        )
        .await?)
}

/// An account here as an operator sees it; none if the id is nobody's.
pub async fn here(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
    account_id: Uuid,
) -> Result<Option<Here>, Error> {
    if let Some(person) = identity::load(read, keys, account_id).await? {
        let trust = (person.state == PersonState::Active).then(|| person.binding.trust(visit.now, policy));
        return Ok(Some(Here {
            account_id,
            name: person.name.masked(),
            number: person.number.masked(),
            trust_level: trust,
            state: person.state.as_str(),
        }));
    }
    // Nobody has claimed it yet: there is no binding to load.
    if let Some((number, name)) = identity::who(read, keys, account_id).await? {
        let state = PersonState::Unclaimed.as_str();
        let (name, number) = (name.masked(), number.masked());
        return Ok(Some(Here { account_id, name, number, trust_level: None, state }));
    }
    let organization = identity::load_organization(read, keys, account_id).await?;
    Ok(organization.map(|found| Here {
        account_id,
        name: found.name.as_str().to_owned(),
        number: OfficialNumber::from(found.code).masked(),
        trust_level: None,
        state: found.life.standing.as_str(),
    }))
}
