//! One passkey: its name, and its end.

use axum::http::StatusCode;
use axum::response::Response;

use super::announce::News;
use super::{gate, remove, shown};
use crate::audit::{self, About, Event};
use crate::credential::factors::Removal;
use crate::credential::{Holder, passkey};
use crate::crypto::from_base64url;
use crate::http::{Failure, Params, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::EditPasskey;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let (text, id) = named(&here.query)?;
    let all = passkey::list(&mut &here.app.db, Holder::Person(session.person)).await?;
    let found = all.into_iter().find(|passkey| passkey.credential_id == id);
    let page = EditPasskey { id: text, passkey: shown(found.ok_or_else(unknown)?), faults: Vec::new() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

pub async fn rename(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let (_, id) = named(&form)?;
    let mut tx = here.app.db.begin().await?;
    let name = form.get("name").unwrap_or_default();
    if !passkey::rename(&mut tx, Holder::Person(session.person), &id, name).await? {
        return Err(unknown());
    }
    let about = About { person: Some(session.person), client: None };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, Event::PasskeyRenamed, about).await?;
    tx.commit().await?;
    Ok(here.go(&here.along(urls::FACTORS)))
}

pub async fn take_away(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let (_, id) = named(&form)?;
    remove(&here, session, Removal::Passkey(&id), News::PasskeyRemoved).await
}

/// The credential's id, as it was sent and in bytes.
fn named(params: &Params) -> Result<(String, Vec<u8>), Failure> {
    let text = params.get("id").unwrap_or_default();
    Ok((text.to_owned(), from_base64url(text).ok_or_else(unknown)?))
}

/// Somebody else's passkey is as unknown as one that never was.
fn unknown() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "not_found")
}
