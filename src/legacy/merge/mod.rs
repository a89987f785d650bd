//! Merging: links the legacy accounts whose owner is certain to the owner's account, some thousand at a time. Accounts
//! stay whole: what is written is a link, and for who has no account yet an unclaimed one. All of a run is one batch,
//! which can be undone as one; a run that was cut off goes on where it was.

mod batch;
mod owner;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

pub use batch::{Batch, BatchState, Undoing, batches, find_batch, going_on};

use super::cases::{self, OPEN_DAYS};
use super::link::{self, AccountKind, Link, LinkState};
use super::{Error, Source, undo};
use crate::audit::{self, About, Event};
use crate::base::{TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Given, Kind, Read, Rows, Tx, values};
use crate::identity::{self, Holder, PersonState, Wanted};
use crate::keys::KeyRing;
use crate::outbound::registers::extract::{self, Part};
pub(super) use owner::{Matched, one as matched};

/// What a run joins: the engine should know how much stands there.
pub const JOINED: [&str; 5] = ["legacy_account", "register_record", "number_index", "person", "legacy_link"];

/// What a step has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Accounts of the source that were looked at.
    pub accounts: u64,
    pub links: u64,
    /// Accounts made here.
    pub made: u64,
    /// Not linked: the account here is in doubt. A Case says why.
    pub held: u64,
}

/// The run that is under way over a source, or a new one; `None` if nothing waits to be linked.
pub async fn begin(tx: &mut Tx, visit: &Visit, source: &Source) -> Result<Option<Batch>, Error> {
    if let Some(running) = batch::running(tx, source.id).await? {
        return Ok(Some(running));
    }
    let waits = tx
        .optional(
            "select 1 from legacy_account where source = $1 and state = 'matched'
               and class in ('AUTO', 'AUTO_REGISTER') limit 1",
            values![source.id],
            |_| Ok(()),
        )
        .await?;
    if waits.is_none() {
        return Ok(None);
    }
    Ok(Some(batch::start(tx, visit, source.id).await?))
}

/// Links the next accounts. `true` beside what was done: the batch is at its end.
///
/// # Errors
/// [`Error::KeysChanged`] and [`Error::Changed`]: another transaction was faster; begin this step anew.
pub async fn step(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    batch: &mut Batch,
) -> Result<(Step, bool), Error> {
    let keys = ring.data();
    link::hold(tx, Some(batch.source)).await?;
    let matched = owner::next(tx, batch.source, batch.position).await?;
    let mut step = Step { accounts: matched.len() as u64, ..Step::default() };
    if let Some(last) = matched.last().map(|last| last.id) {
        let owners = owners(tx, ring, visit, policy, &matched).await?;
        let mut links = Vec::with_capacity(matched.len());
        let mut held = Vec::new();
        for (one, owner) in matched.iter().zip(owners) {
            match owner {
                Ok(owner) => links.push(linked(&keys, visit, batch.id, one, owner)?),
                Err(why) => held.push((one, why)),
            }
        }
        step.links = links.len() as u64;
        step.held = held.len() as u64;
        let mut made: Vec<Uuid> = links.iter().filter(|link| link.made).map(|link| link.account).collect();
        made.sort_unstable();
        made.dedup();
        step.made = made.len() as u64;
        write(tx, &links).await?;
        hold(tx, visit, batch.source, &held).await?;
        batch.advance(tx, visit, last, step).await?;
        let event =
            Event::LegacyMerged { batch: batch.id, links: step.links, made: step.made, held: step.held };
        audit::record(tx, &keys, visit, event, About::default()).await?;
    }
    let done = matched.len() < owner::STEP;
    if done {
        batch.finish(tx, visit).await?;
    }
    Ok((step, done))
}

/// The account of an owner, and whether it was made now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    pub account: Uuid,
    pub kind: AccountKind,
    pub made: bool,
}

