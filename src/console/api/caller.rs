//! Who calls: an operator who is signed in by two factors. A program shows a token, which is a ticket of the operator's
//! session: it ends with the session, is idle with it, and shows the role that the session shows. A page of ours has the
//! cookie, and the ticket of its form in a header for whatever changes something.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

use super::super::desk::Desk;
use super::refusal::Refusal;
use crate::app::App;
use crate::base::{Actor, AuthenticationLevel, Visit};
use crate::crypto::{Ticket, TicketKind};
use crate::http::Params;
use crate::operator::{self, OperatorSession, Role};

pub struct Caller {
    pub app: App,
    pub visit: Visit,
    pub session: OperatorSession,
    pub query: Params,
}

impl Caller {
    /// # Errors
    /// The operator shows none of the roles.
    pub fn with(self, roles: &[Role]) -> Result<Self, Refusal> {
        if roles.contains(&self.session.role) {
            Ok(self)
        } else {
            let shown = format!("the session shows the role {}", self.session.role.as_str());
            Err(Refusal::new(StatusCode::FORBIDDEN, "no_right", shown))
        }
    }

    pub fn decider(self) -> Result<Self, Refusal> {
        self.with(&[Role::Decider])
    }

    /// Who sees counts and no evidence.
    pub fn overseer(self) -> Result<Self, Refusal> {
        self.with(&[Role::Viewer, Role::Keeper, Role::Auditor, Role::Decider])
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let unknown = || {
            Refusal::new(
                StatusCode::UNAUTHORIZED,
                "not_authenticated",
                "sign in at the console, by two factors",
            )
        };
        let desk = Desk::from_request_parts(parts, app).await?;
        let bearer = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
        let Some(bearer) = bearer else {
            if parts.method != Method::GET {
                let ticket = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok());
                desk.check_form_ticket(ticket)?;
            }
            let session = desk.signed_in().cloned().ok_or_else(unknown)?;
            return Ok(Self { app: desk.app, visit: desk.visit, session, query: desk.query });
        };
        let token = bearer.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(unknown)?;
        let keys = app.keys.data();
        let ticket = Ticket::read(&keys, TicketKind::OperatorToken, token.trim()).map_err(|_| unknown())?;
        let (policy, mut visit) = (&app.config.operator, desk.visit);
        let found = operator::find_session(&mut &app.db, &keys, &visit, ticket.id, policy).await;
        let session = found.map_err(crate::http::Failure::from)?;
        let session = session.filter(|session| session.aal >= AuthenticationLevel::TwoFactors);
        let session = session.ok_or_else(unknown)?;
        visit.actor = Actor::Operator(session.operator.id);
        if session.wants_touch(visit.now) {
            let mut tx = app.db.begin().await?;
            operator::touch(&mut tx, &visit, session.id).await.map_err(crate::http::Failure::from)?;
            tx.commit().await?;
        }
        Ok(Self { app: desk.app, visit, session, query: desk.query })
    }
}

/// The same with what was sent: a JSON object.
pub struct Sent {
    pub by: Caller,
    pub body: Value,
}

impl FromRequest<App> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let by = Caller::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let bytes = axum::body::Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|error| Refusal::bad_request(error.body_text()))?;
        let body: Value =
            serde_json::from_slice(&bytes).map_err(|_| Refusal::bad_request("the body is no JSON"))?;
        if body.is_object() {
            Ok(Self { by, body })
        } else {
            Err(Refusal::bad_request("the body is no JSON object"))
        }
    }
}

impl Sent {
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}
