//! Where the person is signed in, and the end of it.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::here::{Here, Posted};
use super::view::{SessionRow, Sessions};
use crate::grant;
use crate::http::{Failure, urls};
use crate::logout::{self, sid};
use crate::session::{self, OwnSession, Session};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let ended = here.query.get("ended").and_then(|number| number.parse().ok());
    let page = Sessions { sessions: rows(&here, session).await?, ended };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// Ends one session, or all but this one.
pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let wanted = form.get("end").ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let (keys, visit, person) = (here.app.keys.data(), &here.visit, session.person);
    let mut tx = here.app.db.begin().await?;
    let ended = if wanted == "others" {
        logout::end_all(&mut tx, &keys, visit, person, Some(session.id), "person").await?
    } else {
        // Only among their own: a handle of somebody else's session is that of no session.
        let own = session::list(&mut tx, visit, person, &here.app.config).await?;
        match own.iter().find(|own| handle(own.id, person) == wanted) {
            Some(own) => {
                let ended = logout::end(&mut tx, &keys, visit, own.id, person, "person").await?;
                u64::from(ended.is_some())
            }
            None => 0,
        }
    };
    tx.commit().await?;
    here.app.logout_queued.notify_one();
    Ok(here.go(&format!("{}?ended={ended}", urls::ACCOUNT_SESSIONS)))
}

async fn rows(here: &Here, this: &Session) -> Result<Vec<SessionRow>, Failure> {
    let mut read = &here.app.db;
    let sessions = session::list(&mut read, &here.visit, this.person, &here.app.config).await?;
    let used = grant::clients_of(&mut read, this.person).await?;
    let mut rows = Vec::new();
    for session in sessions {
        let mut services = Vec::new();
        for (_, client) in used.iter().filter(|(id, _)| *id == session.id) {
            if let Some(client) = here.app.client(client).await? {
                services.push(client.metadata.client_name.clone());
            }
        }
        services.dedup();
        rows.push(row(session, this, services));
    }
    Ok(rows)
}

fn row(session: OwnSession, this: &Session, services: Vec<String>) -> SessionRow {
    SessionRow {
        handle: handle(session.id, this.person),
        is_this: session.id == this.id,
        channel: session.channel,
        device: session.device,
        network: session.network,
        since: session.started_at.local(),
        last_used: session.seen_at.local(),
        services,
    }
}

/// The session's name in this person's form: its id stays in the house.
fn handle(session: Uuid, person: Uuid) -> String {
    sid(session, "own", &person.to_string())
}
