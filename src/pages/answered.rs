//! What the person has answered on requests of other screens, and the end of what still goes on.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::account::names_of;
use super::here::Here;
use super::sessions::handle;
use super::view::{Answered, AnsweredRow};
use crate::ask::elsewhere;
use crate::grant;
use crate::http::{Failure, urls};
use crate::session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let (mut read, person) = (&here.app.db, session.person);
    let before = here.query.get("before").and_then(|id| id.parse().ok()).unwrap_or(Uuid::max());
    let answers = elsewhere::answered(&mut read, person, before).await?;
    let older = answers.last().filter(|_| answers.len() == elsewhere::ANSWERED_AT_ONCE).map(|last| last.id);
    let alive = session::list(&mut read, &here.visit, person, &here.app.config).await?;
    let sessions = grant::sessions_of(&mut read, person).await?;
    let mut rows = Vec::new();
    for answer in answers {
        let client = here.app.client(&answer.client).await?;
        // The grant that came of it has the request's id.
        let goes_on = sessions.iter().find(|(grant, own)| {
            *grant == answer.id && *own != session.id && alive.iter().any(|alive| alive.id == *own)
        });
        rows.push(AnsweredRow {
            service: client.map_or(answer.client, |client| client.metadata.client_name.clone()),
            place: Some(answer.place).filter(|place| !place.is_empty()),
            matter: Some(answer.matter).filter(|matter| !matter.is_empty()),
            fields: names_of(answer.scopes),
            outcome: answer.outcome,
            at: answer.answered_at.local(),
            handle: goes_on.map(|(_, own)| handle(*own, person)),
        });
    }
    let older = older.map(|id| format!("{}?before={id}", urls::ACCOUNT_ANSWERED));
    Ok(here.page(StatusCode::OK, Answered { rows, older }.render(&here.frame()?)))
}
