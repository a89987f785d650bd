//! Signing out here and at the provider (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::CsrfToken;
use serde::Deserialize;

use crate::Hall;
use crate::home::message;

/// `POST /sign-out`. A cross-site form can't do this to anybody: it would come without the Lax cookie.
pub async fn leave(State(hall): State<Arc<Hall>>, headers: HeaderMap) -> Response {
    let state = CsrfToken::new_random();
    let Some(person) = hall.sessions.sign_out(&headers, state.clone()) else {
        return Redirect::to("/").into_response();
    };
    let mut back_to = hall.base_url.clone();
    back_to.set_path("/signed-out");
    match hall.relying_party.sign_out(&person.signed_in.id_token, &back_to, &state).await {
        Some(url) => Redirect::to(url.as_str()).into_response(),
        None => Redirect::to("/").into_response(),
    }
}

#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    state: String,
}

/// `GET /signed-out`: the provider sends the browser back here.
pub async fn back(
    State(hall): State<Arc<Hall>>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    if !hall.sessions.has_left(&headers, &answer.state) {
        // Somebody's link, or a second visit: say nothing that is not known.
        return Redirect::to("/").into_response();
    }
    message(&hall, StatusCode::OK, "您已安全退出", "在公共电脑上，请同时关闭浏览器窗口。", "")
}
