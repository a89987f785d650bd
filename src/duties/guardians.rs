//! Guardians of those who have turned 14 may do less from that day on. At 18 a guardian's mandate has run out
//! by its date.

use crate::app::App;
use crate::base::Actor;
use crate::mandate;

/// Narrows the mandates that are due; tells how many.
pub async fn narrow_guardians(app: &App) -> anyhow::Result<usize> {
    let visit = app.visit_of(Actor::Duty("guardians"));
    let mut all = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let narrowed = mandate::narrow_guardians(&mut tx, &app.keys.data(), &visit).await?;
        tx.commit().await?;
        all += narrowed;
        if narrowed == 0 {
            return Ok(all);
        }
    }
}
