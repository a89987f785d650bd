//! The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2).
//!
//! A request becomes an Ask; `ask::next` says what the person must do; when nothing is left to do the Ask
//! becomes an approval behind a code. Pages send the person back to [`resume`], where `next` is asked again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::approve::approval_of;
use super::cas;
use super::checks::{self, Door, Draft};
use super::code;
use super::destination::Destination;
use super::elsewhere;
use super::error::{Code, OAuthError};
use super::hinted::hinted;
use crate::app::App;
use crate::ask::{self, Ask, AskId, Facts, Redirect, Refusal, Step, Way};
use crate::base::{Scopes, Visit};
use crate::client::Client;
use crate::http::{Browser, Cookies, Failure, Params, cookies, urls};
use crate::session;

pub async fn get(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    begin(&app, &visit, &headers, query.unwrap_or_default().as_bytes()).await
}

/// OpenID Connect Core section 3.1.2.1: the same by POST.
pub async fn post(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    begin(&app, &visit, &headers, &body).await
}

async fn begin(app: &App, visit: &Visit, headers: &HeaderMap, query: &[u8]) -> Result<Response, Failure> {
    let params = Params::parse(query).map_err(|repeated| {
        Failure::bad_request("invalid_request").with_detail(format!("{} is given twice", repeated.0))
    })?;
    let (client, redirect_uri) = relying_system(app, &params).await?;
    let destination = Destination::registered(&redirect_uri, params.get("state"));
    let cookies = Cookies::of(app, headers);
    let draft = match checks::run(Door::Authorize, &checks::Request { app, params: &params, client: &client })
    {
        Ok(draft) => draft,
        Err(error) => return Ok(destination.error(app.config.issuer(), error.code, &error.description)),
    };
    let browser = cookies.browser();
    let state = params.get("state").map(str::to_owned);
    match ask_of(app, visit, &client, redirect_uri, state, draft, browser).await? {
        Some(ask) => proceed(app, visit, &cookies, &client, ask, None).await,
        None => Ok(destination.error(app.config.issuer(), Code::LoginRequired, "the hint names nobody here")),
    }
}

/// The client and its redirect URI. Until both are known the refusal is a page.
async fn relying_system(app: &App, params: &Params) -> Result<(Arc<Client>, String), Failure> {
    let id = params
        .get("client_id")
        .ok_or_else(|| Failure::bad_request("invalid_request").with_detail("client_id is missing"))?;
    let client = app.client(id).await?.ok_or_else(|| {
        Failure::bad_request("unknown_client").with_detail("no active client has this client_id")
    })?;
    let uri = params
        .get("redirect_uri")
        .ok_or_else(|| Failure::bad_request("invalid_request").with_detail("redirect_uri is missing"))?;
    if !checks::registered_redirect_uri(&client.metadata, uri) {
        // Beside each other, for the client's owner; both are addresses of programs, not of persons.
        let detail = format!("received: {uri}; registered: {}", client.metadata.redirect_uris.join(", "));
        return Err(Failure::bad_request("invalid_redirect_uri").with_detail(detail));
    }
    Ok((client, uri.to_owned()))
}

