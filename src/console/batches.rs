//! What runs of merging have linked, and taking it back.

use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::desk::Desk;
use super::names::{self, who};
use super::rights::{Decider, Form, Overseer};
use crate::app::undo_batch;
use crate::http::{Failure, urls};
use crate::legacy::merge::{self, Batch, BatchState};
use crate::legacy::undo::{self, Asked, Deciding};
use crate::legacy::{self, Source};
use crate::operator::{OperatorSession, Role};
use crate::view::console_sources::{BatchRow, Undone};
use crate::view::{ConsoleBatch, ConsoleBatches, Fault};

/// Batches of one page.
const PAGE: usize = 50;
/// So long somebody waits for a batch to be taken back; then a duty goes on with it.
const AT_ONCE: Duration = Duration::from_secs(3);

pub async fn list(Overseer { desk, .. }: Overseer, Path(name): Path<String>) -> Result<Response, Failure> {
    let source = names::source(&desk, &name).await?;
    let before = desk.query.get("before").and_then(|id| id.parse().ok()).unwrap_or(Uuid::max());
    let mut found = merge::batches(&mut &desk.app.db, source.id, before).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| {
        let id = last.id.to_string();
        names::address(&names::source_address(&source.name, "/batches"), &[("before", &id)])
    });
    let mut rows = Vec::new();
    for batch in found {
        rows.push(BatchRow {
            id: batch.id.to_string(),
            state: batch.state,
            began: batch.started_at.local(),
            links: batch.links,
            by: who(&desk, &batch.by).await?,
        });
    }
    let page = ConsoleBatches { name: source.name, title: source.title, rows, next };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}

pub async fn show(Overseer { desk, session }: Overseer, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    page(&desk, &session, StatusCode::OK, id, "", Vec::new()).await
}

async fn page(
    desk: &Desk,
    session: &OperatorSession,
    status: StatusCode,
    id: Uuid,
    reason: &str,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let mut read = &desk.app.db;
    let batch = merge::find_batch(&mut read, id).await?.ok_or_else(names::missing)?;
    let source = Source::load(&mut read, batch.source).await?.ok_or_else(names::missing)?;
    let expected = match batch.state {
        BatchState::Running | BatchState::Done | BatchState::UndoProposed => {
            undo::expect_batch(&mut read, id).await?
        }
        BatchState::Undoing | BatchState::Undone => undo::Expected::default(),
    };
    let own = desk.visit.actor.to_string();
    let proposal = match (&batch.undo.proposed_by, batch.state) {
        (Some(by), BatchState::UndoProposed) => Some((who(desk, by).await?, *by == own)),
        _ => None,
    };
    let undo_by = match &batch.undo.by {
        Some(by) => Some(who(desk, by).await?),
        None => None,
    };
    let page = ConsoleBatch {
        id: id.to_string(),
        source: source.name,
        title: source.title,
        state: batch.state,
        by: who(desk, &batch.by).await?,
        began: batch.started_at.local(),
        ended: batch.finished_at.map(|at| at.local()),
        links: batch.links,
        made: batch.made,
        held: batch.held,
        dormant: expected.dormant,
        live: expected.live,
        refused: expected.refused,
        proposal,
        undo_by,
        undone: undone(&batch),
        undo_reason: batch.undo.reason,
        may_undo: session.role == Role::Decider,
        two_operators: desk.app.config.legacy.two_operators_to_undo,
        reason: reason.to_owned(),
        faults,
    };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

fn undone(batch: &Batch) -> Option<Undone> {
    if !matches!(batch.state, BatchState::Undoing | BatchState::Undone) {
        return None;
    }
    let undone = batch.undo.undone.clone();
    Some(Undone {
        links: undone.links,
        removed: undone.removed,
        unclaimed: undone.unclaimed,
        sessions: undone.sessions_ended,
        refused: undone.refused,
        disclosed: undone.disclosed,
    })
}

/// Takes it back, or proposes to, or confirms that.
pub async fn undo(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, session }, form }: Form<Decider>,
) -> Result<Response, Failure> {
    let typed = form.get("reason").unwrap_or_default();
    let app = &desk.app;
    let two_operators = app.config.legacy.two_operators_to_undo;
    let deciding = Deciding { reason: typed, two_operators, go_on: true };
    let mut tx = app.db.begin().await?;
    let asked = undo::ask_batch(&mut tx, &app.keys.data(), &desk.visit, id, deciding).await;
    let fault = match asked {
        Ok(Asked::Proposed) => {
            tx.commit().await?;
            return Ok(desk.go(&urls::console_batch(id)));
        }
        Ok(Asked::Begun(batch)) => {
            tx.commit().await?;
            match undo_batch(app, &desk.visit, *batch, Some(AT_ONCE)).await {
                // A duty goes on with what another process has in hand.
                Ok(_) | Err(legacy::Error::Changed) => {}
                Err(other) => return Err(other.into()),
            }
            return Ok(desk.go(&urls::console_batch(id)));
        }
        Err(legacy::Error::NoBatch) => return Err(names::missing()),
        Err(legacy::Error::NoReason) => Fault::ReasonMissing,
        Err(legacy::Error::NumberInReason) => Fault::ReasonNumber,
        Err(legacy::Error::SameOperator) => Fault::CaseSameOperator,
        Err(legacy::Error::Undone | legacy::Error::Changed) => Fault::CaseOver,
        Err(other) => return Err(other.into()),
    };
    drop(tx);
    page(&desk, &session, StatusCode::UNPROCESSABLE_ENTITY, id, typed, vec![fault]).await
}

/// It stays as it is, although somebody proposed to take it back.
pub async fn keep(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, .. }, .. }: Form<Decider>,
) -> Result<Response, Failure> {
    let mut tx = desk.app.db.begin().await?;
    match undo::withdraw(&mut tx, &desk.app.keys.data(), &desk.visit, id).await {
        Ok(()) => tx.commit().await?,
        // The page says what is.
        Err(legacy::Error::Changed) => {}
        Err(other) => return Err(other.into()),
    }
    Ok(desk.go(&urls::console_batch(id)))
}
