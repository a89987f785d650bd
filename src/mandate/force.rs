//! Whether a mandate lets act now.

use uuid::Uuid;

use super::store::{self, Represented, mandates, select};
use super::{Error, Mandate, Party};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::{Read, values};
use crate::identity::{Life, PersonState};

/// The mandate of `id`, if it is this person's and in force. Its end is the earliest of those it rests on.
pub async fn in_force(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    person: Uuid,
) -> Result<Option<Mandate>, Error> {
    let Some((mandate, represented)) = store::find_with_represented(read, keys, id).await? else {
        return Ok(None);
    };
    if mandate.grantee != Some(person) || mandate.grantee_kind != Party::Person {
        return Ok(None);
    }
    let lives = match represented {
        Some(Represented::Organization(life)) => life.can_be_acted_for(),
        Some(Represented::Person(state)) => state == PersonState::Active,
        None => false,
    };
    if lives { under(read, keys, visit, mandate).await } else { Ok(None) }
}

/// The person's mandates for organizations, or for persons, that are in force; the newest first.
pub async fn of_person(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    represented: Party,
) -> Result<Vec<Mandate>, Error> {
    let held =
        mandates!("grantee = $1 and grantee_kind = 'person' and state = 'active' and grantor_kind = $2");
    let all = select(read, keys, held, values![person, represented.as_str()]).await?;
    only_in_force(read, keys, visit, all).await
}

pub async fn only_in_force(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    all: Vec<Mandate>,
) -> Result<Vec<Mandate>, Error> {
    let mut good = Vec::with_capacity(all.len());
    for mandate in all {
        good.extend(judge(read, keys, visit, mandate).await?);
    }
    Ok(good)
}

async fn judge(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    mandate: Mandate,
) -> Result<Option<Mandate>, Error> {
    if !lives(read, keys, mandate.grantor, mandate.grantor_kind).await? {
        return Ok(None);
    }
    under(read, keys, visit, mandate).await
}

/// The same for one whose represented account is known to live.
async fn under(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    mut mandate: Mandate,
) -> Result<Option<Mandate>, Error> {
    if !mandate.is_current(visit.now) {
        return Ok(None);
    }
    if let Some(parent) = mandate.parent {
        let parent = store::find(read, keys, parent).await?;
        let Some(parent) = parent.filter(|parent| parent.is_current(visit.now)) else { return Ok(None) };
        // The agency must live as well; a parent has no parent (`Refused::Depth`).
        let agency = parent.grantee.unwrap_or_default();
        if !lives(read, keys, agency, parent.grantee_kind).await? || !mandate.scope.is_within(&parent.scope) {
            return Ok(None);
        }
        mandate.ends_at = [mandate.ends_at, parent.ends_at].into_iter().flatten().min();
    }
    Ok(Some(mandate))
}

/// Whether an account is one that others can act for.
async fn lives(read: &mut impl Read, keys: &DataKeys, account: Uuid, kind: Party) -> Result<bool, Error> {
    match kind {
        Party::Organization => {
            let life = read
                .optional(
                    "select id, standing, contested_at, seal from organization where id = $1",
                    values![account],
                    |row| Life::read(row, 0),
                )
                .await?;
            let Some(life) = life else { return Ok(false) };
            life.check(keys)?;
            Ok(life.can_be_acted_for())
        }
        Party::Person => {
            let state = "select state from person where id = $1";
            let state =
                read.optional(state, values![account], |row| row.word::<PersonState>(0, "person")).await?;
            Ok(state == Some(PersonState::Active))
        }
    }
}
