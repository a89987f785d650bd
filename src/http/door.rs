//! What every request gets on its way in and out: an id, a line in the log and a place in the metrics.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use uuid::Uuid;

use super::visit::RequestId;
use crate::app::App;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that is being answered.
pub struct Arrival {
    pub id: Uuid,
    started: Instant,
    /// The route's pattern, never the path: a path may carry what no metric should.
    route: Option<MatchedPath>,
    method: Method,
}

impl Arrival {
    pub fn of(app: &App, request: &mut Request) -> Self {
        let id = app.chance.id();
        request.extensions_mut().insert(RequestId(id));
        Self {
            id,
            started: Instant::now(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            method: request.method().clone(),
        }
    }

    pub fn leave(self, app: &App, mut response: Response) -> Response {
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let status = response.status();
        let took = self.started.elapsed();
        metrics::counter!("yihao_requests_total", "route" => route.to_owned(), "status" => status.as_str().to_owned())
            .increment(1);
        metrics::histogram!("yihao_request_seconds", "route" => route.to_owned()).record(took.as_secs_f64());
        tracing::debug!(request = %self.id, method = %self.method, route, status = status.as_u16(), micros = took.as_micros() as u64);
        let headers = response.headers_mut();
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        if let Ok(value) = HeaderValue::from_str(self.id.hyphenated().encode_lower(&mut text)) {
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
}
