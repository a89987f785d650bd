//! How a deed comes about: a clerk asks for it, a second one or the person stands behind it, and the owner can call it off.

use uuid::Uuid;

use super::deed::{DELAY, change, delayed, note, place};
use super::{Deed, DeedKind, DeedState, Matter, Shift};
use crate::base::number::OfficialNumber;
use crate::base::{PersonName, Phone, Secret, Visit};
use crate::credential::recovery;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::grant::How;
use crate::identity;
use crate::operator::{Error, Operator, Refused};

/// Asks for a deed in a matter. Whose it is must have been read from a chip: who approves on a phone has no
/// need of a counter for it. An account is opened for whom the reading names.
///
/// # Errors
/// [`Refused::NobodyPresent`], [`Refused::OwnMatter`].
pub async fn ask(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (shift, matter): (&Shift, &Matter),
    kind: DeedKind,
    content: Option<&Secret>,
) -> Result<Deed, Error> {
    let person = match (&matter.identified, kind) {
        (_, DeedKind::Open) => None,
        (Some(identified), _) if identified.how == How::Chip => Some(identified.person),
        _ => return Err(Refused::NobodyPresent.into()),
    };
    let id = visit.id();
    let content = match content {
        Some(text) => Some(keys.encrypt(&visit.chance, place(&id), text.reveal())?),
        None => None,
    };
    let deed = Deed {
        id,
        matter: matter.id,
        person,
        kind,
        state: DeedState::Waiting,
        content,
        clerk: shift.operator.id,
        vouched_by: None,
        ready_at: visit.now,
        changed_at: visit.now,
        seal: Vec::new(),
    }
    .sealed(keys)?;
    tx.execute(
        "insert into deed (id, matter, person, kind, state, content, clerk, ready_at, changed_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            deed.id,
            deed.matter,
            deed.person,
            deed.kind.as_str(),
            deed.state.as_str(),
            deed.content.as_deref(),
            deed.clerk,
            deed.ready_at,
            deed.changed_at,
            &deed.seal
        ],
    )
    .await?;
    note(tx, keys, visit, &deed, "asked").await?;
    Ok(deed)
}

/// Who stands behind a deed besides the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vouched {
    Clerk(Uuid),
    /// The person, by a factor they had before.
    Factor(&'static str),
}

impl std::fmt::Display for Vouched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clerk(id) => write!(f, "operator:{id}"),
            Self::Factor(factor) => write!(f, "factor:{factor}"),
        }
    }
}

/// A second clerk, or a factor of the person, stands behind the deed. What changes how the person signs in
/// waits a day where it was a clerk.
///
/// # Errors
/// [`Refused::SameClerk`]: the second is the first; [`Refused::OwnMatter`]; [`Refused::Changed`]: too late.
pub async fn vouch(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    deed: &Deed,
    by: Vouching<'_>,
) -> Result<Deed, Error> {
    if !deed.is_waiting(visit.now) {
        return Err(Refused::Changed.into());
    }
    let vouched = match by {
        Vouching::Clerk(second) => {
            if second.id == deed.clerk {
                return Err(Refused::SameClerk.into());
            }
            if is_own(tx, keys, deed, second).await? {
                return Err(Refused::OwnMatter.into());
            }
            Vouched::Clerk(second.id)
        }
        Vouching::Factor(factor) => Vouched::Factor(factor),
    };
    let at_once =
        matches!(deed.kind, DeedKind::Raise | DeedKind::Open) || matches!(vouched, Vouched::Factor(_));
    let next = Deed {
        state: DeedState::Delayed,
        vouched_by: Some(vouched.to_string()),
        ready_at: if at_once { visit.now } else { visit.now.plus(DELAY) },
        changed_at: visit.now,
        ..deed.clone()
    };
    let next = change(tx, keys, deed, next).await?;
    note(tx, keys, visit, &next, "vouched").await?;
    Ok(next)
}

/// Who vouches.
pub enum Vouching<'a> {
    Clerk(&'a Operator),
    Factor(&'static str),
}

async fn is_own(tx: &mut Tx, keys: &DataKeys, deed: &Deed, clerk: &Operator) -> Result<bool, Error> {
    Ok(whose(tx, keys, deed).await?.is_some_and(|whose| clerk.is(&whose.number)))
}

/// Who stands at the window.
pub struct Whose {
    pub name: PersonName,
    pub number: OfficialNumber,
    pub phone: Option<Phone>,
}

/// The person whose deed it is, or whom the reading names where there is no account yet.
pub async fn whose(read: &mut impl Read, keys: &DataKeys, deed: &Deed) -> Result<Option<Whose>, Error> {
    let whose = match deed.person {
        Some(person) => {
            identity::load(read, keys, person).await?.map(|person| (person.name, person.number, person.phone))
        }
        None => deed.reading(keys)?.map(|reading| (reading.name, reading.number, None)),
    };
    Ok(whose.map(|(name, number, phone)| Whose { name, number, phone }))
}

/// "That was not me": what waits for its day is over. Tells how many.
pub async fn cancel(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<usize, Error> {
    let waiting = delayed(tx, keys, person).await?;
    let count = waiting.len();
    for deed in waiting {
        let next = Deed { state: DeedState::Cancelled, changed_at: visit.now, ..deed.clone() };
        let next = change(tx, keys, &deed, next).await?;
        if next.kind == DeedKind::Recover {
            recovery::call_off_ticket(tx, visit, person).await?;
        }
        note(tx, keys, visit, &next, "cancelled").await?;
    }
    Ok(count)
}
