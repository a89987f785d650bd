//! Runs of matching and merging over a source: asked for, confirmed and stopped here, done by a duty.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::desk::Desk;
use super::names::{self, who};
use super::rights::{Decider, Form};
use super::sources::page;
use crate::app::report;
use crate::http::Failure;
use crate::legacy::task::{self, Task, TaskState, Work};
use crate::legacy::{self, Source};
use crate::view::Fault;
use crate::view::console_sources::RunRow;

/// Asks for a run; where the policy says so, another operator must confirm it.
pub async fn ask(
    Path(name): Path<String>,
    Form { by: Decider { desk, session }, form }: Form<Decider>,
) -> Result<Response, Failure> {
    let work = form.get("work").and_then(|word| word.parse::<Work>().ok());
    let work = work.ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let source = names::source(&desk, &name).await?;
    match asked(&desk.app, &desk.visit, source.id, work).await {
        Ok(_) => Ok(desk.go(&names::source_address(&name, ""))),
        Err(legacy::Error::TaskUnderWay) => {
            page(&desk, &session, StatusCode::UNPROCESSABLE_ENTITY, source, vec![Fault::RunUnderWay]).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The same for programs.
pub(super) async fn asked(
    app: &crate::app::App,
    visit: &crate::base::Visit,
    source: Uuid,
    work: Work,
) -> Result<Uuid, legacy::Error> {
    let (counted, _) = report(app, source).await?;
    let (expected, two_operators) = match work {
        Work::Match => (counted.map(|report| report.to_match()), false),
        Work::Merge => (counted.map(|report| report.to_merge()), app.config.legacy.two_operators_to_merge),
    };
    let mut tx = app.db.begin().await?;
    let keys = app.keys.data();
    let id = task::ask(&mut tx, &keys, visit, (source, work), expected, two_operators).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn confirm(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, session }, .. }: Form<Decider>,
) -> Result<Response, Failure> {
    let source = source_of(&desk, id).await?;
    let mut tx = desk.app.db.begin().await?;
    let fault = match task::confirm(&mut tx, &desk.app.keys.data(), &desk.visit, id).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(desk.go(&names::source_address(&source.name, "")));
        }
        Err(legacy::Error::SameOperator) => Fault::CaseSameOperator,
        Err(legacy::Error::Changed) => Fault::CaseOver,
        Err(other) => return Err(other.into()),
    };
    drop(tx);
    page(&desk, &session, StatusCode::UNPROCESSABLE_ENTITY, source, vec![fault]).await
}

pub async fn stop(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, .. }, .. }: Form<Decider>,
) -> Result<Response, Failure> {
    let source = source_of(&desk, id).await?;
    let mut tx = desk.app.db.begin().await?;
    match task::stop(&mut tx, &desk.app.keys.data(), &desk.visit, id).await {
        Ok(()) => tx.commit().await?,
        // The page says what is.
        Err(legacy::Error::Changed) => {}
        Err(other) => return Err(other.into()),
    }
    Ok(desk.go(&names::source_address(&source.name, "")))
}

async fn source_of(desk: &Desk, id: Uuid) -> Result<Source, Failure> {
    let mut read = &desk.app.db;
    let task = task::find(&mut read, id).await?.ok_or_else(names::missing)?;
    Source::load(&mut read, task.source).await?.ok_or_else(names::missing)
}

/// The newest runs of a source, as its page shows them.
pub(super) async fn rows(desk: &Desk, source: Uuid) -> Result<Vec<RunRow>, Failure> {
    let mut rows = Vec::new();
    for task in task::list(&mut &desk.app.db, source).await? {
        rows.push(row(desk, &task).await?);
    }
    Ok(rows)
}

async fn row(desk: &Desk, task: &Task) -> Result<RunRow, Failure> {
    let confirmed_by = match &task.confirmed_by {
        Some(by) => Some(who(desk, by).await?),
        None => None,
    };
    let is_running = matches!(task.state, TaskState::Waiting | TaskState::Running);
    Ok(RunRow {
        id: task.id.to_string(),
        work: task.work,
        state: task.state,
        by: who(desk, &task.asked_by).await?,
        is_own: task.asked_by == desk.visit.actor.to_string(),
        confirmed_by,
        percent: task.share().filter(|_| is_running).map(|share| (share * 100.0) as u64),
        left: task.left(desk.visit.now),
        progress: task.progress,
        expected: task.expected,
        failed: task.failed.clone(),
        waits_for: task.waits_for,
        batch: task.batch.map(|batch| batch.to_string()),
        asked: task.asked_at.local(),
        ended: task.finished_at.map(|at| at.local()),
    })
}
