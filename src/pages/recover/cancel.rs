//! "That was not me", from a session that goes on.

use axum::response::Response;

use crate::credential::recovery;
use crate::http::{Failure, urls};
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
    tx.commit().await?;
    if cancelled {
        announce::tell(&here, session.person, News::RecoveryCancelled).await?;
    }
    Ok(here.go(urls::ACCOUNT))
}
