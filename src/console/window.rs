//! In the browser of a window: a clerk's passkey, or certificate and password, begins a shift there; a second clerk's
//! vouches for a deed. Both are asked for by the window's program, and both lead back to it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use super::certificate;
use super::desk::{Desk, Scripted, Sent};
use super::passkey::{failed, proven, said};
use super::sign_in::begin;
use crate::base::{Actor, Visit};
use crate::credential::Proof;
use crate::http::{ClientChain, Failure, cookies};
use crate::operator::ceremony::{self, Asked, Begun, ToConfirm};
use crate::operator::counter::{self, Deed, Vouching};
use crate::operator::{self, Operator, OperatorSession, Refused, Role};
use crate::terminal;
use crate::view::{ConsoleWindow, Fault, WindowTask, origin};

pub async fn show_shift(desk: Desk) -> Result<Response, Failure> {
    let ask = desk.query.get("ask").unwrap_or_default().to_owned();
    let asked: Asked = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    page(&desk, ask, &asked, WindowTask::Shift, None)
}

pub async fn show_deed(desk: Desk) -> Result<Response, Failure> {
    let ask = desk.query.get("ask").unwrap_or_default().to_owned();
    let asked: ToConfirm = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    deed_page(&desk, ask, &asked, None).await
}

async fn deed_page(
    desk: &Desk,
    ask: String,
    asked: &ToConfirm,
    fault: Option<Fault>,
) -> Result<Response, Failure> {
    let deed = waiting(desk, asked).await?.ok_or_else(Failure::expired)?;
    let whose = counter::whose(&mut &desk.app.db, &desk.app.keys.data(), &deed).await?;
    let whose = whose.ok_or_else(Failure::expired)?;
    let (name, number) = (whose.name.masked(), whose.number.masked());
    let task = WindowTask::Deed { kind: deed.kind.as_str(), name, number };
    page(desk, ask, &asked.asked, task, fault)
}

fn page(
    desk: &Desk,
    ask: String,
    asked: &Asked,
    task: WindowTask,
    fault: Option<Fault>,
) -> Result<Response, Failure> {
    let certificate = certificate::authorities(desk).is_some();
    let page =
        ConsoleWindow { place: asked.place.clone(), task, certificate, faults: fault.into_iter().collect() };
    let mut frame = desk.frame()?;
    frame.path = format!("{}?ask={ask}", page.at());
    // The script and the form send it back, as they do with an Ask.
    frame.ask = Some(ask);
    let status = match fault {
        None => StatusCode::OK,
        Some(Fault::TooMany(_)) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut response = desk.page_leading_to(status, page.render(&frame), origin(&asked.back).as_deref());
    if let Some(Fault::TooMany(wait)) = fault {
        response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().into());
    }
    Ok(response)
}

async fn waiting(desk: &Desk, asked: &ToConfirm) -> Result<Option<Deed>, Failure> {
    let found = counter::find_deed(&mut &desk.app.db, &desk.app.keys.data(), asked.deed).await?;
    Ok(found.filter(|deed| deed.is_waiting(desk.visit.now)))
}

