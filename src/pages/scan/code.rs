//! The screen's side: a code, the number beside it, and by and by what the phone said. The page asks by itself
//! every few seconds, and needs no script for it.

use axum::http::{StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use crate::ask::Matching;
use crate::ask::scan::{self, Answer, Scan, Standing};
use crate::credential::Proof;
use crate::http::{Failure, urls};
use crate::pages::here::Here;
use crate::pages::sign_in::{self, Lent};
use crate::pages::view::{ScanCode, ScanState};
use crate::session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    if !sign_in::is_wanted(&here).await? {
        return Ok(here.go(&here.onward()));
    }
    let Some(id) = here.query.get("scan").and_then(|id| id.parse().ok()) else { return begin(&here).await };
    match scan::look(&here.app.transient, id, here.browser.id).await? {
        Standing::Shown(scan) => page(&here, ScanState::Shown { code: address(&here, scan.id) }, Some(scan)),
        Standing::Opened(scan) => page(&here, ScanState::Opened, Some(scan)),
        Standing::Answered(Answer::Denied) => page(&here, ScanState::Denied, None),
        Standing::Answered(Answer::Lent { person, session, two_factors }) => {
            enter(&here, person, session, two_factors).await
        }
        Standing::Over => page(&here, ScanState::Over, None),
    }
}

/// A fresh code, under an address of its own, so that the page can ask again.
async fn begin(here: &Here) -> Result<Response, Failure> {
    let (app, now) = (&here.app, here.visit.now);
    let scan = Scan {
        id: app.chance.id(),
        browser: here.browser.id,
        device: here.device.to_string(),
        network: session::network(here.visit.address),
        client: here.way.as_ref().map(|way| way.client.id.clone()),
        matching: Matching::draw(&app.chance),
        asked_at: now,
        expires_at: now.plus(scan::LIFE),
    };
    scan::keep(&app.transient, &scan).await?;
    let to = here.along(urls::SIGN_IN_SCAN);
    let separator = if to.contains('?') { '&' } else { '?' };
    Ok(here.go(&format!("{to}{separator}scan={}", scan.id)))
}

async fn enter(here: &Here, person: Uuid, lender: Uuid, two_factors: bool) -> Result<Response, Failure> {
    let lent = Lent { by: lender, proof: Proof::Phone { two_factors } };
    let Some(cookies) = sign_in::begin_lent_session(here, person, lent).await? else {
        // The phone has signed out in the meantime.
        return page(here, ScanState::Over, None);
    };
    let mut response = here.go(&here.onward());
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn page(here: &Here, state: ScanState, scan: Option<Scan>) -> Result<Response, Failure> {
    let number = scan.map(|scan| scan.matching.number);
    let page = ScanCode { state, number, again: here.along(urls::SIGN_IN_SCAN) };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// What the code says.
fn address(here: &Here, id: Uuid) -> String {
    format!("{}{}", here.app.config.issuer(), urls::scan(id))
}
