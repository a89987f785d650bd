//! Refusals as JSON: `{"error": CODE, "error_description": TEXT}`.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::Failure;
use crate::legacy::Error;

#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    description: String,
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into() }
    }

    pub fn bad_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing of that name")
    }

    /// What was asked for is there for cases about accounts of old systems, and this one is about accounts here; or the
    /// other way round.
    pub fn other_kind() -> Self {
        let description = "the case is of another kind: merge, reject and undo are for accounts of old systems, stands and \
                           hold for accounts here";
        Self::new(StatusCode::CONFLICT, "other_kind", description)
    }

    /// Beside one of many.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether the caller can do something about it: else the whole request has failed.
    pub fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code, "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let wants = header::HeaderValue::from_static("Bearer realm=\"console\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, wants);
        }
        response
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (status, code) = match &error {
            Error::NoCase | Error::NoBatch => return Self::not_found(),
            Error::NoReason => (StatusCode::UNPROCESSABLE_ENTITY, "reason_missing"),
            Error::NumberInReason => (StatusCode::UNPROCESSABLE_ENTITY, "number_in_reason"),
            Error::NoOwner => (StatusCode::UNPROCESSABLE_ENTITY, "no_owner"),
            Error::SameOperator => (StatusCode::CONFLICT, "same_operator"),
            Error::OwnMatter => (StatusCode::FORBIDDEN, "own_matter"),
            Error::Doubtful(_) => (StatusCode::CONFLICT, "account_in_doubt"),
            Error::TaskUnderWay => (StatusCode::CONFLICT, "under_way"),
            Error::CaseDecided | Error::CaseOpen | Error::Changed | Error::Undone | Error::NoLink => {
                (StatusCode::CONFLICT, "changed")
            }
            other => return Failure::internal(other).into(),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let description = failure.detail.unwrap_or_else(|| failure.code.replace('_', " "));
        Self::new(failure.status, failure.code, description)
    }
}

impl From<crate::db::Error> for Refusal {
    fn from(error: crate::db::Error) -> Self {
        Failure::from(error).into()
    }
}
