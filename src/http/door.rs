//! The outermost layer: every request gets an id, a line in the log and a place in the metrics.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::visit::RequestId;
use crate::app::App;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = app.chance.id();
    request.extensions_mut().insert(RequestId(id));
    // The route's pattern, never the path: a path may carry what no metric should.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let status = response.status();
    let took = started.elapsed();
    metrics::counter!("yihao_requests_total", "route" => route.to_owned(), "status" => status.as_str().to_owned())
        .increment(1);
    metrics::histogram!("yihao_request_seconds", "route" => route.to_owned()).record(took.as_secs_f64());
    tracing::debug!(request = %id, %method, route, status = status.as_u16(), micros = took.as_micros() as u64);
    let headers = response.headers_mut();
    let mut text = [0; uuid::fmt::Simple::LENGTH];
    if let Ok(value) = HeaderValue::from_str(id.simple().encode_lower(&mut text)) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if app.config.server.issuer.scheme() == "https" {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    response
}
