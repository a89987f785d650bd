//! RP-initiated logout (OpenID Connect RP-Initiated Logout section 2): ends the session here and sends the
//! person back to the relying system, if that address is registered. Where it is not certain that the relying
//! system means the person who is signed in here, the person is asked.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::id_token;
use crate::app::App;
use crate::base::{Actor, Visit};
use crate::grant;
use crate::http::{Cookies, Failure, Params, cookies, parting, urls};
use crate::logout::{self, Farewell, Hinted, Leaving, sid};
use crate::session::{self, Session};

pub async fn get(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = parsed(query.unwrap_or_default().as_bytes())?;
    let leaving = match params.get("leaving") {
        Some(id) => Leaving::find(&app.transient, id).await?.ok_or_else(Failure::expired)?,
        None => asked(&app, &params).await?,
    };
    end(&app, visit, &headers, leaving).await
}

/// A form on a relying system's page comes without our cookies (SameSite=Lax); the redirect after it has them.
pub async fn post(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let leaving = asked(&app, &parsed(&body)?).await?;
    if Cookies::of(&app, &headers).session().is_some() {
        return end(&app, visit, &headers, leaving).await;
    }
    let id = parting::keep(&app, &leaving).await?;
    Ok(see_other(&urls::leaving(urls::END_SESSION, &id), None))
}

fn parsed(encoded: &[u8]) -> Result<Params, Failure> {
    Params::parse(encoded).map_err(|repeated| {
        Failure::bad_request("invalid_request").with_detail(format!("{} is given twice", repeated.0))
    })
}

/// What the relying system asks for, checked.
async fn asked(app: &App, params: &Params) -> Result<Leaving, Failure> {
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
    let client = hint.as_ref().map(|hint| hint.aud.as_str()).or(params.get("client_id"));
    Ok(Leaving {
        client: client.map(str::to_owned),
        back: back_to(app, client, params).await?,
        hinted: hint.map(|hint| Hinted { sub: hint.sub, sid: hint.sid }),
        ..Leaving::default()
    })
}

pub(super) async fn end(
    app: &App,
    mut visit: Visit,
    headers: &HeaderMap,
    leaving: Leaving,
) -> Result<Response, Failure> {
    let keys = app.keys.data();
    let Some(id) = Cookies::of(app, headers).session() else {
        let to = parting::onward(app, leaving, &Farewell::default()).await?;
        return Ok(see_other(&to, None));
    };
    let session = session::find(&mut &app.db, &keys, &visit, id, &app.config).await?;
    if let Some(session) = &session {
        if !is_meant(app, session, &leaving).await? {
            let id = parting::keep(app, &leaving).await?;
            return Ok(see_other(&urls::leaving(urls::SIGN_OUT, &id), None));
        }
        visit.actor = Actor::Person(session.person);
    }
    let mut tx = app.db.begin().await?;
    let ended = match session {
        Some(session) => logout::end(&mut tx, &keys, &visit, id, session.person, "relying system").await?,
        None => logout::end_over(&mut tx, &keys, &visit, id).await?,
    };
    tx.commit().await?;
    let to = parting::onward(app, leaving, &ended.unwrap_or_default()).await?;
    Ok(see_other(&to, Some(cookies::clear_session(app))))
}

/// Whether the hint proves that the relying system means this session: by its `sid` exactly this one, or else
/// by its subject this person. A `sid` of another session is suspect (section 2), and the person is asked.
async fn is_meant(app: &App, session: &Session, leaving: &Leaving) -> Result<bool, Failure> {
    let (Some(hinted), Some(client)) = (&leaving.hinted, &leaving.client) else { return Ok(false) };
    match &hinted.sid {
        Some(said) => Ok(*said == sid(session.id, client, &hinted.sub)),
        None => Ok(grant::account_of(&mut &app.db, &hinted.sub).await? == Some(session.person)),
    }
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
