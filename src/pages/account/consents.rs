//! What relying systems may know: told of by law, or agreed to and taken back here.

use axum::http::StatusCode;
use axum::response::Response;

use super::names_of;
use crate::client::LegalBasis;
use crate::grant;
use crate::http::{Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::{ConsentRow, Consents};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut rows = Vec::new();
    for given in grant::consents_of(&mut &here.app.db, session.person).await? {
        let service = here.app.client(&given.client).await?;
        let metadata = service.as_ref().map(|client| &client.metadata);
        rows.push(ConsentRow {
            client: given.client.clone(),
            capacity: given.capacity.to_string(),
            service: metadata.map_or(given.client, |metadata| metadata.client_name.clone()),
            department: metadata.and_then(|metadata| metadata.department.clone()),
            fields: names_of(given.allowed),
            day: given.given_at.day(),
            by_law: given.basis == LegalBasis::Statutory,
        });
    }
    Ok(here.page(StatusCode::OK, Consents { rows }.render(&here.frame()?)))
}

pub async fn withdraw(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let unknown = || Failure::bad_request("invalid_request");
    let client = form.get("client").ok_or_else(unknown)?;
    let capacity = form.get("capacity").and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
    let mut tx = here.app.db.begin().await?;
    let whose = (session.person, capacity);
    if grant::withdraw_consent(&mut tx, &here.app.keys.data(), &here.visit, whose, client).await? {
        tx.commit().await?;
    }
    Ok(here.go(urls::ACCOUNT_CONSENTS))
}
