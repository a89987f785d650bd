//! Errors as RFC 7644 section 3.12 wants them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal; `kind` is the `scimType`, if there is one.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub kind: Option<&'static str>,
    pub detail: String,
}

impl Problem {
    pub fn new(status: StatusCode, kind: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into() }
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, None, "a client's own access token is needed")
    }

    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, None, detail)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "no such account of your source")
    }

    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidValue"), detail)
    }

    pub fn syntax(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidSyntax"), detail)
    }

    pub fn taken() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            Some("uniqueness"),
            "an account of this userName or externalId is there",
        )
    }

    fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a SCIM request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, None, "something of ours does not work")
    }
}

/// JSON with the media type of RFC 7644 section 3.1.
pub fn document(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, body.to_string()).into_response()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_str(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        let mut response = document(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

macro_rules! internal {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                Self::internal(&error)
            }
        })*
    };
}

internal!(crate::db::Error, crate::transient::Unavailable, crate::client::Error, crate::crypto::Unopenable);

impl From<crate::legacy::Error> for Problem {
    fn from(error: crate::legacy::Error) -> Self {
        match error {
            crate::legacy::Error::KeysChanged | crate::legacy::Error::Changed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, None, "changed meanwhile: try again")
            }
            other => Self::internal(&other),
        }
    }
}
