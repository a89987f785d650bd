//! What waits for the person's answer, and whom they do not want to be asked by.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use super::device::begin;
use super::here::{Here, Posted};
use super::view::{ApprovalRow, Approvals, BlockedRow};
use crate::ask::elsewhere::{self, Request};
use crate::http::{Failure, urls};
use crate::session::Session;

/// Seconds after which the page looks again.
const AGAIN: HeaderValue = HeaderValue::from_static("10");

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut rows = Vec::new();
    for request in waiting(&here, session).await? {
        rows.extend(row(&here, request).await?);
    }
    let mut blocked = Vec::new();
    for (client, until) in elsewhere::blocked(&mut &here.app.db, session.person, here.visit.now).await? {
        let known = here.app.client(&client).await?;
        let service = known.map_or_else(|| client.clone(), |known| known.metadata.client_name.clone());
        blocked.push(BlockedRow { client, service, until: until.day() });
    }
    let page = Approvals { rows, blocked };
    let mut response = here.page(StatusCode::OK, page.render(&here.frame()?));
    response.headers_mut().insert(header::REFRESH, AGAIN);
    Ok(response)
}

/// One of them, to be answered here.
pub async fn open(Path(id): Path<Uuid>, here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    match waiting(&here, session).await?.iter().find(|request| request.id == id) {
        Some(request) => begin(&here, request).await,
        None => Ok(here.go(urls::APPROVALS)),
    }
}

/// Lets somebody ask again who was not to.
pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let client = form.get("client").ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let mut tx = here.app.db.begin().await?;
    elsewhere::unblock(&mut tx, &here.app.keys.data(), &here.visit, session.person, client).await?;
    tx.commit().await?;
    Ok(here.go(urls::APPROVALS))
}

async fn waiting(here: &Here, session: &Session) -> Result<Vec<Request>, Failure> {
    Ok(elsewhere::waiting(&here.app.transient, session.person).await?)
}

async fn row(here: &Here, request: Request) -> Result<Option<ApprovalRow>, Failure> {
    let Some(client) = here.app.client(&request.ask.client_id).await? else { return Ok(None) };
    Ok(Some(ApprovalRow {
        address: urls::approval(request.id),
        service: client.metadata.client_name.clone(),
        place: request.terminal.map(|terminal| terminal.place),
        matter: request.matter,
        until: request.expires_at.local(),
    }))
}
