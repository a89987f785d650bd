//! Rights as types. A handler that asks for one of these in its arguments runs only for an operator who is
//! signed in by two factors, has the role, and shows it; there is no other way to make the value.
//!
//! ```ignore
//! pub async fn decide(by: Decider, …) -> Result<Response, Failure>
//! pub async fn submit(Form { by, form }: Form<Decider>) -> Result<Response, Failure>
//! ```

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::desk::{self, Desk, Sent};
use crate::app::App;
use crate::http::{Failure, Params};
use crate::operator::{OperatorSession, Role};

/// A right that a request can show.
pub trait Right: Sized {
    /// The value, if the operator at this desk has the right; else what they get.
    fn of(desk: Desk) -> Result<Self, Box<Response>>;
}

macro_rules! rights {
    ($($(#[doc = $doc:literal])* $name:ident = $holds:expr;)+) => { $(
        $(#[doc = $doc])*
        pub struct $name {
            pub desk: Desk,
            pub session: OperatorSession,
        }

        impl Right for $name {
            fn of(desk: Desk) -> Result<Self, Box<Response>> {
                let Some(session) = desk.signed_in().cloned() else {
                    return Err(Box::new(desk.go(desk::first(&desk))));
                };
                let holds: fn(&OperatorSession) -> bool = $holds;
                if !holds(&session) {
                    return Err(Box::new(Failure::new(StatusCode::FORBIDDEN, "no_right").into_response()));
                }
                Ok(Self { desk, session })
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
                let desk = Desk::from_request_parts(parts, app).await;
                Self::of(desk.map_err(IntoResponse::into_response)?).map_err(|refusal| *refusal)
            }
        }
    )+ };
}

rights! {
    /// Any operator who is signed in.
    Anyone = |_| true;
    /// Who may see what became of earlier systems' accounts, without any person's evidence.
    Overseer = |session| matches!(session.role, Role::Viewer | Role::Keeper | Role::Auditor | Role::Decider);
    Viewer = |session| session.role == Role::Viewer;
    Registrar = |session| session.role == Role::Registrar;
    Keeper = |session| session.role == Role::Keeper;
    Auditor = |session| session.role == Role::Auditor;
    Clerk = |session| session.role == Role::Clerk;
    Decider = |session| session.role == Role::Decider;
}

/// A form from a page of ours, sent by somebody who has the right.
pub struct Form<R> {
    pub by: R,
    pub form: Params,
}

impl<R: Right> FromRequest<App> for Form<R> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let Sent { desk, form } = Sent::from_request(request, app).await?;
        Ok(Self { by: R::of(desk).map_err(|refusal| *refusal)?, form })
    }
}
