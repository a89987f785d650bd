//! Where the answer to an authorization request goes: decided once. Until client and redirect URI are known
//! to belong together the only destination is a page here; nothing is ever sent to an unregistered address.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::Code;
use crate::ask::Redirect;

/// A redirect URI that the client has registered, and the state to give back.
#[derive(Clone, Debug)]
pub struct Destination {
    redirect_uri: String,
    state: Option<String>,
}

impl Destination {
    /// Only for a redirect URI that has passed `checks::redirect_uri`.
    pub fn registered(redirect_uri: &str, state: Option<&str>) -> Self {
        Self { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned) }
    }

    pub fn of(way: &Redirect) -> Self {
        Self { redirect_uri: way.redirect_uri.clone(), state: way.state.clone() }
    }

    pub fn code(&self, issuer: &str, code: &str) -> Response {
        self.redirect(issuer, &[("code", code)])
    }

    /// RFC 6749 section 4.1.2.1.
    pub fn error(&self, issuer: &str, code: Code, description: &str) -> Response {
        self.redirect(issuer, &[("error", code.as_str()), ("error_description", description)])
    }

    /// Every answer carries `iss`, so that a client of two servers knows who spoke (RFC 9207).
    fn redirect(&self, issuer: &str, answer: &[(&str, &str)]) -> Response {
        // The registered URI's own query is kept as it is (RFC 6749 section 3.1.2).
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let mut target = format!("{}{separator}", self.redirect_uri);
        let start = target.len();
        let mut query = form_urlencoded::Serializer::for_suffix(&mut target, start);
        query.extend_pairs(answer);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        query.finish();
        match HeaderValue::from_str(&target) {
            Ok(location) => {
                let headers = [
                    (header::LOCATION, location),
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                ];
                (StatusCode::SEE_OTHER, headers).into_response()
            }
            Err(_) => crate::http::Failure::bad_request("invalid_redirect_uri").into_response(),
        }
    }
}
