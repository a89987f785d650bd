//! Deeds of counters whose day has passed without an objection.

use crate::app::App;
use crate::base::Actor;
use crate::operator::counter;
use crate::operator::{Error, Refused};

/// Carries out what is due; tells how many.
pub async fn carry_out_deeds(app: &App) -> anyhow::Result<usize> {
    let visit = app.visit_of(Actor::Duty("deeds"));
    let keys = app.keys.data();
    let mut done = 0;
    for deed in counter::due(&mut &app.db, &keys, visit.now).await? {
        let mut tx = app.db.begin().await?;
        match counter::carry_out(&mut tx, &app.keys, &visit, &deed, false, &app.config.trust).await {
            Ok(_) => {
                tx.commit().await?;
                done += 1;
            }
            // The owner called it off at this moment.
            Err(Error::Refused(Refused::Changed)) => {}
            Err(error) => tracing::error!(%error, deed = %deed.id, "a deed was not carried out"),
        }
    }
    Ok(done)
}