/// `None` if the `id_token_hint` names an account that is not here any more.
async fn ask_of(
    app: &App,
    visit: &Visit,
    client: &Client,
    redirect_uri: String,
    state: Option<String>,
    mut draft: Draft,
    browser: Browser,
) -> Result<Option<Ask>, Failure> {
    let hinted = match &draft.hint {
        None => None,
        Some(hint) => match hinted(app, hint).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let way = Way::Redirect(Redirect {
        redirect_uri,
        state,
        nonce: draft.nonce.take(),
        code_challenge: std::mem::take(&mut draft.code_challenge),
        dpop_jkt: draft.dpop_jkt.take(),
        browser: browser.id,
    });
    Ok(Some(draft.ask(client, way, hinted, visit.now)))
}

/// Back to the Ask, from a page.
pub async fn resume(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<AskId>,
) -> Result<Response, Failure> {
    let cookies = Cookies::of(&app, &headers);
    let ask = ask::find(&app.transient, &id).await?.ok_or_else(Failure::expired)?;
    // Somebody else's browser cannot finish what this one began, nor the other way round.
    if !ask.is_for(cookies.browser().id) {
        return Err(Failure::expired());
    }
    let client = app.client(&ask.client_id).await?.ok_or_else(|| Failure::bad_request("unknown_client"))?;
    proceed(&app, &visit, &cookies, &client, ask, Some(id)).await
}

pub(super) async fn proceed(
    app: &App,
    visit: &Visit,
    cookies: &Cookies<'_>,
    client: &Client,
    ask: Ask,
    kept: Option<AskId>,
) -> Result<Response, Failure> {
    let keys = app.keys.data();
    let mut read = &app.db;
    let session = match cookies.session() {
        Some(id) => session::find(&mut read, &keys, visit, id, &app.config).await?,
        None => None,
    };
    let offers = |channel, method| app.offers(channel, method);
    let facts = match session {
        Some(session) => Some(ask::facts(&mut read, &keys, visit, &ask, client, session, offers).await?),
        None => None,
    };
    let page = match ask::next(&ask, client, facts.as_ref(), visit.now) {
        Step::Approved(allowed) => {
            let facts = facts.ok_or_else(|| Failure::internal(&"approved without a session"))?;
            return approve(app, visit, client, ask, kept, facts, allowed).await;
        }
        Step::Refused(refusal) => {
            if let Some(id) = &kept {
                ask::take(&app.transient, id).await?;
            }
            return match &ask.way {
                Way::Redirect(way) => {
                    let (code, words) = refusal_words(refusal);
                    Ok(Destination::of(way).error(app.config.issuer(), code, words))
                }
                Way::Elsewhere(way) => elsewhere::refuse(app, visit, way.request, facts, refusal).await,
                Way::Cas(way) => cas::refuse(&ask, way, refusal),
            };
        }
        Step::SignIn(_) => urls::SIGN_IN,
        Step::Confirm => urls::DEVICE_CONFIRM,
        Step::StepUp(_) => urls::SECOND_FACTOR,
        Step::Raise(_) => urls::RAISE,
        Step::Capacity => urls::CAPACITY,
        Step::Consent(_) | Step::Notice(_) => urls::CONSENT,
    };
    let id = match kept {
        Some(id) => id,
        None => {
            let life = Duration::from_secs(app.config.token.ask_minutes * 60);
            ask::keep(&app.transient, &app.chance, &ask, life).await?
        }
    };
    see_other(app, &urls::on_the_way(page, &id), cookies.browser(), ask.browser())
}

async fn approve(
    app: &App,
    visit: &Visit,
    client: &Client,
    ask: Ask,
    kept: Option<AskId>,
    facts: Facts,
    allowed: Scopes,
) -> Result<Response, Failure> {
    if let Some(id) = &kept
        && ask::take(&app.transient, id).await?.is_none()
    {
        return Err(Failure::expired());
    }
    match &ask.way {
        Way::Redirect(way) => {
            let approval = approval_of(app, visit, client, &ask, facts, allowed, visit.id()).await?;
            let code = code::write(app, visit.now, way, approval)?;
            Ok(Destination::of(way).code(app.config.issuer(), &code))
        }
        Way::Elsewhere(way) => elsewhere::allow(app, visit, client, way.request, facts, allowed).await,
        Way::Cas(way) => cas::approve(app, visit, client, &ask, way, facts, allowed).await,
    }
}

fn see_other(app: &App, to: &str, browser: Browser, asked_by: Option<Uuid>) -> Result<Response, Failure> {
    let location = HeaderValue::from_str(to).map_err(|e| Failure::internal(&e))?;
    let mut response = (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response();
    if browser.is_new {
        // The id in the Ask, not the one this call made up for a browser without a cookie.
        let cookie = cookies::set_browser(app, Browser { id: asked_by.unwrap_or(browser.id), is_new: true })?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn refusal_words(refusal: Refusal) -> (Code, &'static str) {
    match refusal {
        Refusal::LoginRequired => (Code::LoginRequired, "nobody fit is signed in"),
        Refusal::ConsentRequired => (Code::ConsentRequired, "the person has not agreed to these scopes yet"),
        Refusal::InteractionRequired => (Code::InteractionRequired, "the person must see a page first"),
        Refusal::UnmetAuthenticationRequirements => {
            (Code::UnmetAuthenticationRequirements, "the demanded level is not met")
        }
        Refusal::AccessDenied => (Code::AccessDenied, "the person did not agree"),
    }
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Failure::bad_request(error.code.as_str()).with_detail(error.description)
    }
}
