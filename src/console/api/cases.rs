//! Cases.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Caller, Sent};
use super::refusal::Refusal;
use crate::app::undo_case;
use crate::db::Tx;
use crate::identity::{Case, Verdict};
use crate::legacy::cases::{
    self, AnyCase, Decided, Deciding, Decision, Filter, LegacyCase, account_sides, decide_account, told,
    told_of_accounts,
};
use crate::legacy::{self, Source, sides};

/// Decided by one request.
const MOST: usize = 200;

pub async fn list(caller: Caller) -> Result<Json<Value>, Refusal> {
    let caller = caller.decider()?;
    let (app, keys) = (&caller.app, caller.app.keys.data());
    let word = |name| caller.query.get(name).map(str::to_owned);
    let source = match caller.query.get("source") {
        Some(name) => {
            let found = Source::by_name(&mut &app.db, name).await?;
            Some(found.ok_or_else(Refusal::not_found)?.id)
        }
        None => None,
    };
    let state = match caller.query.get("state") {
        Some(text) => Some(text.parse().map_err(|words| Refusal::bad_request(format!("state: {words}")))?),
        None => None,
    };
    let due = match caller.query.get("due") {
        Some(text) => text.parse().map_err(|words| Refusal::bad_request(format!("due: {words}")))?,
        None => cases::Due::Any,
    };
    let after = match caller.query.get("after") {
        Some(text) => Some(text.parse().map_err(|_| Refusal::bad_request("after: no id of a case"))?),
        None => None,
    };
    let filter =
        Filter { source, state, kind: word("kind"), reason: word("reason"), due, after, most: Some(50) };
    let mut tx = app.db.begin().await?;
    let (found, next) = cases::list_all(&mut tx, &caller.visit, &filter).await?;
    let mut rows = Vec::with_capacity(found.len());
    for case in &found {
        rows.push(match case {
            AnyCase::OfLegacy(case) => told(case, &sides(&mut tx, &keys, &caller.visit, case, None).await?),
            AnyCase::OfAccounts(case) => of_accounts(&caller, &mut tx, case, None).await?,
        });
    }
    Ok(Json(json!({ "cases": rows, "next": next })))
}

pub async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Json<Value>, Refusal> {
    one(&caller.decider()?, id, None).await
}

/// Both sides whole: noted, with the reason.
pub async fn reveal(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let why = sent.text("reason").to_owned();
    one(&sent.by.decider()?, id, Some(&why)).await
}

async fn one(caller: &Caller, id: Uuid, whole_for: Option<&str>) -> Result<Json<Value>, Refusal> {
    let mut tx = caller.app.db.begin().await?;
    let value = match cases::find_any(&mut tx, id).await?.ok_or_else(Refusal::not_found)? {
        AnyCase::OfLegacy(case) => of_legacy(caller, &mut tx, &case, whole_for).await?,
        AnyCase::OfAccounts(case) => of_accounts(caller, &mut tx, &case, whole_for).await?,
    };
    // To look at both sides whole is a writing act: it is noted.
    tx.commit().await?;
    Ok(Json(value))
}

async fn of_legacy(
    caller: &Caller,
    tx: &mut Tx,
    case: &LegacyCase,
    whole_for: Option<&str>,
) -> Result<Value, Refusal> {
    let (app, keys) = (&caller.app, caller.app.keys.data());
    let both = sides(tx, &keys, &caller.visit, case, whole_for).await?;
    let mut value = told(case, &both);
    value["around"] = json!(legacy::around(tx, &keys, &caller.visit, &app.config.trust, case).await?);
    value["statement"] = json!(case.statement(&keys)?);
    Ok(value)
}

async fn of_accounts(
    caller: &Caller,
    tx: &mut Tx,
    case: &Case,
    whole_for: Option<&str>,
) -> Result<Value, Refusal> {
    let (app, keys) = (&caller.app, caller.app.keys.data());
    let both = account_sides(tx, &keys, &caller.visit, &app.config.trust, case, whole_for).await?;
    Ok(told_of_accounts(case, &both))
}

