//! Deciding a case, and taking a decision back.

use uuid::Uuid;

use super::super::link::{AccountKind, Link, LinkState};
use super::super::merge::{self, Owner};
use super::super::undo::{self, Because, Undone};
use super::super::{Error, State, link};
use super::{CaseState, DIFFERS, Decision, LegacyCase, REVIEW, find, reason};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::base::number::OfficialNumber;
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity::{self, PersonState};
use crate::keys::KeyRing;

/// What came of a decision.
#[derive(Clone, Debug)]
pub enum Decided {
    /// Another operator must confirm it.
    Proposed,
    Merged(Box<Link>),
    Rejected,
}

/// An operator's decision.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    pub decision: Decision,
    pub reason: &'a str,
    /// Whose it is, where the rules have found nobody: an account here.
    pub into: Option<Uuid>,
    /// Whether a decision that merges needs a second operator.
    pub two_operators: bool,
    /// The operator's own number, where it is known: nobody decides about themselves.
    pub own: Option<&'a OfficialNumber>,
}

/// Decides a case, in the name of the visit's actor.
///
/// # Errors
/// [`Error::NoCase`], [`Error::CaseDecided`]; [`Error::SameOperator`], of whom an appeal is against too;
/// [`Error::NoOwner`]: the rules have found nobody, and nobody was named; [`Error::OwnMatter`]; those of [`reason`].
pub async fn decide(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    case: Uuid,
    deciding: Deciding<'_>,
) -> Result<Decided, Error> {
    let keys = ring.data();
    let deciding = Deciding { reason: reason(deciding.reason)?, ..deciding };
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    let by = visit.actor.to_string();
    if found.state.waits() {
        if let Some(own) = deciding.own {
            nobody_decides_about_themselves(tx, &keys, &found, deciding.into, own).await?;
        }
        another_hears_an_appeal(tx, &found, &by).await?;
    }
    // That a link holds is no merger: it was there.
    let merges = deciding.decision == Decision::Merge && found.kind != DIFFERS;
    let needs_another = merges && deciding.two_operators;
    match found.state {
        CaseState::Decided | CaseState::Withdrawn => return Err(Error::CaseDecided),
        CaseState::Open if needs_another => {
            // Whether it could be done is looked at now: the second operator should not find out.
            if deciding.into.is_none() && owner_is_known(tx, &found).await?.is_none() {
                return Err(Error::NoOwner);
            }
            settle(tx, visit, &found, CaseState::Proposed, deciding, &by, None).await?;
            let event = Event::CaseProposed { case, decision: deciding.decision.as_str() };
            audit::record(tx, &keys, visit, event, About::default()).await?;
            return Ok(Decided::Proposed);
        }
        CaseState::Proposed if found.proposed_by.as_deref() == Some(&by) => return Err(Error::SameOperator),
        CaseState::Open | CaseState::Proposed => {}
    }
    let decided = match deciding.decision {
        _ if found.kind == DIFFERS => still(tx, &keys, visit, &found, deciding.decision).await?,
        Decision::Merge => {
            // Two operators confirm one thing.
            if found.state == CaseState::Proposed
                && deciding.into.is_some_and(|into| found.into != Some(into))
            {
                return Err(Error::Doubtful("ANOTHER_PROPOSED"));
            }
            let into = found.into.or(deciding.into);
            let linked = merge::link_decided(tx, ring, visit, policy, found.legacy_account, into).await?;
            Decided::Merged(Box::new(linked))
        }
        Decision::Reject => {
            turn(tx, found.legacy_account, &[State::Matched, State::Unmerged], State::Rejected).await?;
            Decided::Rejected
        }
    };
    let link = if let Decided::Merged(link) = &decided { Some(link.id) } else { None };
    settle(tx, visit, &found, CaseState::Decided, deciding, &by, link).await?;
    let event = Event::CaseDecided { case, decision: deciding.decision.as_str() };
    audit::record(tx, &keys, visit, event, About::default()).await?;
    Ok(decided)
}

/// The account, whom the rules thought of, and whom an operator has named: none of them is who decides.
async fn nobody_decides_about_themselves(
    tx: &mut Tx,
    keys: &DataKeys,
    case: &LegacyCase,
    into: Option<Uuid>,
    own: &OfficialNumber,
) -> Result<(), Error> {
    let matched = merge::matched(tx, case.legacy_account).await?.ok_or(Error::NoAccount)?;
    let own_account = identity::find_by_number(tx, keys, own).await?;
    let named = [case.other, case.into, into];
    let is_named = own_account.is_some_and(|account| named.contains(&Some(account)));
    let is_in_register = matched.owner_number(keys)?.is_some_and(|number| number == *own);
    let is_in_account = matched.record(keys)?.canonical() == own.as_str();
    if is_named || is_in_register || is_in_account { Err(Error::OwnMatter) } else { Ok(()) }
}

/// Who has decided once does not decide again whether that was right.
async fn another_hears_an_appeal(tx: &mut Tx, case: &LegacyCase, by: &str) -> Result<(), Error> {
    let Some(before) = case.appeal_of else { return Ok(()) };
    let before = find(tx, before).await?;
    let took_part = before.is_some_and(|before| {
        [before.proposed_by.as_deref(), before.decided_by.as_deref()].contains(&Some(by))
    });
    if took_part { Err(Error::SameOperator) } else { Ok(()) }
}

