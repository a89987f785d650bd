//! Refusals that no handler made: unknown address, wrong method, body too large, panic, no answer in time.
//! They get the form of all others: JSON with a code for programs, a page for people.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::Failure;
use crate::http::visit::RequestId;

/// Gives a bare refusal its form. Stands inside of the layer that draws failures.
pub async fn dress(request: Request, next: Next) -> Response {
    let for_a_person = accepts_a_page(request.headers());
    let id = request.extensions().get::<RequestId>().copied();
    let response = next.run(request).await;
    if !is_bare(&response) {
        return response;
    }
    let status = response.status();
    let (code, words) = told(status);
    let mut dressed = if for_a_person {
        Failure::new(status, code).into_response()
    } else {
        let id = id.map(|id| id.0.simple().to_string());
        let body = json!({ "error": oauth(status), "error_description": words, "request_id": id });
        (status, Json(body)).into_response()
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    dressed
}

fn accepts_a_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
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
