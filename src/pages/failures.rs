//! Draws what doors refuse: a [`Failure`] in a response becomes a page in the person's language.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::here::Here;
use super::view::{Problem, ProblemPage};
use crate::app::App;
use crate::http::Failure;
use crate::http::visit::RequestId;

/// What drawing needs of a request, kept while it is answered. Cheaper than a copy of its whole head, and
/// hardly any request fails.
pub struct Asked {
    headers: HeaderMap,
    uri: Uri,
    peer: Option<ConnectInfo<SocketAddr>>,
    id: Option<RequestId>,
}

impl Asked {
    pub fn of(request: &Request) -> Self {
        Self {
            headers: request.headers().clone(),
            uri: request.uri().clone(),
            peer: request.extensions().get().copied(),
            id: request.extensions().get().copied(),
        }
    }

    fn into_parts(self) -> Parts {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        parts.headers = self.headers;
        // The query may be what was wrong: the page is drawn without it.
        parts.uri = self.uri.path().parse().unwrap_or_default();
        if let Some(peer) = self.peer {
            parts.extensions.insert(peer);
        }
        if let Some(id) = self.id {
            parts.extensions.insert(id);
        }
        parts
    }
}

pub async fn draw(app: &App, asked: Asked, response: Response) -> Response {
    let Some(failure) = response.extensions().get::<Failure>().cloned() else { return response };
    let Ok(here) = Here::from_request_parts(&mut asked.into_parts(), app).await else { return response };
    // The client's owner tells us the request id; what was configured and received is found by it here.
    tracing::info!(request = %here.visit.request_id, code = failure.code, detail = failure.detail, "refused");
    let Ok(frame) = here.frame() else { return response };
    let page = ProblemPage { problem: problem(&failure), code: failure.code };
    let mut drawn = here.page(failure.status, page.render(&frame));
    for (name, value) in response.headers() {
        if name == axum::http::header::RETRY_AFTER || name == axum::http::header::ALLOW {
            drawn.headers_mut().insert(name, value.clone());
        }
    }
    drawn
}

fn problem(failure: &Failure) -> Problem {
    let wait = Duration::from_secs(failure.retry_after.unwrap_or(5));
    match (failure.status, failure.code) {
        (StatusCode::TOO_MANY_REQUESTS, _) => Problem::TooMany(wait),
        (StatusCode::SERVICE_UNAVAILABLE, _) => Problem::Busy(wait),
        (StatusCode::NOT_FOUND, _) => Problem::NotFound,
        (StatusCode::METHOD_NOT_ALLOWED, _) => Problem::WrongWay,
        (StatusCode::PAYLOAD_TOO_LARGE, _) => Problem::TooLarge,
        (_, "ask_expired") => Problem::Expired,
        (_, "form_expired") => Problem::FormExpired,
        (_, "unknown_client") => Problem::ServiceUnknown,
        (_, "unmet_authentication_requirements") => Problem::NotEnough,
        (_, "access_denied") => Problem::Declined,
        (_, "cas_over") => Problem::CasOver,
        (_, "account_held") => Problem::Held,
        (_, "no_right") => Problem::NoRight,
        (_, "not_in_this_session" | "not_offered_here") => Problem::NotHere,
        (status, _) if status.is_server_error() => Problem::Ours,
        _ => Problem::ServiceMistake,
    }
}
