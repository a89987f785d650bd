//! Refusals to programs. An [`OAuthError`] has three readers: a code for the machine (RFC 6749 section 5.2
//! and its kin), words for the client's developer, and a cause for our own log, which never leaves.
//!
//! This is the only place that gives a code its status and form.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    InvalidScope,
    InvalidToken,
    InsufficientScope,
    RequestNotSupported,
    RequestUriNotSupported,
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    AccessDenied,
    UnmetAuthenticationRequirements,
    InvalidClientMetadata,
    InvalidRedirectUri,
    /// RFC 9449 section 12.2.
    InvalidDpopProof,
    UseDpopNonce,
    /// RFC 8628 section 3.5, as the next two.
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    /// OpenID CIBA section 13.
    InvalidBindingMessage,
    /// Beyond a quota (RFC 6585 section 4).
    TooMany,
    TemporarilyUnavailable,
    ServerError,
}

impl Code {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::AccessDenied => "access_denied",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidBindingMessage => "invalid_binding_message",
            Self::TooMany => "temporarily_unavailable",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// A refusal to a program.
#[derive(Clone, Debug)]
pub struct OAuthError {
    pub code: Code,
    /// For the client's developer: what was wrong with what they sent. Holds nothing of a person.
    pub description: String,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
}

impl OAuthError {
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None }
    }

    /// Says how many seconds to wait.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    pub fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidClient, description)
    }

    pub fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidGrant, description)
    }

    pub fn invalid_token() -> Self {
        Self::new(Code::InvalidToken, "the access token is expired, revoked or not from here")
    }

    pub(super) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request could not be answered");
        Self::new(Code::ServerError, "something here does not work; try again later")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.code.as_str(), "error_description": self.description }));
        let mut response = (self.code.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.code {
            // RFC 6749 section 5.2: the scheme that the client could use.
            Code::InvalidClient => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
            }
            // RFC 6750 section 3.
            Code::InvalidToken | Code::InsufficientScope => {
                let value = format!("Bearer error=\"{}\"", self.code.as_str());
                if let Ok(value) = HeaderValue::from_str(&value) {
                    headers.insert(header::WWW_AUTHENTICATE, value);
                }
            }
            Code::TemporarilyUnavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<crate::http::RepeatedParameter> for OAuthError {
    fn from(repeated: crate::http::RepeatedParameter) -> Self {
        Self::invalid_request(format!("{} is given twice", repeated.0))
    }
}

/// Too much was asked for: come again later.
impl From<crate::credential::Error> for OAuthError {
    fn from(error: crate::credential::Error) -> Self {
        match error {
            crate::credential::Error::Wait(wait) => {
                Self { retry_after: Some(wait.seconds), ..Self::new(Code::TooMany, "too many requests") }
            }
            crate::credential::Error::Transient(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<crate::transient::Unavailable> for OAuthError {
    fn from(error: crate::transient::Unavailable) -> Self {
        tracing::error!(%error, "transient state");
        Self::new(Code::TemporarilyUnavailable, "try again in a few seconds")
    }
}

macro_rules! internal {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for OAuthError {
            fn from(error: $error) -> Self {
                Self::internal(&error)
            }
        })*
    };
}

internal!(
    crate::db::Error,
    crate::crypto::Unopenable,
    crate::audit::Error,
    crate::identity::Error,
    crate::session::Error,
    crate::client::Error,
    crate::grant::Error,
    crate::terminal::Error,
    crate::logout::Error,
    crate::legacy::Error,
);
