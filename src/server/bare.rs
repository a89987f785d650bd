//! Refusals that no handler made: unknown address, wrong method, body too large, panic, no answer in time.
//! They get the form of all others: JSON with a code for programs, a page for people.

use axum::Json;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use crate::http::Failure;

/// Who is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Person,
    Program,
}

impl Asker {
    pub fn of(request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        if accept.is_some_and(|types| types.contains("text/html")) { Self::Person } else { Self::Program }
    }
}

/// Gives a bare refusal its form.
pub fn dress(asker: Asker, request_id: Uuid, response: Response) -> Response {
    if !is_bare(&response) {
        return response;
    }
    let status = response.status();
    let (code, words) = told(status);
    let mut dressed = match asker {
        Asker::Person => Failure::new(status, code).into_response(),
        Asker::Program => {
            let body =
                json!({ "error": oauth(status), "error_description": words, "request_id": request_id });
            (status, Json(body)).into_response()
        }
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    dressed
}

/// Our own refusals are JSON, a page, or a challenge; the framework's are nothing or a line of text.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<Failure>().is_some()
        || response.headers().contains_key(header::WWW_AUTHENTICATE)
    {
        return false;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// The code of a page, and words for a client's developer.
fn told(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("not_found", "there is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "this address takes another method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the body is larger than 64 KiB"),
        StatusCode::SERVICE_UNAVAILABLE => ("busy", "no answer could be given in time: try again"),
        status if status.is_server_error() => ("internal", "something of ours does not work"),
        _ => ("bad_request", "the request is not understood"),
    }
}

/// The nearest code of RFC 6749 section 5.2 and RFC 6749 section 4.1.2.1.
fn oauth(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request",
    }
}

#[cfg(test)]
#[path = "bare_tests.rs"]
mod tests;
