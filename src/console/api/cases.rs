//! Cases.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Caller, Sent};
use super::refusal::Refusal;
use crate::app::undo_case;
use crate::legacy::cases::{self, Decided, Deciding, Decision, Filter, told};
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
    let found = cases::list(&mut tx, &caller.visit, &filter).await?;
    let next = found.last().filter(|_| found.len() == 50).map(|last| last.id);
    let mut rows = Vec::with_capacity(found.len());
    for case in &found {
        rows.push(told(case, &sides(&mut tx, &keys, &caller.visit, case, None).await?));
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
    let (app, keys) = (&caller.app, caller.app.keys.data());
    let mut tx = app.db.begin().await?;
    let case = cases::find(&mut tx, id).await?.ok_or_else(Refusal::not_found)?;
    let both = sides(&mut tx, &keys, &caller.visit, &case, whole_for).await?;
    let around = legacy::around(&mut tx, &keys, &caller.visit, &app.config.trust, &case).await?;
    tx.commit().await?;
    let mut value = told(&case, &both);
    value["around"] = json!(around);
    value["statement"] = json!(case.statement(&keys)?);
    Ok(Json(value))
}

/// `{"cases": […], "decision": "merge"|"reject", "reason": …, "into": ACCOUNT?}`: each by itself; what became of each.
pub async fn decide(sent: Sent) -> Result<Json<Value>, Refusal> {
    let ids: Option<Vec<Uuid>> = sent.body["cases"]
        .as_array()
        .map(|all| all.iter().filter_map(|id| id.as_str()?.parse().ok()).collect());
    let given = sent.body["cases"].as_array().map_or(0, Vec::len);
    let ids = ids.filter(|ids| !ids.is_empty() && ids.len() == given && given <= MOST);
    let ids = ids.ok_or_else(|| Refusal::bad_request(format!("cases: a list of ids, {MOST} at most")))?;
    let decision: Decision =
        sent.text("decision").parse().map_err(|words| Refusal::bad_request(format!("decision: {words}")))?;
    let into: Option<Uuid> = match sent.body["into"].as_str() {
        Some(text) => Some(text.parse().map_err(|_| Refusal::bad_request("into: no id of an account"))?),
        None => None,
    };
    let why = sent.text("reason").to_owned();
    let caller = sent.by.decider()?;
    cases::reason(&why)?;
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        outcomes.push(match one_decided(&caller, id, decision, &why, into).await {
            Ok(decided) => outcome(id, &decided),
            Err(refusal) if refusal.is_ours() => return Err(refusal),
            Err(refusal) => json!({ "case_id": id, "error": refusal.code() }),
        });
    }
    Ok(Json(json!({ "outcomes": outcomes })))
}

async fn one_decided(
    caller: &Caller,
    id: Uuid,
    decision: Decision,
    reason: &str,
    into: Option<Uuid>,
) -> Result<Decided, Refusal> {
    let app = &caller.app;
    let two_operators = app.config.legacy.two_operators;
    let own = caller.session.operator.number.as_ref();
    let deciding = Deciding { decision, reason, into, two_operators, own };
    let mut tx = app.db.begin().await?;
    let decided = cases::decide(&mut tx, &app.keys, &caller.visit, &app.config.trust, id, deciding).await?;
    tx.commit().await?;
    app.logout_queued.notify_one();
    Ok(decided)
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

pub async fn undo(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let caller = sent.by.decider()?;
    Ok(Json(json!(undo_case(&caller.app, &caller.visit, id).await?)))
}
