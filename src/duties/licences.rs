//! Electronic business licences by which somebody came to act for an enterprise: one that its authority has taken back, or
//! that nobody believed stands for any more, ends the mandate, and with it the tokens that rest on it.

use crate::app::App;
use crate::base::Actor;
use crate::crypto::certificate::{Authorities, Distrust};
use crate::logout;
use crate::mandate::{self, DueLicence};

/// Licences in one look at the database.
const STEP: u32 = 100;

/// Looks at each licence that was not looked at since the last turn; tells how many mandates ended. Where no authority
/// is configured, nothing is concluded.
pub async fn check_licences(app: &App) -> anyhow::Result<usize> {
    let Some(authorities) = &app.authorities else { return Ok(0) };
    let began = app.clock.now();
    let mut ended = 0;
    loop {
        let due = mandate::licences_to_check(&mut &app.db, &app.keys.data(), began, STEP).await?;
        if due.is_empty() {
            return Ok(ended);
        }
        for licence in due {
            ended += usize::from(check(app, authorities, licence).await?);
        }
    }
}

async fn check(app: &App, authorities: &Authorities, licence: DueLicence) -> anyhow::Result<bool> {
    let visit = app.visit_of(Actor::Duty("licences"));
    let keys = app.keys.data();
    let verdict = match &licence.chain {
        Some(chain) => authorities.check(chain, visit.now),
        None => Err(Distrust::Missing),
    };
    let mut tx = app.db.begin().await?;
    mandate::note_licence_check(&mut tx, &visit, licence.mandate).await?;
    let mut ended = false;
    match verdict {
        Ok(()) => {}
        // A list that is over says nothing of any licence.
        Err(why @ Distrust::Lists(_)) => {
            tracing::warn!(mandate = %licence.mandate, %why, "a licence could not be looked at");
        }
        Err(why) => {
            tracing::info!(mandate = %licence.mandate, %why, "a licence is good no more: its mandate ends");
            if let Some(found) = mandate::find(&mut tx, &keys, licence.mandate).await? {
                ended = mandate::end(&mut tx, &keys, &visit, &found, "licence").await?;
                logout::end_mandate(&mut tx, &keys, &visit, &found).await?;
            }
        }
    }
    tx.commit().await?;
    if ended {
        app.logout_queued.notify_one();
    }
    Ok(ended)
}
