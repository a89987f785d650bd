//! What a window's program does at Yihao. Each request is signed by the window's own key (`private_key_jwt`
//! whose `kid` is the terminal), so a clerk's shift is good at that window and nowhere else.
//!
//! | address | parameters | answer |
//! | --- | --- | --- |
//! | `/counter/shift` | `redirect_uri` `state` | `sign_in_uri`: open it in the window's browser; the clerk comes back with `code` |
//! | `/counter/shift/begin` | `code` | `shift` |
//! | `/counter/shift/end` | `shift` | |
//! | `/counter/matter` | `shift` `code` `label` | `matter`; the one before ends |
//! | `/counter/matter/identify` | `shift` `matter` `chip` `looked=yes` | who it is, masked; `chip` is what a trusted reader has signed |
//! | `/counter/matter/phone` | `shift` `matter` `scope`, and a hint and more of OpenID CIBA section 7.1 | section 7.3, `match_number`, `binding_message`: the person is asked on their phone |
//! | `/counter/matter/end` | `shift` `matter` | |
//! | `/counter/deed` | `shift` `matter` `kind` (`phone`) | `deed`, which somebody else must vouch for |
//! | `/counter/deed/second` | `shift` `deed` `redirect_uri` `state` | `confirm_uri` for a second clerk |
//! | `/counter/deed/prove` | `shift` `deed` `code` | by a code of the person's app or sheet |
//! | `/counter/deed/pin` | `shift` `deed` `redirect_uri` `state` | `pin_uri`: the person chooses their PIN there |
//! | `/counter/deed/finish` | `shift` `deed` | what is given into the person's hands |
//!
//! Tokens come from the token endpoint: by the grant of [`super::grants::counter`] where the card was read, by that of
//! OpenID CIBA where the person was asked on their phone. Both are bound to the window's key and say who assisted.

mod deed;
mod matter;
mod open_matter;
pub mod phone;
mod shift;
mod told;

pub use open_matter::{OpenMatter, over};

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, http::HeaderMap};
use serde_json::Value;
use uuid::Uuid;

use super::OAuthError;
use super::client_authentication::{authenticate, form};
use super::error::Code;
use super::token::required;
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::client::Client;
use crate::http::{Params, urls};
use crate::operator::counter::{self, Matter, Shift};
use crate::operator::{self, Refused};
use crate::terminal::{self, Terminal};

pub fn routes() -> Router<App> {
    Router::new()
        .route(urls::COUNTER_SHIFT, post(shift::ask))
        .route(urls::COUNTER_SHIFT_BEGIN, post(shift::begin))
        .route(urls::COUNTER_SHIFT_END, post(shift::end))
        .route(urls::COUNTER_MATTER, post(matter::open))
        .route(urls::COUNTER_IDENTIFY, post(matter::identify))
        .route(urls::COUNTER_PHONE, post(phone::ask))
        .route(urls::COUNTER_MATTER_END, post(matter::end))
        .route(urls::COUNTER_DEED, post(deed::ask))
        .route(urls::COUNTER_DEED_SECOND, post(deed::second))
        .route(urls::COUNTER_DEED_PROVE, post(deed::prove))
        .route(urls::COUNTER_DEED_PIN, post(deed::pin))
        .route(urls::COUNTER_DEED_FINISH, post(deed::finish))
}

/// A request of a window that clerks work at.
pub struct AtWindow {
    pub app: App,
    pub visit: Visit,
    pub params: Params,
    pub client: Arc<Client>,
    pub terminal: Terminal,
}

impl FromRequest<App> for AtWindow {
    type Rejection = OAuthError;

    async fn from_request(request: Request, app: &App) -> Result<Self, OAuthError> {
        use axum::extract::FromRequestParts;
        let (mut parts, body) = request.into_parts();
        let Ok(mut visit) = Visit::from_request_parts(&mut parts, app).await;
        let headers: HeaderMap = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await;
        let body = body.map_err(|_| OAuthError::invalid_request("the body cannot be read"))?;
        let params = form(&headers, &body)?;
        let client = authenticate(app, &mut visit, &headers, &params).await?;
        let terminal = match visit.terminal {
            Some(id) => terminal::find(&mut &app.db, &app.keys.data(), id).await?,
            None => None,
        };
        let terminal = terminal
            .filter(|terminal| matches!(terminal.kind, terminal::Kind::Counter | terminal::Kind::Agent));
        let terminal = terminal.ok_or_else(|| {
            OAuthError::new(Code::UnauthorizedClient, "only an enrolled window of a counter may do this")
        })?;
        Ok(Self { app: app.clone(), visit, params, client, terminal })
    }
}

impl AtWindow {
    /// The shift that the request names, if it is this window's and the clerk is still there.
    pub async fn shift(&self) -> Result<Shift, OAuthError> {
        let over = || OAuthError::new(Code::LoginRequired, "the shift is over: the clerk signs in again");
        let id = id(&self.params, "shift")?;
        let keys = self.app.keys.data();
        let policy = &self.app.config.operator;
        let found = counter::find_shift(&mut &self.app.db, &keys, &self.visit, id, policy).await?;
        found.ok_or_else(over)
    }

    /// The matter that the request names, open in this shift.
    pub async fn matter(&self, shift: &Shift) -> Result<Matter, OAuthError> {
        let over = || OAuthError::invalid_grant("the matter is over, or not of this shift");
        let found = counter::find_matter(&mut &self.app.db, &self.visit, id(&self.params, "matter")?).await?;
        found.filter(|matter| matter.shift == shift.id).ok_or_else(over)
    }

    /// A window of a counter: there is a colleague near, and a hall around it.
    fn at_counter(&self) -> Result<(), Refused> {
        if self.terminal.kind == terminal::Kind::Counter { Ok(()) } else { Err(Refused::OnlyAtCounter) }
    }

    pub async fn refuse(&self, matter: Uuid, why: Refused) -> OAuthError {
        refuse(&self.app, &self.visit, &self.terminal.client, matter, why).await
    }
}

/// Writes down that something was refused in a matter, and answers so.
pub async fn refuse(app: &App, visit: &Visit, client: &str, matter: Uuid, why: Refused) -> OAuthError {
    let reason = why.to_string();
    let noted = async {
        let mut tx = app.db.begin().await?;
        let event = Event::MatterRefused { matter, reason: &reason };
        let about = About { person: None, client: Some(client) };
        audit::record(&mut tx, &app.keys.data(), visit, event, about).await?;
        Ok::<_, OAuthError>(tx.commit().await?)
    };
    match noted.await {
        Ok(()) => why.into(),
        Err(error) => error,
    }
}

pub fn id(params: &Params, name: &str) -> Result<Uuid, OAuthError> {
    required(params, name)?.parse().map_err(|_| OAuthError::invalid_request(format!("{name} is no id")))
}

fn answer(value: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}

impl From<Refused> for OAuthError {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::Changed => Code::InvalidGrant,
            Refused::NumberHeld | Refused::NobodyPresent => Code::InvalidRequest,
            Refused::NoPin => Code::InteractionRequired,
            _ => Code::AccessDenied,
        };
        Self::new(code, refused.to_string())
    }
}

impl From<operator::Error> for OAuthError {
    fn from(error: operator::Error) -> Self {
        match error {
            operator::Error::Refused(refused) => refused.into(),
            operator::Error::Credential(crate::credential::Error::Wait(_)) => {
                Self::new(Code::AccessDenied, "too many wrong codes: wait")
            }
            other => Self::internal(&other),
        }
    }
}