/// Whether a link holds, although its account is another now.
async fn still(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    case: &LegacyCase,
    decision: Decision,
) -> Result<Decided, Error> {
    let linked = link::of_legacy_account(tx, keys, case.legacy_account).await?.ok_or(Error::NoLink)?;
    let same = "update legacy_account set differs = false where id = $1 and differs";
    if tx.execute(same, values![case.legacy_account]).await? == 0 {
        return Err(Error::Changed);
    }
    match decision {
        Decision::Merge => Ok(Decided::Merged(Box::new(linked))),
        Decision::Reject => {
            let because = Because { state: State::Unmerged, reason: "changed since" };
            let undone = undo::one_by_one(tx, keys, visit, vec![linked], because).await?;
            if undone.links == 1 { Ok(Decided::Rejected) } else { Err(Error::Changed) }
        }
    }
}

async fn owner_is_known(tx: &mut Tx, case: &LegacyCase) -> Result<Option<()>, Error> {
    Ok(tx
        .optional(
            "select 1 from legacy_account where id = $1 and target is not null",
            values![case.legacy_account],
            |_| Ok(()),
        )
        .await?)
}

pub(super) async fn settle(
    tx: &mut Tx,
    visit: &Visit,
    case: &LegacyCase,
    state: CaseState,
    deciding: Deciding<'_>,
    by: &str,
    link: Option<Uuid>,
) -> Result<(), Error> {
    let decided_by = (state == CaseState::Decided).then_some(by);
    let proposed_by = if state == CaseState::Proposed { Some(by) } else { case.proposed_by.as_deref() };
    let settled = tx
        .execute(
            "update cases set state = $3, decision = $4, decision_reason = $5, proposed_by = $6, decided_by = $7,
                    decided_at = $8, link = $9, into_account = coalesce($10, into_account)
             where id = $1 and state = $2",
            values![
                case.id,
                case.state.as_str(),
                state.as_str(),
                deciding.decision.as_str(),
                deciding.reason,
                proposed_by,
                decided_by,
                decided_by.map(|_| visit.now),
                link,
                deciding.into
            ],
        )
        .await?;
    if settled == 1 { Ok(()) } else { Err(Error::Changed) }
}

pub(super) async fn turn(
    tx: &mut Tx,
    legacy_account: Uuid,
    from: &[State; 2],
    to: State,
) -> Result<(), Error> {
    let [one, other] = from;
    let turned = tx
        .execute(
            "update legacy_account set state = $4 where id = $1 and state in ($2, $3)",
            values![legacy_account, one.as_str(), other.as_str(), to.as_str()],
        )
        .await?;
    if turned == 1 { Ok(()) } else { Err(Error::Changed) }
}

/// The account that an operator has named, if accounts can be linked to it.
pub(in super::super) async fn account_to_link_to(tx: &mut Tx, account: Uuid) -> Result<Owner, Error> {
    let person = tx
        .optional("select state from person where id = $1", values![account], |row| {
            row.word::<PersonState>(0, "person")
        })
        .await?;
    if let Some(state) = person {
        return match state {
            PersonState::Active | PersonState::Unclaimed => {
                Ok(Owner { account, kind: AccountKind::Person, made: false })
            }
            PersonState::Held | PersonState::Closed => Err(Error::Doubtful("ACCOUNT_HELD")),
        };
    }
    let organization = "select 1 from organization where id = $1";
    match tx.optional(organization, values![account], |_| Ok(())).await? {
        Some(()) => Ok(Owner { account, kind: AccountKind::Organization, made: false }),
        None => Err(Error::NoOwner),
    }
}

/// Takes a decision back: what it has linked goes, and the case waits again.
///
/// # Errors
/// [`Error::NoCase`], [`Error::CaseOpen`], and [`Error::Changed`] where the account was touched since.
pub async fn undo(tx: &mut Tx, keys: &DataKeys, visit: &Visit, case: Uuid) -> Result<Undone, Error> {
    let found = find(tx, case).await?.ok_or(Error::NoCase)?;
    // What such a decision ends is not begun again by taking it back.
    if found.state != CaseState::Decided || found.kind == DIFFERS {
        return Err(Error::CaseOpen);
    }
    let before = if found.kind == REVIEW { State::Matched } else { State::Unmerged };
    let undone = match found.link {
        Some(link) => {
            let linked = link::find(tx, keys, link).await?.ok_or(Error::NoLink)?;
            if linked.state == LinkState::Unlinked {
                return Err(Error::Undone);
            }
            let because = Because { state: before, reason: "case undone" };
            undo::one_by_one(tx, keys, visit, vec![linked], because).await?
        }
        None => {
            turn(tx, found.legacy_account, &[State::Rejected, State::Rejected], before).await?;
            Undone::default()
        }
    };
    if !undone.refused.is_empty() {
        return Err(Error::Changed);
    }
    let opened = tx
        .execute(
            "update cases set state = 'open', decision = null, decision_reason = null, proposed_by = null,
                    decided_by = null, decided_at = null, into_account = null, link = null
             where id = $1 and state = 'decided'",
            values![case],
        )
        .await?;
    if opened == 0 {
        return Err(Error::Changed);
    }
    let event = Event::CaseDecided { case, decision: "undone" };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(undone)
}
