//! Taking links back: the exact inverse of merging. A link that nobody has woken goes without a trace in any other
//! table; with one that was awake end the sessions and tokens that rest on it, and what was told of it meanwhile is
//! listed. Links themselves are kept, unlinked: that something was believed once is part of the truth.

mod batch;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use batch::{Asked, Deciding, Expected, ask_batch, expect_batch, step_batch, withdraw};

use super::link::{self, AccountKind, Link, LinkState};
use super::{Error, Source, State};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::credential::factors;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::logout::Kind;
use crate::{grant, identity, logout, session};

/// How evidence is called that rests on nothing but an old password; its reference is the link's id.
pub const PASSWORD_EVIDENCE: &str = "legacy-password";

/// What was taken back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Undone {
    pub links: u64,
    /// Accounts here that were made for them and that nothing else rests on.
    pub removed: u64,
    pub sessions_ended: u64,
    /// Accounts that had been claimed by the old password alone: unclaimed again, their factors gone.
    pub unclaimed: u64,
    /// What cannot be taken back, and why.
    pub refused: Vec<Refused>,
    /// What was told of the links while they were awake.
    pub disclosed: Vec<Disclosed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refused {
    pub link: Uuid,
    pub legacy_account: Uuid,
    pub account: Uuid,
    /// `ACCOUNT_GONE`, `ACCOUNT_CHANGED`, `SEAL_BROKEN`.
    pub reason: Cow<'static, str>,
}

/// A relying system that learnt of the account here while a link to it was awake.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Disclosed {
    pub account: Uuid,
    pub client: String,
    pub at: String,
    pub scopes: String,
}

impl Undone {
    pub fn add(&mut self, other: Undone) {
        self.links += other.links;
        self.removed += other.removed;
        self.sessions_ended += other.sessions_ended;
        self.unclaimed += other.unclaimed;
        self.refused.extend(other.refused);
        self.disclosed.extend(other.disclosed);
    }
}

/// What a link is taken back for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Because<'a> {
    /// What becomes of the legacy account: matched, so that it may be merged again, or unmerged, for a person to decide.
    pub state: State,
    pub reason: &'a str,
}

/// Takes back what is linked to an account here; or, by the id of an account of a source, its link.
///
/// # Errors
/// [`Error::NoLink`]: nothing is linked.
pub async fn account(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid) -> Result<Undone, Error> {
    let mut links = link::of_account(tx, keys, id).await?;
    links.extend(link::of_legacy_account(tx, keys, id).await?);
    if links.is_empty() {
        return Err(Error::NoLink);
    }
    one_by_one(tx, keys, visit, links, Because { state: State::Unmerged, reason: "undone" }).await
}

pub(super) async fn one_by_one(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    links: Vec<Link>,
    because: Because<'_>,
) -> Result<Undone, Error> {
    let told: Vec<(Uuid, Uuid)> = links.iter().map(|link| (link.id, link.account)).collect();
    let undone = take_back(tx, keys, visit, links, because).await?;
    for (link, account) in told {
        let event = Event::LegacyLinkChanged { link, what: because.reason };
        audit::record(tx, keys, visit, event, About { person: Some(account), client: None }).await?;
    }
    Ok(undone)
}

async fn take_back(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    links: Vec<Link>,
    because: Because<'_>,
) -> Result<Undone, Error> {
    let mut undone = Undone::default();
    if links.is_empty() {
        return Ok(undone);
    }
    link::hold(tx, None).await?;
    let (links, refused) = undoable(tx, keys, links).await?;
    undone.refused = refused;
    // Those that somebody may have come in by; the others are known to nobody.
    for link in &links {
        if link.state == LinkState::Live {
            undone.add(end_what_rests_on(tx, keys, visit, link).await?);
        }
    }
    if links.is_empty() {
        return Ok(undone);
    }
    link::turn(tx, keys, visit, &links, LinkState::Unlinked, because.reason).await?;
    link::give(tx, &links).await?;
    let freed = tx
        .execute(
            "update legacy_account set state = $1, account = null from given_link g
             where legacy_account.id = g.legacy_account and legacy_account.state = 'merged'
               and legacy_account.account = g.account",
            values![because.state.as_str()],
        )
        .await?;
    if freed != links.len() as u64 {
        return Err(Error::Changed);
    }
    undone.links = freed;
    let left = tx
        .all(
            "select distinct g.account from given_link g
             where not exists (select 1 from legacy_link l where l.account = g.account and l.state <> 'unlinked')
               and exists (select 1 from legacy_link l where l.account = g.account and l.made)",
            values![],
            |row| row.get::<Uuid>(0),
        )
        .await?;
    undone.removed = identity::unmake(tx, left.into_iter()).await?;
    Ok(undone)
}

