//! Runs of matching and merging.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::runs::asked;
use super::caller::{Caller, Sent};
use super::refusal::Refusal;
use crate::app::App;
use crate::legacy::Source;
use crate::legacy::task::{self, Task, Work};

async fn source(app: &App, name: &str) -> Result<Source, Refusal> {
    Source::by_name(&mut &app.db, name).await?.ok_or_else(Refusal::not_found)
}

pub async fn list(caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    let caller = caller.overseer()?;
    let source = source(&caller.app, &name).await?;
    let tasks = task::list(&mut &caller.app.db, source.id).await?;
    Ok(Json(json!({ "runs": tasks.iter().map(told).collect::<Vec<_>>() })))
}

pub async fn ask(Path(name): Path<String>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let work: Work =
        sent.text("work").parse().map_err(|words| Refusal::bad_request(format!("work: {words}")))?;
    let caller = sent.by.decider()?;
    let source = source(&caller.app, &name).await?;
    let id = asked(&caller.app, &caller.visit, source.id, work).await?;
    one(&caller.app, id).await
}

pub async fn confirm(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let caller = sent.by.decider()?;
    known(&caller.app, id).await?;
    let mut tx = caller.app.db.begin().await?;
    task::confirm(&mut tx, &caller.app.keys.data(), &caller.visit, id).await?;
    tx.commit().await?;
    one(&caller.app, id).await
}

pub async fn stop(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let caller = sent.by.decider()?;
    known(&caller.app, id).await?;
    let mut tx = caller.app.db.begin().await?;
    task::stop(&mut tx, &caller.app.keys.data(), &caller.visit, id).await?;
    tx.commit().await?;
    one(&caller.app, id).await
}

async fn one(app: &App, id: Uuid) -> Result<Json<Value>, Refusal> {
    Ok(Json(told(&known(app, id).await?)))
}

async fn known(app: &App, id: Uuid) -> Result<Task, Refusal> {
    task::find(&mut &app.db, id).await?.ok_or_else(Refusal::not_found)
}

fn told(task: &Task) -> Value {
    let done = &task.progress;
    json!({
        "run_id": task.id, "work": task.work, "state": task.state, "asked_by": task.asked_by,
        "confirmed_by": task.confirmed_by, "expected": task.expected, "accounts": done.accounts,
        "written": done.written, "cases": done.cases, "links": done.links, "made": done.made, "held": done.held,
        "batch_id": task.batch, "error": task.failed, "asked": done.asked,
        "waits_for": task.waits_for, "asked_at": task.asked_at.timestamp().to_string(),
        "changed_at": task.changed_at.timestamp().to_string(),
    })
}