impl Owner {
    /// The account to link to; else why not, as a Case says it.
    /// `by_password`: all that is known of a person is an old password.
    fn of(holder: Holder, by_password: bool) -> Result<Self, &'static str> {
        let person = |account, made| Self { account, kind: AccountKind::Person, made };
        match holder {
            Holder::Made(account) => Ok(person(account, true)),
            Holder::Unclaimed(account) => Ok(person(account, false)),
            Holder::Organization(account) => {
                Ok(Self { account, kind: AccountKind::Organization, made: false })
            }
            Holder::Person(account, PersonState::Active, trust) if trust >= TrustLevel::Matched => {
                Ok(person(account, false))
            }
            // They came in by the old password of another account of this number, which the register had confirmed. The
            // link sleeps like every other: it wakes by this account's own password, or by level 4.
            Holder::Person(account, PersonState::Active, _) if by_password => Ok(person(account, false)),
            // Whoever holds the number has only said that it is theirs.
            Holder::Person(_, PersonState::Active, _) => Err("ACCOUNT_UNPROVEN"),
            Holder::Person(..) => Err("ACCOUNT_HELD"),
        }
    }
}

/// The owner of each; those without an account get one.
async fn owners(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    matched: &[Matched],
) -> Result<Vec<Result<Owner, &'static str>>, Error> {
    let keys = ring.data();
    let as_of = extract::loaded(tx, Part::LegalPersons).await?.map_or(visit.now, |(_, as_of)| as_of);
    // Several accounts of one person are one wish.
    let mut places: HashMap<&[u8], usize> = HashMap::with_capacity(matched.len());
    let mut wanted: Vec<Wanted> = Vec::with_capacity(matched.len());
    let mut wishes = Vec::with_capacity(matched.len());
    for one in matched {
        let target = one.target.as_deref().unwrap_or_default();
        let wish = match (places.get(target).copied(), one.owner(&keys, visit, as_of)?) {
            (_, None) => None,
            (Some(place), Some(_)) => Some(place),
            (None, Some(owner)) => {
                places.insert(target, wanted.len());
                wanted.push(owner);
                Some(wanted.len() - 1)
            }
        };
        wishes.push(wish);
    }
    let holders = identity::accounts_for(tx, ring, visit, policy, &wanted).await?;
    let by_password = known_by_password(tx, &keys, &holders).await?;
    let owner = |place: usize| match (holders.get(place).copied(), wanted.get(place)) {
        (Some(Holder::Made(account)), Some(Wanted { who: identity::Who::Organization(_), .. })) => {
            Ok(Owner { account, kind: AccountKind::Organization, made: true })
        }
        (Some(holder), _) => Owner::of(holder, is_among(&by_password, holder)),
        (None, _) => Err("EVIDENCE_BROKEN"),
    };
    Ok(wishes.into_iter().map(|wish| wish.map_or(Err("EVIDENCE_BROKEN"), owner)).collect())
}

/// Of the holders below level 3, those of whom nothing is known but old passwords.
async fn known_by_password(tx: &mut Tx, keys: &DataKeys, holders: &[Holder]) -> Result<HashSet<Uuid>, Error> {
    let mut known = HashSet::new();
    for holder in holders {
        let Holder::Person(account, PersonState::Active, trust) = *holder else { continue };
        if trust >= TrustLevel::Matched {
            continue;
        }
        let evidence = identity::evidence_of(tx, keys, account).await?;
        if !evidence.is_empty() && evidence.iter().all(|one| one.method == undo::PASSWORD_EVIDENCE) {
            known.insert(account);
        }
    }
    Ok(known)
}

fn is_among(accounts: &HashSet<Uuid>, holder: Holder) -> bool {
    matches!(holder, Holder::Person(account, ..) if accounts.contains(&account))
}