/// Those that can be taken back, and those whose account was changed since by another hand.
async fn undoable(
    tx: &mut Tx,
    keys: &DataKeys,
    links: Vec<Link>,
) -> Result<(Vec<Link>, Vec<Refused>), Error> {
    link::give(tx, &links).await?;
    let changed = tx
        .all(
            "select g.id, coalesce(a.state, '') from given_link g left join legacy_account a on a.id = g.legacy_account
             where a.id is null or a.state <> 'merged' or a.account <> g.account",
            values![],
            |row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    let (mut good, mut refused) = (Vec::with_capacity(links.len()), Vec::new());
    for link in links {
        let reason = match changed.iter().find(|(id, _)| *id == link.id) {
            Some((_, state)) if state.is_empty() => "ACCOUNT_GONE",
            Some(_) => "ACCOUNT_CHANGED",
            None if link.check(keys).is_err() => "SEAL_BROKEN",
            None => {
                good.push(link);
                continue;
            }
        };
        let Link { id, legacy_account, account, .. } = link;
        refused.push(Refused { link: id, legacy_account, account, reason: reason.into() });
    }
    Ok((good, refused))
}

/// Ends what was possible only by an awake link.
async fn end_what_rests_on(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    link: &Link,
) -> Result<Undone, Error> {
    let mut undone = Undone { disclosed: disclosed(tx, link).await?, ..Undone::default() };
    let client = Source::client_of(tx, link.source).await?;
    if let Some(client) = &client {
        logout::tell_of_account(tx, keys, visit, client, link.account, Kind::LegacyUnlinked).await?;
        grant::revoke_at(tx, link.account, client).await?;
    }
    if link.account_kind == AccountKind::Organization {
        return Ok(undone);
    }
    let evidence = identity::evidence_of(tx, keys, link.account).await?;
    let mark = link.id.to_string();
    let by_this_alone = !evidence.is_empty()
        && evidence.iter().all(|one| one.method == PASSWORD_EVIDENCE && one.reference == mark);
    if by_this_alone {
        // Whoever came in by this link was not the owner of the number: nothing of theirs opens it any more.
        undone.sessions_ended = logout::end_all(tx, keys, visit, link.account, None, "link undone").await?;
        grant::revoke_all(tx, link.account).await?;
        factors::forget_all(tx, link.account).await?;
        undone.unclaimed = u64::from(identity::unclaim(tx, keys, visit, link.account).await?);
        return Ok(undone);
    }
    for id in session::resting_on(tx, link.account, &mark).await? {
        if logout::end(tx, keys, visit, id, link.account, "link undone").await?.is_some() {
            undone.sessions_ended += 1;
        }
    }
    Ok(undone)
}

/// Who was told of the account here since the link woke; two hundred at most.
async fn disclosed(read: &mut impl Read, link: &Link) -> Result<Vec<Disclosed>, Error> {
    let told = grant::told_since(read, link.account, link.changed_at.first_id()).await?;
    Ok(told
        .into_iter()
        .map(|(client, id, scopes)| Disclosed {
            account: link.account,
            client,
            at: Moment::of_id(id).timestamp().to_string(),
            scopes: scopes.to_string(),
        })
        .collect())
}

/// Lets go of what was linked to accounts that better proof has displaced: the accounts wait, and the next run links them to
/// whoever holds the number now. Tells how many links went.
pub async fn let_go_of_displaced(tx: &mut Tx, keys: &DataKeys, visit: &Visit) -> Result<u64, Error> {
    let displaced = tx
        .all(
            "select distinct l.account from cases c join legacy_link l on l.account = c.other
             where c.kind = 'displaced' and l.state <> 'unlinked'
               and exists (select 1 from person p where p.id = l.account and p.state = 'closed') limit 100",
            values![],
            |row| row.get::<Uuid>(0),
        )
        .await?;
    let mut links = 0;
    for account in displaced {
        let linked = link::of_account(tx, keys, account).await?;
        let because = Because { state: State::Matched, reason: "displaced" };
        links += one_by_one(tx, keys, visit, linked, because).await?.links;
    }
    Ok(links)
}
