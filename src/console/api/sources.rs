//! Sources, reports, batches.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Caller, Sent};
use super::refusal::Refusal;
use crate::app::{self, App, undo_batch};
use crate::legacy::merge::{self, Batch};
use crate::legacy::report::Report;
use crate::legacy::undo::{self, Asked, Deciding};
use crate::legacy::{self, Import, Source, cases};

/// So long a caller waits for a batch to be taken back; then a duty goes on with it.
const AT_ONCE: std::time::Duration = std::time::Duration::from_secs(3);

pub async fn list(caller: Caller) -> Result<Json<Value>, Refusal> {
    let caller = caller.overseer()?;
    let mut read = &caller.app.db;
    let waiting = cases::waiting(&mut read, caller.visit.now).await?;
    let mut told = Vec::new();
    for source in Source::all(&mut read).await? {
        let imports = legacy::imports(&mut read, source.id).await?;
        let of_it = || waiting.iter().filter(|one| one.source == Some(source.id));
        told.push(json!({
            "source_id": source.id, "name": source.name, "title": source.title, "client_id": source.client,
            "import": imports.first().map(import),
            "cases": of_it().map(|one| one.cases).sum::<u64>(),
            "overdue": of_it().map(|one| one.overdue).sum::<u64>(),
        }));
    }
    Ok(Json(json!({ "sources": told })))
}

fn import(import: &Import) -> Value {
    json!({
        "import_id": import.id, "file": import.file, "state": import.state, "rows": import.rows,
        "share": import.share(), "seconds_left": import.left().map(|left| left.as_secs()),
        "counts": import.counts, "started_at": import.started_at.timestamp().to_string(),
        "changed_at": import.changed_at.timestamp().to_string(),
    })
}

async fn source(app: &App, name: &str) -> Result<Source, Refusal> {
    Source::by_name(&mut &app.db, name).await?.ok_or_else(Refusal::not_found)
}

pub async fn report(caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    let caller = caller.overseer()?;
    let source = source(&caller.app, &name).await?;
    let (report, is_counting) = app::report(&caller.app, source.id).await?;
    let report = report.unwrap_or_else(|| Report::nothing(caller.visit.now));
    let lines = report.lines(&mut &caller.app.db, &caller.app.keys.data()).await?;
    Ok(Json(json!({
        "source": source.name, "lines": lines, "not_in_register": report.unregistered,
        "counted_at": report.counted_at.timestamp().to_string(), "counting": is_counting,
    })))
}

pub async fn batches(caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    let caller = caller.overseer()?;
    let source = source(&caller.app, &name).await?;
    let before = caller.query.get("before").and_then(|id| id.parse().ok()).unwrap_or(Uuid::max());
    let found = merge::batches(&mut &caller.app.db, source.id, before).await?;
    let next = found.last().filter(|_| found.len() == 100).map(|last| last.id);
    Ok(Json(json!({ "batches": found.iter().map(told).collect::<Vec<_>>(), "next": next })))
}

pub async fn batch(caller: Caller, Path(id): Path<Uuid>) -> Result<Json<Value>, Refusal> {
    let caller = caller.overseer()?;
    let mut read = &caller.app.db;
    let batch = merge::find_batch(&mut read, id).await?.ok_or_else(Refusal::not_found)?;
    let expected = undo::expect_batch(&mut read, id).await?;
    let mut told = told(&batch);
    told["dormant"] = json!(expected.dormant);
    told["live"] = json!(expected.live);
    told["refused"] = json!(expected.refused);
    Ok(Json(told))
}

fn told(batch: &Batch) -> Value {
    json!({
        "batch_id": batch.id, "state": batch.state, "links": batch.links, "made": batch.made, "held": batch.held,
        "by": batch.by, "started_at": batch.started_at.timestamp().to_string(),
        "undo_proposed_by": batch.undo.proposed_by, "undo_by": batch.undo.by, "undo_reason": batch.undo.reason,
        "undone": batch.undo.undone,
    })
}

pub async fn undo(Path(id): Path<Uuid>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let why = sent.text("reason").to_owned();
    let Caller { app, visit, .. } = sent.by.decider()?;
    let two_operators = app.config.legacy.two_operators_to_undo;
    let deciding = Deciding { reason: &why, two_operators, go_on: true };
    let mut tx = app.db.begin().await?;
    let asked = undo::ask_batch(&mut tx, &app.keys.data(), &visit, id, deciding).await?;
    tx.commit().await?;
    if let Asked::Begun(batch) = asked {
        match undo_batch(&app, &visit, *batch, Some(AT_ONCE)).await {
            Ok(_) | Err(legacy::Error::Changed) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let batch = merge::find_batch(&mut &app.db, id).await?.ok_or_else(Refusal::not_found)?;
    Ok(Json(told(&batch)))
}
