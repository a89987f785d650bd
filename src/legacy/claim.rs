//! What an owner does with links: wakes them, hears of them, says that one is not theirs.

use uuid::Uuid;

use super::cases::{self, Opening};
use super::link::{self, Link, LinkState};
use super::undo::{self, Because, Undone};
use super::{Error, Source, State};
use crate::audit::{self, About, Event};
use crate::base::{TrustLevel, Visit};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity;
use crate::logout::{self, Kind};

/// What wakes a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The old password of this very account.
    Password,
    /// Level 4 or 5, of the account here.
    Level,
}

/// The owner has shown that the legacy account is theirs: the link wakes. `false` if it was awake.
///
/// # Errors
/// [`Error::NoLink`]: it has been taken back.
pub async fn wake(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    link: Uuid,
    shown: Shown,
) -> Result<bool, Error> {
    let found = link::find(tx, keys, link).await?.ok_or(Error::NoLink)?;
    match found.state {
        LinkState::Live => Ok(false),
        LinkState::Unlinked => Err(Error::NoLink),
        LinkState::Dormant => {
            let reason = match shown {
                Shown::Password => "password",
                Shown::Level => "level",
            };
            let links = [found];
            link::turn(tx, keys, visit, &links, LinkState::Live, reason).await?;
            let about = About { person: Some(links[0].account), client: None };
            audit::record(tx, keys, visit, Event::LegacyLinkChanged { link, what: reason }, about).await?;
            if let Some(client) = Source::client_of(tx, links[0].source).await? {
                logout::tell_of_account(tx, keys, visit, &client, links[0].account, Kind::LegacyLinked)
                    .await?;
            }
            Ok(true)
        }
    }
}

/// Wakes all links of a person who has once shown level 4. Tells how many woke.
pub async fn wake_by_level(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
) -> Result<usize, Error> {
    if !has_shown_level_4(tx, keys, person).await? {
        return Ok(0);
    }
    let mut woken = 0;
    for link in link::of_account(tx, keys, person).await? {
        if link.state == LinkState::Dormant && wake(tx, keys, visit, link.id, Shown::Level).await? {
            woken += 1;
        }
    }
    Ok(woken)
}

/// A proof of level 4 that was not withdrawn; that it has lapsed does not make it untrue.
pub(super) async fn has_shown_level_4(
    read: &mut impl Read,
    keys: &DataKeys,
    person: Uuid,
) -> Result<bool, Error> {
    let evidence = identity::evidence_of(read, keys, person).await?;
    Ok(evidence.iter().any(|one| one.trust >= TrustLevel::Proven && one.withdrawn_at.is_none()))
}

/// The links that a person has not been told of yet, those that sleep among them: of one of these nobody is told before
/// it wakes, since whoever holds the number here may not be who had that account.
pub async fn unannounced(read: &mut impl Read, keys: &DataKeys, person: Uuid) -> Result<Vec<Link>, Error> {
    let untold =
        "select id from legacy_link where account = $1 and state <> 'unlinked' and announced_at is null
                  order by id limit 100";
    let ids = read.all(untold, values![person], |row| row.get::<Uuid>(0)).await?;
    let mut links = link::of_account(read, keys, person).await?;
    links.retain(|link| ids.contains(&link.id));
    Ok(links)
}

/// Notes that a person has been told of the links that are awake.
pub async fn announced(tx: &mut Tx, visit: &Visit, person: Uuid) -> Result<(), Error> {
    tx.execute(
        "update legacy_link set announced_at = $2 where account = $1 and announced_at is null and state = 'live'",
        values![person, visit.now],
    )
    .await?;
    Ok(())
}

/// "Not mine": the link goes at once, and a Case opens.
///
/// # Errors
/// [`Error::NoLink`]: it is no link of this person.
pub async fn not_mine(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    link: Uuid,
) -> Result<Undone, Error> {
    let found = link::find(tx, keys, link).await?.filter(|found| found.account == person);
    let found = found.filter(|found| found.state != LinkState::Unlinked).ok_or(Error::NoLink)?;
    let (legacy_account, source) = (found.legacy_account, found.source);
    let because = Because { state: State::Unmerged, reason: "not mine" };
    let undone = undo::one_by_one(tx, keys, visit, vec![found], because).await?;
    if undone.links == 1 {
        let opening = Opening {
            kind: cases::NOT_MINE,
            legacy_account,
            other: Some(person),
            source,
            reason: "NOT_MINE",
            appeal_of: None,
            statement: None,
        };
        cases::open(tx, keys, visit, opening).await?;
    }
    Ok(undone)
}