fn linked(
    keys: &DataKeys,
    visit: &Visit,
    batch: Uuid,
    matched: &Matched,
    owner: Owner,
) -> Result<Link, Error> {
    let link = Link {
        id: visit.id(),
        batch,
        source: matched.source,
        legacy_account: matched.id,
        account: owner.account,
        account_kind: owner.kind,
        class: matched.class,
        evidence: matched.evidence.clone(),
        rules: matched.rules,
        made: owner.made,
        by: visit.actor.to_string(),
        linked_at: visit.now,
        state: LinkState::Dormant,
        reason: "merged".to_owned(),
        changed_at: visit.now,
        seal: Vec::new(),
    };
    Ok(link.sealed(keys)?)
}

/// Writes the links, and that their accounts are merged.
async fn write(tx: &mut Tx, links: &[Link]) -> Result<(), Error> {
    if links.is_empty() {
        return Ok(());
    }
    link::insert(tx, links).await?;
    let merged = tx
        .execute(
            "update legacy_account set state = 'merged', account = g.account
             from given_link g
             where legacy_account.id = g.legacy_account and legacy_account.state in ('matched', 'unmerged')",
            values![],
        )
        .await?;
    if merged == links.len() as u64 { Ok(()) } else { Err(Error::Changed) }
}

static HELD: Given = Given {
    table: "given_held",
    columns: &[("id", Kind::Uuid), ("case_id", Kind::Uuid), ("reason", Kind::Text)],
};

/// Opens a Case for each that was not linked, once.
async fn hold(
    tx: &mut Tx,
    visit: &Visit,
    source: Uuid,
    held: &[(&Matched, &'static str)],
) -> Result<(), Error> {
    if held.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new(&HELD);
    for (one, why) in held {
        rows.push(values![one.id, visit.id(), *why]);
    }
    tx.give(&rows).await?;
    tx.execute(
        "insert into cases (id, kind, state, account, reason, opened_at, source, deadline)
         select g.case_id, 'legacy-review', 'open', g.id, g.reason, $1, $2, $3 from given_held g
         where not exists (select 1 from cases c where c.account = g.id and c.kind = 'legacy-review'
                             and c.state in ('open', 'proposed'))",
        values![visit.now, source, visit.now.plus(OPEN_DAYS)],
    )
    .await?;
    Ok(())
}

/// Links one account to who a person has decided that it belongs to: the owner of the number that it was matched to, or
/// the account `into`. Its batch is its own.
pub(super) async fn link_decided(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    legacy_account: Uuid,
    into: Option<Uuid>,
) -> Result<Link, Error> {
    let keys = ring.data();
    let one = owner::one(tx, legacy_account).await?.ok_or(Error::NoAccount)?;
    link::hold(tx, Some(one.source)).await?;
    let owner = match into {
        Some(account) => cases::account_to_link_to(tx, account).await?,
        None => {
            let as_of = extract::loaded(tx, Part::LegalPersons).await?.map_or(visit.now, |(_, as_of)| as_of);
            let wanted = one.decided_owner(&keys, visit, as_of)?.ok_or(Error::NoOwner)?;
            let organization = matches!(wanted.who, identity::Who::Organization(_));
            let holders = identity::accounts_for(tx, ring, visit, policy, &[wanted]).await?;
            match holders[..] {
                [Holder::Made(account)] if organization => {
                    Owner { account, kind: AccountKind::Organization, made: true }
                }
                [holder] => {
                    let by_password = known_by_password(tx, &keys, &holders).await?;
                    Owner::of(holder, is_among(&by_password, holder)).map_err(Error::Doubtful)?
                }
                [..] => return Err(Error::NoOwner),
            }
        }
    };
    let mut batch = batch::start_decided(tx, visit, one.source).await?;
    let link = linked(&keys, visit, batch.id, &one, owner)?;
    write(tx, std::slice::from_ref(&link)).await?;
    let step = Step { accounts: 1, links: 1, made: u64::from(owner.made), held: 0 };
    batch.advance(tx, visit, one.id, step).await?;
    batch.finish(tx, visit).await?;
    Ok(link)
}
