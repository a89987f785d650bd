//! "That was not me", from a session that goes on.

use axum::response::Response;

use crate::credential::recovery;
use crate::http::{Failure, urls};
use crate::operator::counter;
use crate::pages::factors::announce::{self, News};
use crate::pages::here::Posted;

pub async fn submit(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut tx = here.app.db.begin().await?;
    let keys = here.app.keys.data();
    let cancelled = recovery::cancel(&mut tx, &keys, &here.visit, session.person).await?;
    // What a counter was asked for waits for its day under the same button.
    let at_counter = counter::cancel_deeds(&mut tx, &keys, &here.visit, session.person).await?;
    tx.commit().await?;
    if cancelled || at_counter > 0 {
        announce::tell(&here, session.person, News::RecoveryCancelled).await?;
    }
    Ok(here.go(urls::ACCOUNT))
}
