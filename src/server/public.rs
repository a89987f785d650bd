//! The public port.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::bare::{self, Asker};
use super::health;
use crate::app::App;
use crate::http::door::Arrival;
use crate::http::urls;
use crate::{console, oidc, pages};

/// The longest body: forms and client metadata are all that is sent here.
const LONGEST_BODY: usize = 64 * 1024;
/// Longer than the slowest register, the longest queue for a hash, and the question that waits longest for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// All that the public port answers.
pub fn router(app: &App) -> Router {
    Router::new()
        .merge(oidc::routes(app))
        .merge(pages::routes())
        .merge(console::routes())
        .route(urls::ALIVE, get(health::alive))
        .route(urls::READY, get(health::ready))
        // One stack for all routes: axum boxes whatever it is given, at every request.
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(app.clone(), answer))
                .layer(catch_panics())
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WITHIN))
                .layer(DefaultBodyLimit::max(LONGEST_BODY)),
        )
        .with_state(app.clone())
}

/// What happens to every request and answer, whichever the route.
async fn answer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let arrival = Arrival::of(&app, &mut request);
    let asker = Asker::of(&request);
    let asked = pages::Asked::of(&request);
    let response = next.run(request).await;
    let response = bare::dress(asker, arrival.id, response);
    let response = pages::draw_failure(&app, asked, response).await;
    arrival.leave(&app, response)
}

type OnPanic = fn(Box<dyn Any + Send>) -> Response;

/// A panic ends one request, not the process, and its words stay here: they may quote the request.
pub(super) fn catch_panics() -> CatchPanicLayer<OnPanic> {
    CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
