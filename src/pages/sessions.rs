//! Where the person is signed in, and the end of it.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::here::{Here, Posted};
use super::view::{AppRow, SessionRow, Sessions, TerminalRow};
use crate::grant;
use crate::http::{Failure, urls};
use crate::logout::{self, sid};
use crate::session::{self, OwnSession, Session};
use crate::terminal;

/// What an app is called in the form: with its client id behind.
const APP: &str = "app:";

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let ended = here.query.get("ended").and_then(|number| number.parse().ok());
    let apps = apps(&here, session.person).await?;
    let terminals = terminals(&here, session.person).await?;
    let page = Sessions { sessions: rows(&here, session).await?, apps, terminals, ended };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// Ends one session, all but this one, or what an app keeps. What outlives a session by itself does not outlive
/// this: whoever looks for the lost phone in this list means all that is on it.
pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let wanted = form.get("end").ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let (keys, visit, person) = (here.app.keys.data(), &here.visit, session.person);
    let mut tx = here.app.db.begin().await?;
    let mut offline = grant::offline(&mut tx, visit, person).await?;
    let ended = if wanted == "others" {
        offline.retain(|grant| grant.session != session.id);
        logout::end_all(&mut tx, &keys, visit, person, Some(session.id), "person").await?
    } else if let Some(client) = wanted.strip_prefix(APP) {
        offline.retain(|grant| !grant.in_session && grant.client == client);
        u64::from(!offline.is_empty())
    } else {
        // Only among their own: a handle of somebody else's session is that of no session.
        let own = session::list(&mut tx, visit, person, &here.app.config).await?;
        let own = own.iter().find(|own| handle(own.id, person) == wanted);
        offline.retain(|grant| Some(grant.session) == own.map(|own| own.id));
        match own {
            Some(own) => {
                let ended = logout::end(&mut tx, &keys, visit, own.id, person, "person").await?;
                u64::from(ended.is_some())
            }
            None => 0,
        }
    };
    for grant in offline {
        grant::revoke(&mut tx, &keys, visit, grant.id, &grant.client).await?;
    }
    tx.commit().await?;
    here.app.logout_queued.notify_one();
    Ok(here.go(&format!("{}?ended={ended}", urls::ACCOUNT_SESSIONS)))
}

/// The apps in which the person stays signed in although the session is over, each once.
async fn apps(here: &Here, person: Uuid) -> Result<Vec<AppRow>, Failure> {
    let mut rows: Vec<AppRow> = Vec::new();
    for grant in grant::offline(&mut &here.app.db, &here.visit, person).await? {
        let handle = format!("{APP}{}", grant.client);
        if grant.in_session || rows.iter().any(|row| row.handle == handle) {
            continue;
        }
        let client = here.app.client(&grant.client).await?;
        rows.push(AppRow {
            since: grant.since().local(),
            name: client.map_or(grant.client, |client| client.metadata.client_name.clone()),
            handle,
        });
    }
    Ok(rows)
}

/// The machines the person was signed in at.
async fn terminals(here: &Here, person: Uuid) -> Result<Vec<TerminalRow>, Failure> {
    let mut rows = Vec::new();
    for visit in session::terminals_used(&mut &here.app.db, person).await? {
        rows.push(TerminalRow {
            place: place(here, visit.terminal).await?.unwrap_or_default(),
            since: visit.started_at.local(),
            until: visit.ended_at.map(|at| at.local()),
        });
    }
    Ok(rows)
}

async fn place(here: &Here, id: Uuid) -> Result<Option<String>, Failure> {
    let found = terminal::find(&mut &here.app.db, &here.app.keys.data(), id).await?;
    Ok(found.map(|terminal| terminal.place))
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
        let place = match session.terminal {
            Some(id) => place(here, id).await?,
            None => None,
        };
        rows.push(row(session, this, place, services));
    }
    Ok(rows)
}

fn row(session: OwnSession, this: &Session, place: Option<String>, services: Vec<String>) -> SessionRow {
    SessionRow {
        handle: handle(session.id, this.person),
        is_this: session.id == this.id,
        channel: session.channel,
        place,
        device: session.device,
        network: session.network,
        since: session.started_at.local(),
        last_used: session.seen_at.local(),
        lent: session.lent,
        services,
    }
}

/// The session's name in this person's form: its id stays in the house.
pub(super) fn handle(session: Uuid, person: Uuid) -> String {
    sid(session, "own", &person.to_string())
}
