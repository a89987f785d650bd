//! Accounts of earlier systems: batches that are being taken back, cases that nobody has decided in their time.

use crate::app::{App, run_task, undo_batch};
use crate::base::{Actor, Visit};
use crate::legacy::{cases, merge, task, undo};

/// Goes on with the batches whose undoing was begun at the console; tells how many came to their end.
pub async fn go_on_undoing(app: &App) -> anyhow::Result<usize> {
    let going_on = merge::going_on(&mut &app.db).await?;
    let mut done = 0;
    for batch in going_on {
        // In the name of who confirmed it.
        let by = batch.undo.by.as_deref().and_then(|by| by.strip_prefix("operator:"));
        let actor = match by.and_then(|id| id.parse().ok()) {
            Some(operator) => Actor::Operator(operator),
            None => Actor::Duty("undoing"),
        };
        let visit: Visit = app.visit_of(actor);
        undo_batch(app, &visit, batch, None).await?;
        done += 1;
    }
    Ok(done)
}

/// Does what was asked for at the console: matches, merges. Tells how many tasks came to their end.
pub async fn go_on_with_tasks(app: &App) -> anyhow::Result<usize> {
    let mut done = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let taken = task::take(&mut tx, &app.visit_of(Actor::Duty("tasks"))).await?;
        let Some(task) = taken else { return Ok(done) };
        tx.commit().await?;
        run_task(app, task).await?;
        done += 1;
    }
}

/// Notes which cases have passed their deadline, so that somebody hears of it; tells how many. Also lets go of what was
/// linked to accounts that better proof has displaced.
pub async fn raise_cases(app: &App) -> anyhow::Result<usize> {
    let visit = app.visit_of(Actor::Duty("cases"));
    let mut all = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let raised = cases::raise(&mut tx, &app.keys.data(), &visit).await?;
        tx.commit().await?;
        all += raised;
        if raised == 0 {
            break;
        }
    }
    let mut tx = app.db.begin().await?;
    if undo::let_go_of_displaced(&mut tx, &app.keys.data(), &visit).await? > 0 {
        tx.commit().await?;
        app.logout_queued.notify_one();
    }
    let overdue = cases::overdue(&mut &app.db, visit.now).await?;
    metrics::gauge!("yihao_cases_overdue").set(overdue as f64);
    if all > 0 {
        tracing::warn!(cases = all, overdue, "cases have passed their deadline");
    }
    Ok(all)
}
