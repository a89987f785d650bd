//! Sign-out, asked for here or by a relying system that could not show whom it meant.

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{SignOut, SignedOut, content_security_policy, origin};
use crate::client::Client;
use crate::grant;
use crate::http::{Failure, Params, cookies, parting, urls};
use crate::logout::{self, Farewell, Leaving};
use crate::session::Session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let leaving = leaving(&here, &here.query).await?;
    let Some(session) = &here.session else {
        return nobody(&here, leaving).await;
    };
    let service = service(&here, session, &leaving).await?;
    let page = SignOut {
        leaving: here.query.get("leaving").map(str::to_owned),
        service: service.map(|client| client.metadata.client_name.clone()),
        stay: urls::ACCOUNT.to_owned(),
    };
    // The answer to the form leads to the relying system.
    let policy = content_security_policy(leaving.back.as_deref().and_then(origin).as_deref(), &[]);
    Ok(here.page_under(&policy, StatusCode::OK, page.render(&here.frame()?)))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let leaving = leaving(&here, &form).await?;
    let Some(session) = &here.session else {
        return nobody(&here, leaving).await;
    };
    let (keys, visit) = (here.app.keys.data(), &here.visit);
    // Whatever else the form says ends everything: nobody leaves a shared computer signed in by mistake. But
    // who chose one service, and took too long for us to know which, did not choose that.
    let only = match form.get("decision") {
        Some("service") => Some(service(&here, session, &leaving).await?.ok_or_else(Failure::expired)?),
        _ => None,
    };
    let mut tx = here.app.db.begin().await?;
    if let Some(client) = only {
        let farewell = logout::end_at(&mut tx, &keys, visit, session.id, session.person, &client.id).await?;
        tx.commit().await?;
        let leaving = Leaving { stays: true, ..leaving };
        return Ok(here.go(&parting::onward(&here.app, leaving, &farewell).await?));
    }
    let ended = logout::end(&mut tx, &keys, visit, session.id, session.person, "person").await?;
    tx.commit().await?;
    leave(&here, leaving, &ended.unwrap_or_default()).await
}

/// Nobody is signed in here. Somebody may have been until lately, and be signed in elsewhere still.
async fn nobody(here: &Here, leaving: Leaving) -> Result<Response, Failure> {
    let Some(over) = here.over else { return leave(here, leaving, &Farewell::default()).await };
    let mut tx = here.app.db.begin().await?;
    let ended = logout::end_over(&mut tx, &here.app.keys.data(), &here.visit, over).await?;
    tx.commit().await?;
    leave(here, leaving, &ended.unwrap_or_default()).await
}

async fn leave(here: &Here, leaving: Leaving, farewell: &Farewell) -> Result<Response, Failure> {
    let mut response = here.go(&parting::onward(&here.app, leaving, farewell).await?);
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_session(&here.app));
    Ok(response)
}

pub async fn done(here: Here) -> Result<Response, Failure> {
    let leaving = leaving(&here, &here.query).await?;
    let client = match &leaving.client {
        Some(id) => here.app.client(id).await?,
        None => None,
    };
    let name = client.map(|client| client.metadata.client_name.clone());
    let page = SignedOut {
        only: name.clone().filter(|_| leaving.stays),
        back_name: name,
        back: leaving.back,
        frames: leaving.frames,
    };
    let mut framed: Vec<String> = page.frames.iter().filter_map(|frame| origin(frame)).collect();
    framed.dedup();
    let policy = content_security_policy(None, &framed);
    Ok(here.page_under(&policy, StatusCode::OK, page.render(&here.frame()?)))
}

/// The sign-out that a relying system began. One that took too long is as good as the person's own.
async fn leaving(here: &Here, params: &Params) -> Result<Leaving, Failure> {
    let found = match params.get("leaving") {
        Some(id) => Leaving::find(&here.app.transient, id).await?,
        None => None,
    };
    Ok(found.unwrap_or_default())
}

/// The relying system that asks, where it has something in this session.
async fn service(
    here: &Here,
    session: &Session,
    leaving: &Leaving,
) -> Result<Option<std::sync::Arc<Client>>, Failure> {
    let Some(id) = &leaving.client else { return Ok(None) };
    let clients = grant::clients_in(&mut &here.app.db, session.id).await?;
    if !clients.iter().any(|signed_in| signed_in.client == *id) {
        return Ok(None);
    }
    Ok(here.app.client(id).await?)
}
