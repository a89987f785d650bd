//! A citizen closes a case themselves: by the old password of the account that is in doubt, and by being the one whose
//! number it is in doubt about, proven at level 4. Either alone says too little: passwords are shared and guessed, and the
//! number is what the rules knew already.

use uuid::Uuid;

use super::super::claim::{Shown, has_shown_level_4, wake};
use super::super::{Error, merge, possession};
use super::decide::settle;
use super::{CaseState, Deciding, Decision, LegacyCase, REVIEW, columns, read_case};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::identity::{self, PersonState};
use crate::keys::KeyRing;

/// What stands as the reason of such a decision, which no operator wrote.
pub const CLAIMED: &str = "CLAIMED";

/// The old password of an account in doubt was shown by `person`, who is signed in. `false`, and nothing written, if they are
/// not who it may belong to, or have not shown level 4, or operators are about to link it to another.
///
/// # Errors
/// [`Error::Changed`]: somebody was faster; [`Error::Doubtful`]: the account here is on hold.
pub async fn claim(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    policy: &config::Trust,
    person: Uuid,
    legacy_account: Uuid,
) -> Result<bool, Error> {
    let keys = ring.data();
    if !is_theirs(tx, &keys, person, legacy_account).await? {
        return Ok(false);
    }
    let case = waiting(tx, legacy_account).await?;
    let goes_elsewhere = |case: &LegacyCase| case.into.is_some_and(|into| into != person);
    if case.as_ref().is_some_and(goes_elsewhere) {
        return Ok(false);
    }
    // Of two at once, one finds the hash.
    if !possession::spend(tx, legacy_account).await? {
        return Err(Error::Changed);
    }
    let link = merge::link_decided(tx, ring, visit, policy, legacy_account, Some(person)).await?;
    if let Some(case) = case {
        let (decision, into) = (Decision::Merge, Some(person));
        let deciding = Deciding { decision, reason: CLAIMED, into, two_operators: false, own: None };
        let by = visit.actor.to_string();
        settle(tx, visit, &case, CaseState::Decided, deciding, &by, Some(link.id)).await?;
        let event = Event::CaseDecided { case: case.id, decision: decision.as_str() };
        audit::record(tx, &keys, visit, event, About { person: Some(person), client: None }).await?;
    }
    wake(tx, &keys, visit, link.id, Shown::Password).await
}

/// Whether the account may belong to this person: they have shown level 4, and the number that the rules went by,
/// computed anew from what is sealed, is theirs.
async fn is_theirs(tx: &mut Tx, keys: &DataKeys, person: Uuid, legacy_account: Uuid) -> Result<bool, Error> {
    if !has_shown_level_4(tx, keys, person).await? {
        return Ok(false);
    }
    let Some(found) = identity::load(tx, keys, person).await? else { return Ok(false) };
    // The number of a provisional account is another's too.
    if found.state != PersonState::Active || found.provisional {
        return Ok(false);
    }
    let Some(matched) = merge::matched(tx, legacy_account).await? else { return Ok(false) };
    Ok(matched.owner_number(keys)?.is_some_and(|number| number == found.number))
}

/// The case about whose the account is, if one waits.
async fn waiting(read: &mut impl Read, legacy_account: Uuid) -> Result<Option<LegacyCase>, Error> {
    let sql = concat!(
        "select ",
        columns!(),
        " where account = $1 and kind = $2 and state in ('open', 'proposed') and source is not null order by id desc limit 1"
    );
    Ok(read.optional(sql, values![legacy_account, REVIEW], read_case).await?)
}
