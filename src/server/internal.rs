//! The internal port: metrics, and the simulated SMS. Nobody but the operators' machines reaches it.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Deserialize;
use serde_json::{Value, json};

use super::metrics;
use crate::app::App;
use crate::base::Phone;
use crate::http::urls;
use crate::outbound::SentSms;

pub fn router(app: &App, recorder: PrometheusHandle) -> Router {
    let shown = move |State(app): State<App>| async move {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics::render(&app, &recorder))
    };
    let mut router = Router::new().route(urls::METRICS, get(shown));
    if app.config.danger.simulate_sms {
        router = router.route("/sms", get(sms));
    }
    router.with_state(app.clone())
}

#[derive(Deserialize)]
struct Wanted {
    phone: Option<String>,
}

/// The messages of the simulated outbox, newest first: all, or those to `phone`.
async fn sms(State(app): State<App>, Query(wanted): Query<Wanted>) -> Response {
    let phone = match wanted.phone.as_deref().map(Phone::parse).transpose() {
        Ok(phone) => phone,
        Err(error) => {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response();
        }
    };
    let messages: Vec<Value> = app.sms.outbox(phone.as_ref()).iter().map(shown).collect();
    Json(messages).into_response()
}

/// `at` in seconds since 1970.
fn shown(sms: &SentSms) -> Value {
    json!({ "at": sms.at.seconds(), "phone": sms.phone.as_str(), "text": sms.text })
}
