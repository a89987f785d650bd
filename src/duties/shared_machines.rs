//! Sessions at kiosks and counters in which nobody is any more: the person has left, or the machine has lost contact.

use crate::app::App;
use crate::base::Actor;
use crate::logout;

/// Ends those that are due; tells how many.
pub async fn end_idle(app: &App) -> anyhow::Result<usize> {
    let mut all = 0;
    loop {
        let visit = app.visit_of(Actor::Duty("shared-machines"));
        let mut tx = app.db.begin().await?;
        let ended = logout::end_idle(&mut tx, &app.keys.data(), &visit, &app.config).await?;
        tx.commit().await?;
        all += ended;
        if ended == 0 {
            return Ok(all);
        }
        app.logout_queued.notify_one();
    }
}