pub async fn begin_shift(Scripted { desk, sent }: Scripted) -> Result<Response, Response> {
    let ask = sent["ask"].as_str().unwrap_or_default();
    let gone = || said(StatusCode::GONE, "expired");
    let asked: Option<Asked> = ceremony::look(&desk.app.transient, ask).await.map_err(failed)?;
    asked.ok_or_else(gone)?;
    let (operator, proof) = proven(&desk, &sent).await?;
    let (next, cookie) = match take_up(&desk, ask, &operator, &[proof]).await {
        Ok(Ok(begun)) => begun,
        Ok(Err(NoShift::Expired)) => return Err(gone()),
        Ok(Err(NoShift::NoRight)) => return Err(said(StatusCode::UNPROCESSABLE_ENTITY, "no_right")),
        Err(failure) => return Err(failure.into_response()),
    };
    let mut response = Json(json!({ "next": next })).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

pub async fn begin_shift_by_certificate(
    chain: ClientChain,
    Sent { desk, form }: Sent,
) -> Result<Response, Failure> {
    let ask = form.get("ask").unwrap_or_default().to_owned();
    let asked: Asked = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    let (operator, proofs) = match certificate::with_password(&desk, &chain, &form).await? {
        Ok(shown) => shown,
        Err(fault) => return page(&desk, ask, &asked, WindowTask::Shift, Some(fault)),
    };
    match take_up(&desk, &ask, &operator, &proofs).await? {
        Ok((next, cookie)) => {
            let mut response = desk.go(&next);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(NoShift::Expired) => Err(Failure::expired()),
        // What was asked is used up: the window asks anew.
        Err(NoShift::NoRight) => Err(Failure::new(StatusCode::FORBIDDEN, "no_right")),
    }
}

/// Why no shift was begun.
enum NoShift {
    /// What the window asked for was taken up, or is over.
    Expired,
    NoRight,
}

/// Begins a session and the shift in it; tells the address, with the code by which the window takes it up, and the
/// session's cookie.
async fn take_up(
    desk: &Desk,
    ask: &str,
    operator: &Operator,
    proofs: &[Proof],
) -> Result<Result<(String, HeaderValue), NoShift>, Failure> {
    let app = &desk.app;
    // Of two who answer, one gets it; a proof that was refused leaves it to be tried again.
    let asked: Option<Asked> = ceremony::take(&app.transient, ask).await?;
    let Some(asked) = asked else { return Ok(Err(NoShift::Expired)) };
    let keys = app.keys.data();
    let id = begin(desk, operator, proofs).await?;
    let visit = Visit { actor: Actor::Operator(operator.id), ..desk.visit.clone() };
    let policy = &app.config.operator;
    let session = operator::find_session(&mut &app.db, &keys, &visit, id, policy).await?;
    let Some(session) = session else { return Ok(Err(NoShift::Expired)) };
    let shift = match at_window(desk, &visit, &session, asked.terminal).await {
        Ok(shift) => shift,
        Err(operator::Error::Refused(why)) => {
            tracing::info!(%why, "refused at a window");
            return Ok(Err(NoShift::NoRight));
        }
        Err(other) => return Err(other.into()),
    };
    let code = ceremony::keep(&app.transient, &app.chance, &Begun { shift }).await?;
    let sign = if asked.back.contains('?') { '&' } else { '?' };
    Ok(Ok((format!("{}{sign}code={code}", asked.back), cookies::set_operator(app, id)?)))
}

async fn at_window(
    desk: &Desk,
    visit: &Visit,
    session: &OperatorSession,
    terminal: Uuid,
) -> Result<Uuid, operator::Error> {
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let mut tx = app.db.begin().await?;
    let window = terminal::find(&mut tx, &keys, terminal).await?.ok_or(Refused::NoWindow)?;
    operator::choose_role(&mut tx, session, Role::Clerk).await?;
    let shift = counter::begin_shift(&mut tx, &keys, visit, session, &window).await?;
    tx.commit().await?;
    Ok(shift)
}

/// The second clerk's session is not touched, and the first one's goes on: this is one look, at one deed.
pub async fn confirm(Scripted { desk, sent }: Scripted) -> Result<Response, Response> {
    let ask = sent["ask"].as_str().unwrap_or_default();
    let asked: Option<ToConfirm> = ceremony::look(&desk.app.transient, ask).await.map_err(failed)?;
    let gone = || said(StatusCode::GONE, "expired");
    let asked = asked.ok_or_else(gone)?;
    let deed = waiting(&desk, &asked).await.map_err(IntoResponse::into_response)?.ok_or_else(gone)?;
    let (second, _) = proven(&desk, &sent).await?;
    match vouch(&desk, &deed, &second).await {
        Ok(()) => {}
        Err(operator::Error::Refused(why)) => {
            tracing::info!(%why, "refused at a window");
            return Err(said(StatusCode::UNPROCESSABLE_ENTITY, "no_right"));
        }
        Err(other) => return Err(failed(other)),
    }
    let _: Option<ToConfirm> = ceremony::take(&desk.app.transient, ask).await.map_err(failed)?;
    Ok(Json(json!({ "next": asked.asked.back })).into_response())
}

pub async fn confirm_by_certificate(
    chain: ClientChain,
    Sent { desk, form }: Sent,
) -> Result<Response, Failure> {
    let ask = form.get("ask").unwrap_or_default().to_owned();
    let asked: ToConfirm = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    let deed = waiting(&desk, &asked).await?.ok_or_else(Failure::expired)?;
    let second = match certificate::with_password(&desk, &chain, &form).await? {
        Ok((second, _)) => second,
        Err(fault) => return deed_page(&desk, ask, &asked, Some(fault)).await,
    };
    match vouch(&desk, &deed, &second).await {
        Ok(()) => {}
        Err(operator::Error::Refused(why)) => {
            tracing::info!(%why, "refused at a window");
            return deed_page(&desk, ask, &asked, Some(Fault::WindowRefused)).await;
        }
        Err(other) => return Err(other.into()),
    }
    let _: Option<ToConfirm> = ceremony::take(&desk.app.transient, &ask).await?;
    Ok(desk.go(&asked.asked.back))
}

async fn vouch(desk: &Desk, deed: &Deed, second: &Operator) -> Result<(), operator::Error> {
    if !second.roles.contains(Role::Clerk) || second.number.is_none() {
        return Err(Refused::NoRight.into());
    }
    let visit = Visit { actor: Actor::Operator(second.id), ..desk.visit.clone() };
    let mut tx = desk.app.db.begin().await?;
    counter::vouch_for(&mut tx, &desk.app.keys.data(), &visit, deed, Vouching::Clerk(second)).await?;
    Ok(tx.commit().await?)
}
