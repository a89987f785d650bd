//! How an access token comes to a resource of ours, and whether it may be used by who sends it. Every resource
//! begins here: a token that is bound to a key is refused without a proof of that key (RFC 9449 section 7).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::dpop::{self, Purpose};
use super::error::Code;
use super::{OAuthError, access_token};
use crate::app::App;
use crate::base::Visit;
use crate::grant::AccessClaims;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// RFC 6750.
    Bearer,
    /// RFC 9449.
    Dpop,
}

/// A token as it was sent.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    scheme: Scheme,
    token: &'a str,
}

impl<'a> Presented<'a> {
    /// In the header `Authorization`.
    pub fn in_header(headers: &'a HeaderMap) -> Option<Self> {
        let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let scheme = match scheme {
            bearer if bearer.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
            dpop if dpop.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
            _ => return None,
        };
        Some(Self { scheme, token })
    }

    /// RFC 6750 section 2.2: in a form.
    pub const fn in_form(token: &'a str) -> Self {
        Self { scheme: Scheme::Bearer, token }
    }

    /// What the token says, if it is good, and the sender's to use. Its grant may still be revoked.
    pub async fn claims(
        self,
        app: &App,
        visit: &Visit,
        headers: &HeaderMap,
        (method, path): (&str, &str),
    ) -> Result<Arc<AccessClaims>, Refusal> {
        let claims = access_token::verify(app, visit, self.token).map_err(|error| self.refuse(error))?;
        match (self.scheme, &claims.cnf) {
            (Scheme::Bearer, None) => Ok(claims),
            (Scheme::Dpop, Some(cnf)) => {
                let purpose = Purpose { method, path, access_token: Some(self.token) };
                let jkt = dpop::proven(app, visit, headers, purpose).await;
                match jkt.map_err(|error| self.refuse(error))? {
                    Some(jkt) if jkt == cnf.jkt => Ok(claims),
                    Some(_) => Err(self.wrong("the proof is of another key than the token's")),
                    None => Err(self.refuse(OAuthError::new(
                        Code::InvalidDpopProof,
                        "DPoP: the header is missing, and the token is bound to a key",
                    ))),
                }
            }
            (Scheme::Bearer, Some(_)) => {
                let shown = Self { scheme: Scheme::Dpop, ..self };
                Err(shown.wrong("the token is bound to a key: show it by the scheme DPoP, with a proof"))
            }
            (Scheme::Dpop, None) => {
                Err(self.wrong("the token is bound to no key: show it by the scheme Bearer"))
            }
        }
    }

    fn wrong(self, what: &str) -> Refusal {
        self.refuse(OAuthError::new(Code::InvalidToken, what))
    }

    /// A refusal in the scheme in which the token came.
    pub fn refuse(self, error: impl Into<OAuthError>) -> Refusal {
        Refusal { error: error.into(), bound: self.scheme == Scheme::Dpop }
    }
}

/// What a resource answers to who may not have it.
pub struct Refusal {
    error: OAuthError,
    bound: bool,
}

/// Without a token there is no scheme: that of most.
impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self { error, bound: false }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self.error.code;
        let mut response = self.error.into_response();
        if !self.bound {
            return response;
        }
        if matches!(code, Code::InvalidDpopProof | Code::UseDpopNonce) {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
        }
        // RFC 9449 section 7.1.
        if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let value = format!("DPoP error=\"{}\", algs=\"{}\"", code.as_str(), dpop::algorithms());
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}
