//! Cases about accounts here, by the same rules: better proof has displaced an account, or two persons have one number.

use serde_json::json;
use uuid::Uuid;

use super::super::Error;
use super::{CaseState, reason};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{Moment, TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx};
use crate::identity::{self, Case, CaseKind, PersonState, Verdict};
use crate::logout;

/// One of the accounts of a case.
#[derive(Clone, Debug)]
pub struct AccountSide {
    pub account_id: Uuid,
    pub name: String,
    pub number: String,
    pub state: &'static str,
    /// Of an account in use.
    pub trust_level: Option<TrustLevel>,
    /// What it rests on: how, which level that gave, when.
    pub evidence: Vec<(String, TrustLevel, Moment)>,
}

/// The account that a case is about, and the other one. `whole_for`: unmasked by the visit's actor, for this reason.
///
/// # Errors
/// Those of [`reason`].
pub async fn account_sides(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
    case: &Case,
    whole_for: Option<&str>,
) -> Result<(AccountSide, Option<AccountSide>), Error> {
    if let Some(why) = whole_for {
        let event = Event::CaseRevealed { case: case.id, reason: reason(why)? };
        audit::record(tx, keys, visit, event, About { person: Some(case.account), client: None }).await?;
    }
    let whole = whole_for.is_some();
    let account = side(tx, keys, visit, policy, case.account, whole).await?.ok_or(Error::NoAccount)?;
    let other = match case.other {
        Some(other) => side(tx, keys, visit, policy, other, whole).await?,
        None => None,
    };
    Ok((account, other))
}

/// Such a case with its accounts, as commands and programs are told of it.
pub fn told_of_accounts(
    case: &Case,
    (account, other): &(AccountSide, Option<AccountSide>),
) -> serde_json::Value {
    json!({
        "case_id": case.id, "kind": case.kind, "state": case.state, "reason": case.reason,
        "opened_at": case.opened_at.timestamp().to_string(),
        "deadline": case.deadline.map(|deadline| deadline.day().to_string()).unwrap_or_default(),
        "account": told(account), "other": other.as_ref().map(told), "decision": case.verdict, "decision_reason": case.verdict_reason,
        "decided_by": case.decided_by,
    })
}

fn told(side: &AccountSide) -> serde_json::Value {
    let rests_on = side.evidence.iter().map(|(method, trust, at)| {
        json!({ "method": method, "trust_level": trust, "recorded_at": at.timestamp().to_string() })
    });
    json!({
        "account_id": side.account_id, "name": side.name, "number": side.number, "state": side.state,
        "trust_level": side.trust_level, "evidence": rests_on.collect::<Vec<_>>(),
    })
}

async fn side(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
    account_id: Uuid,
    whole: bool,
) -> Result<Option<AccountSide>, Error> {
    let Some((number, name)) = identity::who(read, keys, account_id).await? else { return Ok(None) };
    let state = identity::state_of(read, account_id).await?.unwrap_or(PersonState::Closed);
    let trust_level = match state {
        PersonState::Active => identity::load(read, keys, account_id)
            .await?
            .map(|person| person.binding.trust(visit.now, policy)),
        _ => None,
    };
    let evidence = identity::evidence_of(read, keys, account_id).await?;
    Ok(Some(AccountSide {
        account_id,
        name: if whole { name.as_str().to_owned() } else { name.masked() },
        number: if whole { number.as_str().to_owned() } else { number.masked() },
        state: state.as_str(),
        trust_level,
        evidence: evidence.into_iter().map(|one| (one.method, one.trust, one.recorded_at)).collect(),
    }))
}

/// Decides such a case, in the name of the visit's actor. `own`: the operator's own number, where it is known.
///
/// # Errors
/// [`Error::NoCase`], [`Error::CaseDecided`], [`Error::OwnMatter`], [`Error::Changed`]; `Doubtful("STILL_SHARED")`: the
/// second account shares its number still, so nothing is settled; those of [`reason`].
pub async fn decide_account(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    (verdict, why): (Verdict, &str),
    own: Option<&OfficialNumber>,
) -> Result<(), Error> {
    let why = reason(why)?;
    let case = identity::find_case(tx, id).await?.ok_or(Error::NoCase)?;
    if case.state != CaseState::Open {
        return Err(Error::CaseDecided);
    }
    if let Some(own) = own {
        for account in [Some(case.account), case.other].into_iter().flatten() {
            let who = identity::who(tx, keys, account).await?;
            if who.is_some_and(|(number, _)| number == *own) {
                return Err(Error::OwnMatter);
            }
        }
    }
    match verdict {
        Verdict::Stands if case.kind == CaseKind::SharedNumber => {
            let shares =
                identity::load(tx, keys, case.account).await?.is_some_and(|person| person.provisional);
            if shares && identity::state_of(tx, case.account).await? != Some(PersonState::Closed) {
                return Err(Error::Doubtful("STILL_SHARED"));
            }
        }
        Verdict::Stands => {}
        Verdict::Hold => {
            logout::end_all(tx, keys, visit, case.account, None, "case").await?;
            if !identity::hold(tx, keys, visit, case.account, "case").await? {
                return Err(Error::Changed);
            }
        }
    }
    if identity::settle_case(tx, keys, visit, &case, verdict, why).await? {
        Ok(())
    } else {
        Err(Error::Changed)
    }
}
