//! Where an operator stands: the visit, the browser, and the session if there is one. As `pages::here` is for
//! people.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::base::{Actor, AuthenticationLevel, Secret, Visit};
use crate::crypto::{Ticket, TicketKind};
use crate::http::cookies::PRINT_COOKIE;
use crate::http::visit::LANGUAGE_COOKIE;
use crate::http::{Browser, Cookies, Failure, Params, cookies, urls};
use crate::operator::{self, OperatorSession};
use crate::view::{Frame, content_security_policy};

pub struct Desk {
    pub app: App,
    pub visit: Visit,
    pub browser: Browser,
    /// In which something was proven, perhaps not enough yet.
    pub session: Option<OperatorSession>,
    pub query: Params,
    path: String,
    large_print: bool,
    preferences: Vec<HeaderValue>,
}

impl FromRequestParts<App> for Desk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let query = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .map_err(|_| Failure::bad_request("invalid_request"))?;
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self::at(app, visit, &parts.headers, query, path).await
    }
}

impl Desk {
    async fn at(
        app: &App,
        mut visit: Visit,
        headers: &HeaderMap,
        query: Params,
        path: String,
    ) -> Result<Self, Failure> {
        let cookies = Cookies::of(app, headers);
        let browser = cookies.browser();
        let policy = &app.config.operator;
        let session = match cookies.operator() {
            Some(id) => operator::find_session(&mut &app.db, &app.keys.data(), &visit, id, policy).await?,
            None => None,
        };
        // A cookie that was carried into another browser opens nothing.
        let session = session.filter(|session| !browser.is_new && session.browser == browser.id);
        if let Some(session) = &session {
            visit.actor = Actor::Operator(session.operator.id);
            if session.wants_touch(visit.now) {
                let mut tx = app.db.begin().await?;
                operator::touch(&mut tx, &visit, session.id).await?;
                tx.commit().await?;
            }
        }
        let large_print = query.get("print").or_else(|| cookies.plain(PRINT_COOKIE)) == Some("large");
        let mut preferences = Vec::new();
        if let Some(print) = query.get("print").filter(|print| matches!(*print, "large" | "usual")) {
            preferences.push(cookies::set_preference(app, PRINT_COOKIE, print));
        }
        if query.get("lang").is_some() {
            preferences.push(cookies::set_preference(app, LANGUAGE_COOKIE, visit.language.tag()));
        }
        Ok(Self { app: app.clone(), visit, browser, session, query, path, large_print, preferences })
    }

    /// The session if two factors were shown in it.
    pub fn signed_in(&self) -> Option<&OperatorSession> {
        self.session.as_ref().filter(|session| session.aal >= AuthenticationLevel::TwoFactors)
    }

    pub fn frame(&self) -> Result<Frame, Failure> {
        let csrf = Ticket::of(self.browser.id).write(&self.app.keys.data(), TicketKind::Form)?;
        let server = &self.app.config.server;
        Ok(Frame {
            language: self.visit.language,
            large_print: self.large_print,
            name: Some(server.name.clone()).filter(|name| *name != crate::config::Server::default().name),
            help_phone: Some(server.help_phone.clone()).filter(|phone| !phone.is_empty()),
            request_id: self.visit.request_id,
            csrf: Secret::new(csrf),
            onward: None,
            ask: None,
            path: self.path.clone(),
        })
    }

    pub fn page(&self, status: StatusCode, html: String) -> Response {
        self.page_leading_to(status, html, None)
    }

    /// A page whose form ends at another origin: a browser follows only to what the policy names.
    pub fn page_leading_to(&self, status: StatusCode, html: String, onward: Option<&str>) -> Response {
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(onward, &[])) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        self.with_cookies(response)
    }

    /// On to another address: ours, or one that was checked.
    pub fn go(&self, to: &str) -> Response {
        let headers = [
            // Either is ASCII.
            (header::LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static(urls::CONSOLE))),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        self.with_cookies((StatusCode::SEE_OTHER, headers).into_response())
    }

    fn with_cookies(&self, mut response: Response) -> Response {
        let browser =
            self.browser.is_new.then(|| cookies::set_browser(&self.app, self.browser).ok()).flatten();
        for cookie in self.preferences.iter().cloned().chain(browser) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// A form is good only from the browser it was made for: no other site can send one.
    pub(super) fn check_form_ticket(&self, ticket: Option<&str>) -> Result<(), Failure> {
        let refused = || Failure::new(StatusCode::FORBIDDEN, "form_expired");
        let ticket = Ticket::read(&self.app.keys.data(), TicketKind::Form, ticket.unwrap_or_default())
            .map_err(|_| refused())?;
        if self.browser.is_new || ticket.id != self.browser.id { Err(refused()) } else { Ok(()) }
    }
}

/// A form that was sent from a page of the console, in this browser.
pub struct Sent {
    pub desk: Desk,
    pub form: Params,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (desk, body) = with_body(request, app).await?;
        let failed = |failure: Failure| failure.into_response();
        let form = Params::parse(&body).map_err(|_| failed(Failure::bad_request("invalid_request")))?;
        desk.check_form_ticket(form.get("csrf")).map_err(failed)?;
        Ok(Self { desk, form })
    }
}

/// JSON from the script of a page of the console: the ticket stands in a header.
pub struct Scripted {
    pub desk: Desk,
    pub sent: serde_json::Value,
}

impl FromRequest<App> for Scripted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let ticket = request.headers().get("x-csrf").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (desk, body) = with_body(request, app).await?;
        let failed = |failure: Failure| failure.into_response();
        desk.check_form_ticket(ticket.as_deref()).map_err(failed)?;
        let sent =
            serde_json::from_slice(&body).map_err(|_| failed(Failure::bad_request("invalid_request")))?;
        Ok(Self { desk, sent })
    }
}

async fn with_body(request: Request, app: &App) -> Result<(Desk, Bytes), Response> {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
    let request = Request::from_parts(parts, body);
    let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
    let body = Bytes::from_request(request, app).await.map_err(IntoResponse::into_response)?;
    let desk = Desk::at(app, visit, &headers, Params::default(), path).await;
    Ok((desk.map_err(IntoResponse::into_response)?, body))
}

/// Where who is not signed in is led: to the beginning, or to what is missing.
pub fn first(desk: &Desk) -> &'static str {
    if desk.session.is_some() { urls::CONSOLE_SECOND_FACTOR } else { urls::CONSOLE_SIGN_IN }
}
