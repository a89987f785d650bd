//! `/healthz`: the process answers. `/readyz`: what it needs answers too.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;

/// A balancer asks again in a few seconds; an answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(3);

pub async fn alive() -> &'static str {
    "alive\n"
}

/// Says which dependency fails. The cause is for the log: this port is public.
pub async fn ready(State(app): State<App>) -> Response {
    let (storage, transient) =
        tokio::join!(answers("storage", app.db.ping()), answers("transient", app.transient.ping()),);
    let ready = storage && transient;
    let word = |answers| if answers { "ok" } else { "failing" };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({ "ready": ready, "storage": word(storage), "transient": word(transient) });
    (status, Json(body)).into_response()
}

async fn answers<E: std::fmt::Display>(name: &str, ping: impl Future<Output = Result<(), E>>) -> bool {
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(dependency = name, %error, "not ready");
            false
        }
        Err(_) => {
            tracing::warn!(dependency = name, "not ready: no answer in {PATIENCE:?}");
            false
        }
    }
}
