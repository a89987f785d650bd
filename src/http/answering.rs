//! The last step of a request that came from another screen, whichever door the person answers at.

use uuid::Uuid;

use crate::app::App;
use crate::ask::elsewhere::{self, Decision, Outcome, Request};
use crate::base::Visit;
use crate::http::Failure;

/// Settles a request, once: `false` if it was decided before or is over. What lasts is written before the
/// client can see it.
pub async fn answer(
    app: &App,
    visit: &Visit,
    request: &Request,
    by: (Uuid, Uuid),
    outcome: Outcome,
    decision: Decision,
) -> Result<bool, Failure> {
    if !elsewhere::decide(&app.transient, request, visit.now).await? {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    elsewhere::record(&mut tx, &app.keys.data(), visit, request, by, outcome).await?;
    tx.commit().await?;
    elsewhere::publish(&app.transient, request, &decision, visit.now).await?;
    app.waiting.ring(request.id);
    if request.back_channel.is_some() {
        app.ping_queued.notify_one();
    }
    Ok(true)
}
