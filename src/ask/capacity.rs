//! As whom the person acts, for this Ask.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Ask;
use crate::base::{Scope, Scopes, Visit};
use crate::client::Client;
use crate::crypto::DataKeys;
use crate::db::Read;
use crate::mandate::{self, Mandate, Party};
use crate::session::Session;

/// Whom an `id_token_hint` means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hinted {
    /// The person who acted.
    pub person: Uuid,
    /// The account that was acted for, and the mandate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub represented: Option<(Uuid, Uuid)>,
}

/// What a person answered on this Ask's capacity page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    Oneself,
    Mandate(Uuid),
}

/// As whom somebody acts.
#[derive(Clone, Debug)]
pub enum Capacity {
    Oneself,
    Under(Mandate),
}

/// What is settled about it.
#[derive(Clone, Debug)]
pub enum Choice {
    Settled(Capacity),
    /// The person must choose between oneself and these.
    Open(Vec<Mandate>),
    /// What the hint means is not to be had.
    Impossible,
}

impl Capacity {
    /// The account that is spoken for: the person's own, or the represented one.
    pub fn account(&self, person: Uuid) -> Uuid {
        match self {
            Self::Oneself => person,
            Self::Under(mandate) => mandate.grantor,
        }
    }

    /// Of these scopes, those that mean something in this capacity.
    pub fn scopes(&self, scopes: Scopes) -> Scopes {
        let own: Scopes = match self {
            Self::Oneself => Scopes::NONE,
            Self::Under(mandate) => [scope_of(mandate.grantor_kind)].into_iter().collect(),
        };
        scopes.without(Scopes::CAPACITY).or(scopes.and(own))
    }
}

const fn scope_of(represented: Party) -> Scope {
    match represented {
        Party::Organization => Scope::Organization,
        Party::Person => Scope::Represented,
    }
}

/// Settles the capacity, or finds between what the person must choose. Who did not ask for a capacity gets the
/// person, whatever was chosen elsewhere.
pub async fn capacity(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    ask: &Ask,
    client: &Client,
    session: &Session,
) -> Result<Choice, mandate::Error> {
    let wanted = ask.scopes.and(Scopes::CAPACITY);
    if wanted.is_empty() {
        return Ok(Choice::Settled(Capacity::Oneself));
    }
    let fits = |mandate: &Mandate| {
        wanted.contains(scope_of(mandate.grantor_kind)) && mandate.scope.covers_client(&client.id)
    };
    let chosen_here = ask.capacity.map(|chosen| match chosen {
        Chosen::Oneself => session.person,
        Chosen::Mandate(id) => id,
    });
    // What was chosen before in this session goes on, until the relying system asks to choose again.
    let before = session.capacity.filter(|_| !ask.prompts.select_account && ask.hinted.is_none());
    if let Some(chosen) = chosen_here.or(before) {
        if chosen == session.person {
            return Ok(Choice::Settled(Capacity::Oneself));
        }
        let mandate = mandate::in_force(read, keys, visit, chosen, session.person).await?;
        if let Some(mandate) = mandate.filter(fits) {
            return Ok(Choice::Settled(Capacity::Under(mandate)));
        }
    }
    let mut fitting = Vec::new();
    for represented in [Party::Organization, Party::Person] {
        if wanted.contains(scope_of(represented)) {
            let all = mandate::of_person(read, keys, visit, session.person, represented).await?;
            fitting.extend(all.into_iter().filter(fits));
        }
    }
    let hinted = ask.hinted.as_ref().filter(|_| !ask.prompts.select_account);
    Ok(match hinted.map(|hinted| hinted.represented) {
        Some(None) => Choice::Settled(Capacity::Oneself),
        Some(Some((account, mandate))) => {
            // The same mandate; or, if it was granted anew, another for the same account.
            let same = fitting.iter().position(|one| one.id == mandate);
            let at = same.or_else(|| fitting.iter().position(|one| one.grantor == account));
            at.map_or(Choice::Impossible, |at| Choice::Settled(Capacity::Under(fitting.swap_remove(at))))
        }
        None if fitting.is_empty() => Choice::Settled(Capacity::Oneself),
        None => Choice::Open(fitting),
    })
}
