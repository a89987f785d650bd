//! The person's licences, fetched from another system with the person's own access token.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::challenge::Challenge;
use clients_example::licence::LicenceList;
use clients_example::page::page;
use openidconnect::AccessToken;

use crate::Hall;

#[derive(Template)]
#[template(path = "licence.html")]
struct LicencePage<'a> {
    title: &'a str,
    department: &'a str,
    answer: Answer,
}

enum Answer {
    Given(LicenceList),
    /// The library wants to be surer who this is.
    NeedsTrust(u8),
    /// The token is no longer good: sign in again.
    Expired,
    /// This system may not ask that.
    NotAllowed(String),
    Unavailable,
}

/// `GET /licence`
pub async fn show(State(hall): State<Arc<Hall>>, headers: HeaderMap) -> Response {
    let Some(person) = hall.sessions.person(&headers) else {
        return Redirect::to("/").into_response();
    };
    let answer = ask(&hall, &person.signed_in.access_token).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the licence library gave no answer");
        Answer::Unavailable
    });
    page(StatusCode::OK, &LicencePage { title: &hall.title, department: &hall.department, answer })
}

async fn ask(hall: &Hall, token: &AccessToken) -> Result<Answer, reqwest::Error> {
    let mut url = hall.licences.clone();
    url.set_path("/licences");
    let answer = hall.http.0.get(url).bearer_auth(token.secret()).send().await?;
    if answer.status().is_success() {
        return Ok(Answer::Given(answer.json().await?));
    }
    let header = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let challenge = header.map(Challenge::parse).unwrap_or_default();
    Ok(match (challenge.error.as_deref(), challenge.trust_level) {
        (Some(Challenge::INSUFFICIENT_AUTHENTICATION), Some(level)) => Answer::NeedsTrust(level),
        (Some(Challenge::INVALID_TOKEN), _) => Answer::Expired,
        (Some(error), _) => Answer::NotAllowed(error.to_owned()),
        (None, _) => Answer::Unavailable,
    })
}
