//! The public port.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::{bare, health};
use crate::app::App;
use crate::http::{door, urls};
use crate::{oidc, pages};

/// The longest body: forms and client metadata are all that is sent here.
const LONGEST_BODY: usize = 64 * 1024;
/// Longer than the slowest register and the longest queue for a hash.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// All that the public port answers. Layers are read from the last to the first.
pub fn router(app: &App) -> Router {
    Router::new()
        .merge(oidc::routes(app))
        .merge(pages::routes())
        .route(urls::ALIVE, get(health::alive))
        .route(urls::READY, get(health::ready))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WITHIN))
        .layer(catch_panics())
        .layer(from_fn(bare::dress))
        .layer(from_fn_with_state(app.clone(), pages::draw_failures))
        .layer(from_fn_with_state(app.clone(), door::enter))
        .with_state(app.clone())
}

type OnPanic = fn(Box<dyn Any + Send>) -> Response;

/// A panic ends one request, not the process, and its words stay here: they may quote the request.
pub(super) fn catch_panics() -> CatchPanicLayer<OnPanic> {
    CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
