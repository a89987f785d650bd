//! RP-initiated logout (OpenID Connect RP-Initiated Logout section 2): ends the session here and sends the
//! person back to the relying system, if that address is registered.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::id_token;
use crate::app::App;
use crate::base::{Actor, Visit};
use crate::grant;
use crate::http::{Cookies, Failure, Params, cookies, urls};
use crate::session;

pub async fn get(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    end(&app, visit, &headers, query.unwrap_or_default().as_bytes()).await
}

pub async fn post(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    end(&app, visit, &headers, &body).await
}

async fn end(app: &App, mut visit: Visit, headers: &HeaderMap, query: &[u8]) -> Result<Response, Failure> {
    let params = Params::parse(query).map_err(|repeated| {
        Failure::bad_request("invalid_request").with_detail(format!("{} is given twice", repeated.0))
    })?;
    let hint = match params.get("id_token_hint") {
        Some(token) => Some(id_token::read_hint(app, token).ok_or_else(|| {
            Failure::bad_request("invalid_request").with_detail("id_token_hint is not an ID token of ours")
        })?),
        None => None,
    };
    if let (Some(hint), Some(client)) = (&hint, params.get("client_id"))
        && hint.aud != client
    {
        return Err(Failure::bad_request("invalid_request").with_detail("client_id is not that of the hint"));
    }
    let client_id = hint.as_ref().map(|hint| hint.aud.as_str()).or(params.get("client_id"));
    let back = back_to(app, client_id, &params).await?;
    let keys = app.keys.data();
    let session = match Cookies::of(app, headers).session() {
        Some(id) => session::find(&mut &app.db, &keys, &visit, id, &app.config).await?,
        None => None,
    };
    if let Some(session) = session {
        let hinted = match &hint {
            // Where the person acted for another, `sub` is the other's.
            Some(hint) => {
                let sub = hint.act.as_ref().map_or(&hint.sub, |act| &act.sub);
                grant::account_of(&mut &app.db, sub).await?
            }
            None => None,
        };
        // Without proof that the relying system means this person, the person is asked.
        if hinted != Some(session.person) {
            return Ok(see_other(&to_page(client_id, &params), None));
        }
        visit.actor = Actor::Person(session.person);
        let mut tx = app.db.begin().await?;
        session::end(&mut tx, &keys, &visit, session.id, session.person, "relying system").await?;
        tx.commit().await?;
    }
    Ok(see_other(back.as_deref().unwrap_or(urls::SIGNED_OUT), Some(cookies::clear_session(app))))
}

/// The registered address to go back to, with `state`. One that is not registered is refused, never followed.
async fn back_to(app: &App, client: Option<&str>, params: &Params) -> Result<Option<String>, Failure> {
    let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    let client = match client {
        Some(id) => app.client(id).await?,
        None => None,
    };
    let registered = client
        .as_ref()
        .is_some_and(|client| client.metadata.post_logout_redirect_uris.iter().any(|known| known == uri));
    if !registered {
        return Err(Failure::bad_request("invalid_redirect_uri")
            .with_detail("post_logout_redirect_uri is not registered for this client"));
    }
    let mut target = uri.to_owned();
    if let Some(state) = params.get("state") {
        target.push(if uri.contains('?') { '&' } else { '?' });
        let start = target.len();
        form_urlencoded::Serializer::for_suffix(&mut target, start).append_pair("state", state).finish();
    }
    Ok(Some(target))
}

/// To the page that asks the person, with what it keeps for afterwards; the hint names a person and stays here.
fn to_page(client_id: Option<&str>, params: &Params) -> String {
    let mut page = format!("{}?", urls::SIGN_OUT);
    let start = page.len();
    let mut query = form_urlencoded::Serializer::for_suffix(&mut page, start);
    for (name, value) in [
        ("client_id", client_id),
        ("post_logout_redirect_uri", params.get("post_logout_redirect_uri")),
        ("state", params.get("state")),
    ] {
        query.extend_pairs(value.map(|value| (name, value)));
    }
    query.finish();
    page
}

fn see_other(to: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return Failure::bad_request("invalid_redirect_uri").into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
