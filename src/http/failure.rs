//! What a person gets when a request cannot be answered: a page with a code, words and a way on.
//!
//! A door returns a [`Failure`]; the pages' layer finds it in the response and draws it in the person's
//! language. So the protocol can refuse with a page without knowing the pages.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A refusal for a person.
#[derive(Clone, Debug)]
pub struct Failure {
    pub status: StatusCode,
    /// Stable, in `data-error` and in the words' keys.
    pub code: &'static str,
    /// What the developer of a relying system needs, in English: which parameter, configured and received.
    pub detail: Option<String>,
    /// The relying system's own address, if we know it.
    pub back: Option<String>,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
}

impl Failure {
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: None, back: None, retry_after: None }
    }

    /// The request is not understood.
    pub fn bad_request(code: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code)
    }

    /// The started sign-in is over, was answered already, or belongs to another browser.
    pub fn expired() -> Self {
        Self::new(StatusCode::GONE, "ask_expired")
    }

    pub fn wait(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts") }
    }

    pub fn busy() -> Self {
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy") }
    }

    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Something of ours does not work. The cause is for the log, never for the page.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

macro_rules! internal {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::internal(&error)
            }
        })*
    };
}

internal!(
    crate::db::Error,
    crate::transient::Unavailable,
    crate::crypto::Unopenable,
    crate::audit::Error,
    crate::identity::Error,
    crate::session::Error,
    crate::client::Error,
    crate::grant::Error,
    crate::terminal::Error,
    crate::ask::Error,
    crate::logout::Error,
    crate::legacy::Error,
);

impl From<crate::credential::Error> for Failure {
    fn from(error: crate::credential::Error) -> Self {
        match error {
            crate::credential::Error::Wait(wait) => Self::wait(wait.seconds),
            crate::credential::Error::Busy(_) => Self::busy(),
            crate::credential::Error::Refused(_) => Self::bad_request("refused"),
            other => Self::internal(&other),
        }
    }
}

impl From<crate::operator::Error> for Failure {
    fn from(error: crate::operator::Error) -> Self {
        match error {
            crate::operator::Error::Credential(error) => error.into(),
            crate::operator::Error::Refused(refused) => {
                Self::new(StatusCode::FORBIDDEN, "no_right").with_detail(refused.to_string())
            }
            other => Self::internal(&other),
        }
    }
}

/// One answer to whoever names a mandate that is not theirs: unknown, ended, or another's.
impl From<crate::mandate::Error> for Failure {
    fn from(error: crate::mandate::Error) -> Self {
        match error {
            crate::mandate::Error::Refused(refused) => {
                Self::new(StatusCode::NOT_FOUND, "not_found").with_detail(refused.to_string())
            }
            other => Self::internal(&other),
        }
    }
}

impl From<crate::mandate::Refused> for Failure {
    fn from(refused: crate::mandate::Refused) -> Self {
        crate::mandate::Error::Refused(refused).into()
    }
}