/// What is said of cases: by the words for accounts of old systems, or by those for accounts here.
#[derive(Clone, Copy)]
enum Said {
    OfLegacy(Decision, Option<Uuid>),
    OfAccounts(Verdict),
}

impl Said {
    fn of(sent: &Sent) -> Result<Self, Refusal> {
        let word = sent.text("decision");
        let into = sent.body["into"].as_str().map(str::parse::<Uuid>).transpose();
        let into = into.map_err(|_| Refusal::bad_request("into: no id of an account"))?;
        if let Ok(decision) = word.parse::<Decision>() {
            return Ok(Self::OfLegacy(decision, into));
        }
        match word.parse::<Verdict>() {
            Ok(_) if into.is_some() => Err(Refusal::bad_request("into: goes with merge only")),
            Ok(verdict) => Ok(Self::OfAccounts(verdict)),
            Err(_) => Err(Refusal::bad_request("decision: one of merge, reject, stands, hold")),
        }
    }
}

/// `{"cases": […], "decision": "merge"|"reject"|"stands"|"hold", "reason": …, "into": ACCOUNT?}`: each by itself; what
/// became of each.
pub async fn decide(sent: Sent) -> Result<Json<Value>, Refusal> {
    let ids: Option<Vec<Uuid>> = sent.body["cases"]
        .as_array()
        .map(|all| all.iter().filter_map(|id| id.as_str()?.parse().ok()).collect());
    let given = sent.body["cases"].as_array().map_or(0, Vec::len);
    let ids = ids.filter(|ids| !ids.is_empty() && ids.len() == given && given <= MOST);
    let ids = ids.ok_or_else(|| Refusal::bad_request(format!("cases: a list of ids, {MOST} at most")))?;
    let said = Said::of(&sent)?;
    let why = sent.text("reason").to_owned();
    let caller = sent.by.decider()?;
    cases::reason(&why)?;
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        outcomes.push(match one_decided(&caller, id, said, &why).await {
            Ok(outcome) => outcome,
            Err(refusal) if refusal.is_ours() => return Err(refusal),
            Err(refusal) => json!({ "case_id": id, "error": refusal.code() }),
        });
    }
    Ok(Json(json!({ "outcomes": outcomes })))
}

async fn one_decided(caller: &Caller, id: Uuid, said: Said, reason: &str) -> Result<Value, Refusal> {
    let (app, own) = (&caller.app, caller.session.operator.number.as_ref());
    let mut tx = app.db.begin().await?;
    let outcome = match (said, cases::find_any(&mut tx, id).await?.ok_or_else(Refusal::not_found)?) {
        (Said::OfLegacy(decision, into), AnyCase::OfLegacy(_)) => {
            let deciding =
                Deciding { decision, reason, into, two_operators: app.config.legacy.two_operators, own };
            let trust = &app.config.trust;
            let decided = cases::decide(&mut tx, &app.keys, &caller.visit, trust, id, deciding).await?;
            outcome(id, &decided)
        }
        (Said::OfAccounts(verdict), AnyCase::OfAccounts(_)) => {
            let keys = app.keys.data();
            decide_account(&mut tx, &keys, &caller.visit, id, (verdict, reason), own).await?;
            json!({ "case_id": id, "state": "decided", "decision": verdict })
        }
        _ => return Err(Refusal::other_kind()),
    };
    tx.commit().await?;
    app.logout_queued.notify_one();
    Ok(outcome)
}

fn outcome(id: Uuid, decided: &Decided) -> Value {
    match decided {
        Decided::Proposed => json!({ "case_id": id, "state": "proposed" }),
        Decided::Rejected => json!({ "case_id": id, "state": "rejected" }),
        Decided::Merged(link) => json!({
            "case_id": id, "state": "merged", "link_id": link.id, "account_id": link.account, "batch_id": link.batch,
        }),
    }
}

/// What was said of accounts here is taken back by another word: an account on hold is released.
pub async fn undo(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let caller = sent.by.decider()?;
    if let Some(AnyCase::OfAccounts(_)) = cases::find_any(&mut &caller.app.db, id).await? {
        return Err(Refusal::other_kind());
    }
    Ok(Json(json!(undo_case(&caller.app, &caller.visit, id).await?)))
}
