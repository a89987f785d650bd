//! Being told by the provider that a session has ended there (OpenID Connect Back-Channel Logout 1.0).

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::Hall;

#[derive(Deserialize)]
pub struct Told {
    logout_token: String,
}

/// `POST /backchannel-logout`, from the provider and not from a browser: no cookie comes with it.
pub async fn hear(State(hall): State<Arc<Hall>>, Form(told): Form<Told>) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match hall.relying_party.logged_out(&told.logout_token).await {
        Ok(ended) => {
            let sessions = hall.sessions.end(&ended);
            tracing::info!(sessions, "the provider says that a session has ended");
            (StatusCode::OK, no_store).into_response()
        }
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "a logout token was not accepted");
            let body =
                json!({"error": "invalid_request", "error_description": "the logout token is not good"});
            (StatusCode::BAD_REQUEST, no_store, axum::Json(body)).into_response()
        }
    }
}
