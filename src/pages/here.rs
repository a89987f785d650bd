//! Where a person stands: the visit, the browser, the session if there is one, and the Ask they are on the
//! way of. Every page's handler begins with one of these.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use uuid::Uuid;

use super::view::{Frame, Onward, WayIn, content_security_policy, origin};
use crate::app::App;
use crate::ask::{self, Ask, AskId, Facts, Step};
use crate::base::{Actor, Channel, Device, Method, Secret, Visit};
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind};
use crate::http::cookies::PRINT_COOKIE;
use crate::http::visit::LANGUAGE_COOKIE;
use crate::http::{Browser, Cookies, Failure, Params, cookies, urls};
use crate::session::{self, Session};

/// The cookie that remembers how the person signed in: it is offered first the next time.
pub(super) const WAY_IN_COOKIE: &str = "yihao_way_in";

/// An Ask on its way, with the relying system that asks.
pub struct OnTheWay {
    pub id: AskId,
    pub ask: Ask,
    pub client: Arc<Client>,
}

pub struct Here {
    pub app: App,
    pub visit: Visit,
    pub browser: Browser,
    pub session: Option<Session>,
    /// The session of the browser's cookie if it is not alive any more.
    pub over: Option<Uuid>,
    pub way: Option<OnTheWay>,
    pub query: Params,
    /// What the browser says it is.
    pub device: Device,
    /// How the person signed in last in this browser.
    pub last_way_in: Option<WayIn>,
    /// The code of another screen that was read here before anybody was signed in.
    scanned: Option<Uuid>,
    large_print: bool,
    /// The address by which this page is shown again with GET.
    path: String,
    preferences: Vec<HeaderValue>,
}

impl FromRequestParts<App> for Here {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let query = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .map_err(|_| Failure::bad_request("invalid_request"))?;
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let mut here = Self::at(app, visit, &parts.headers, query, path).await?;
        let id = here.query.get("ask").map(|id| AskId(id.to_owned()));
        here.take_way(id).await?;
        Ok(here)
    }
}

impl Here {
    async fn at(
        app: &App,
        mut visit: Visit,
        headers: &HeaderMap,
        query: Params,
        path: String,
    ) -> Result<Self, Failure> {
        let cookies = Cookies::of(app, headers);
        let session = match cookies.session() {
            Some(id) => session::find(&mut &app.db, &app.keys.data(), &visit, id, &app.config).await?,
            None => None,
        };
        if let Some(session) = &session {
            visit.actor = Actor::Person(session.person);
            visit.channel = session.channel;
        }
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let chosen = query.get("print").or_else(|| cookies.plain(PRINT_COOKIE));
        let mut preferences = Vec::new();
        if let Some(print) = query.get("print").filter(|p| matches!(*p, "large" | "usual")) {
            preferences.push(cookies::set_preference(app, PRINT_COOKIE, print));
        }
        if query.get("lang").is_some() {
            preferences.push(cookies::set_preference(app, LANGUAGE_COOKIE, visit.language.tag()));
        }
        Ok(Self {
            large_print: chosen == Some("large"),
            device: Device::of(user_agent.unwrap_or_default()),
            browser: cookies.browser(),
            last_way_in: cookies.plain(WAY_IN_COOKIE).and_then(|word| word.parse().ok()),
            scanned: cookies.scanned(),
            app: app.clone(),
            over: cookies.session().filter(|_| session.is_none()),
            session,
            way: None,
            visit,
            query,
            path,
            preferences,
        })
    }

    /// Goes on the way of this Ask. Who is not signed in yet stands in the channel of the relying system; who
    /// answers a request of another screen stands at their own.
    async fn take_way(&mut self, id: Option<AskId>) -> Result<(), Failure> {
        self.way = self.find_way(id).await?;
        if let (None, Some(way)) = (&self.session, &self.way)
            && way.ask.redirect().is_some()
        {
            self.visit.channel = match way.client.metadata.channel {
                // A program without a person has sent one to its pages.
                Channel::System => Channel::Hall,
                channel => channel,
            };
        }
        Ok(())
    }

    /// Whether this way to prove who one is is offered where the person stands.
    pub fn offers(&self, method: Method) -> bool {
        self.app.offers(self.visit.channel, method)
    }

    /// The Ask of `id`, if it is this browser's; otherwise the sign-in that was begun is over.
    pub(super) async fn find_way(&self, id: Option<AskId>) -> Result<Option<OnTheWay>, Failure> {
        let Some(id) = id else { return Ok(None) };
        let ask = ask::find(&self.app.transient, &id).await?.ok_or_else(Failure::expired)?;
        if !ask.is_for(self.browser.id) {
            return Err(Failure::expired());
        }
        let client = self.app.client(&ask.client_id).await?.ok_or_else(Failure::expired)?;
        Ok(Some(OnTheWay { id, ask, client }))
    }

    /// What the Ask wants next, and on what that rests; `None` without one.
    pub async fn decided(&self) -> Result<Option<(Step, Option<Facts>)>, Failure> {
        let Some(way) = &self.way else { return Ok(None) };
        let facts = match &self.session {
            Some(session) => {
                let (read, keys) = (&mut &self.app.db, self.app.keys.data());
                let session = session.clone();
                let offers = |channel, method| self.app.offers(channel, method);
                Some(ask::facts(read, &keys, &self.visit, &way.ask, &way.client, session, offers).await?)
            }
            None => None,
        };
        Ok(Some((ask::next(&way.ask, &way.client, facts.as_ref(), self.visit.now), facts)))
    }

