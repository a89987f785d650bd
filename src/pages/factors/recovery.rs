//! Recovery codes: made on demand, shown once.

use axum::http::StatusCode;
use axum::response::Response;

use super::announce::{self, News};
use super::gate;
use crate::credential::recovery_code;
use crate::http::{Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::RecoveryCodes;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (_, owned) = match gate(&here, urls::FACTORS_RECOVERY).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let page = RecoveryCodes { fresh: Vec::new(), left: owned.recovery_codes };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// The answer to the form is the only page that shows the codes: there is no address to see them again.
pub async fn make(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS_RECOVERY).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut tx = here.app.db.begin().await?;
    let fresh = recovery_code::make(&mut tx, &here.app.keys.data(), &here.visit, session.person).await?;
    tx.commit().await?;
    announce::tell(&here, session.person, News::RecoveryCodesMade).await?;
    let page = RecoveryCodes { fresh, left: recovery_code::MANY };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}