    /// What the Ask wants next; `None` without one.
    pub async fn step(&self) -> Result<Option<Step>, Failure> {
        Ok(self.decided().await?.map(|(step, _)| step))
    }

    /// Writes into the Ask what a page has learnt; does nothing without one.
    pub async fn note(&self, change: impl FnOnce(&mut Ask)) -> Result<(), Failure> {
        let Some(way) = &self.way else { return Ok(()) };
        let mut ask = way.ask.clone();
        change(&mut ask);
        let life = Duration::from_secs(self.app.config.token.ask_minutes * 60);
        Ok(ask::update(&self.app.transient, &way.id, &ask, life).await?)
    }

    /// Whether the request came to this address, or to one below it.
    pub fn is_at(&self, address: &str) -> bool {
        self.path.starts_with(address)
    }

    /// Where a visitor without a session goes first, if the page is not for them.
    pub fn to_sign_in(&self) -> Response {
        self.go(&self.along(urls::SIGN_IN))
    }

    /// The session, where the person has done all that they want asked of them at a sign-in; otherwise where
    /// they are sent first.
    pub fn finished(&self) -> Result<&Session, String> {
        match &self.session {
            None => Err(self.along(urls::SIGN_IN)),
            Some(session) if session.is_unfinished() => Err(self.along(urls::SECOND_FACTOR)),
            Some(session) => Ok(session),
        }
    }

    /// Where the person goes on when this page is done: back to the Ask, to the code they have read, or home.
    pub fn onward(&self) -> String {
        match (&self.way, self.scanned) {
            (Some(way), _) => urls::resume(&way.id),
            (None, Some(code)) => urls::scan(code),
            (None, None) => urls::ACCOUNT.to_owned(),
        }
    }

    /// Another page, on the way of the same Ask.
    pub fn along(&self, page: &str) -> String {
        self.way.as_ref().map_or_else(|| page.to_owned(), |way| urls::on_the_way(page, &way.id))
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
            onward: self.way.as_ref().map(|way| Onward {
                name: way.client.metadata.client_name.clone(),
                department: way.client.metadata.department.clone(),
                way_back: way.client.metadata.client_uri.as_ref().map(|uri| uri.to_string()),
            }),
            ask: self.way.as_ref().map(|way| way.id.0.clone()),
            path: self.path.clone(),
        })
    }

    /// A page, with what every page's answer carries.
    pub fn page(&self, status: StatusCode, html: String) -> Response {
        self.page_leading_to(status, html, None)
    }

    /// A page with a form whose answer may lead to this origin.
    pub fn page_leading_to(&self, status: StatusCode, html: String, also: Option<String>) -> Response {
        // After the form comes a redirect, and the last one leads to the relying system: a browser follows
        // only to places that this policy names.
        let target = self.way.as_ref().and_then(|way| origin(way.ask.leads_to()?));
        let onward = target.iter().chain(&also).map(String::as_str);
        self.page_under(&content_security_policy(onward, &[]), status, html)
    }

    /// The same under a policy of its own.
    pub fn page_under(&self, policy: &str, status: StatusCode, html: String) -> Response {
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        self.with_cookies(response)
    }

    /// On to another address.
    pub fn go(&self, to: &str) -> Response {
        let Ok(location) = HeaderValue::from_str(to) else {
            return Failure::bad_request("invalid_request").into_response();
        };
        let headers =
            [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
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
}

/// A form that was sent from a page of ours, in this browser.
pub struct Posted {
    pub here: Here,
    pub form: Params,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
        let request = Request::from_parts(parts, body);
        let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
        let body = Bytes::from_request(request, app).await.map_err(IntoResponse::into_response)?;
        let form =
            Params::parse(&body).map_err(|_| Failure::bad_request("invalid_request").into_response())?;
        let failed = |failure: Failure| failure.into_response();
        let mut here = Here::at(app, visit, &headers, Params::default(), path).await.map_err(failed)?;
        here.check_form_ticket(form.get("csrf")).map_err(failed)?;
        let id = form.get("ask").map(|id| AskId(id.to_owned()));
        here.take_way(id).await.map_err(failed)?;
        Ok(Self { here, form })
    }
}

impl Here {
    /// A form is good only from the browser it was made for: no other site can send one.
    fn check_form_ticket(&self, ticket: Option<&str>) -> Result<(), Failure> {
        let refused = || Failure::new(StatusCode::FORBIDDEN, "form_expired");
        let ticket = Ticket::read(&self.app.keys.data(), TicketKind::Form, ticket.unwrap_or_default())
            .map_err(|_| refused())?;
        if self.browser.is_new || ticket.id != self.browser.id { Err(refused()) } else { Ok(()) }
    }

    /// The same for the script of a page, which sends JSON: the ticket stands in a header.
    pub(super) async fn of_script(
        app: &App,
        visit: Visit,
        headers: &HeaderMap,
        ask: Option<String>,
    ) -> Result<Self, Failure> {
        let mut here = Self::at(app, visit, headers, Params::default(), urls::HOME.to_owned()).await?;
        here.check_form_ticket(headers.get("x-csrf").and_then(|value| value.to_str().ok()))?;
        here.take_way(ask.map(AskId)).await?;
        Ok(here)
    }
}
