//! In the browser of a window: a clerk's passkey begins a shift there, a second clerk's vouches for a deed. Both are
//! asked for by the window's program, and both lead back to it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::desk::{Desk, Scripted};
use super::passkey::{failed, proven, said};
use super::sign_in::begin;
use crate::base::{Actor, Visit};
use crate::http::{Failure, cookies};
use crate::operator::ceremony::{self, Asked, Begun, ToConfirm};
use crate::operator::counter::{self, Deed, Vouching};
use crate::operator::{self, OperatorSession, Refused, Role};
use crate::terminal;
use crate::view::{ConsoleWindow, WindowTask};

pub async fn show_shift(desk: Desk) -> Result<Response, Failure> {
    let ask = desk.query.get("ask").unwrap_or_default().to_owned();
    let asked: Asked = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    page(&desk, ask, ConsoleWindow { place: asked.place, task: WindowTask::Shift })
}

pub async fn show_deed(desk: Desk) -> Result<Response, Failure> {
    let ask = desk.query.get("ask").unwrap_or_default().to_owned();
    let asked: ToConfirm = ceremony::look(&desk.app.transient, &ask).await?.ok_or_else(Failure::expired)?;
    let deed = waiting(&desk, &asked).await?.ok_or_else(Failure::expired)?;
    let whose = counter::whose(&mut &desk.app.db, &desk.app.keys.data(), &deed).await?;
    let whose = whose.ok_or_else(Failure::expired)?;
    let (name, number) = (whose.name.masked(), whose.number.masked());
    let task = WindowTask::Deed { kind: deed.kind.as_str(), name, number };
    page(&desk, ask, ConsoleWindow { place: asked.asked.place, task })
}

fn page(desk: &Desk, ask: String, page: ConsoleWindow) -> Result<Response, Failure> {
    let mut frame = desk.frame()?;
    // The script sends it back, as it does with an Ask.
    frame.ask = Some(ask);
    Ok(desk.page(StatusCode::OK, page.render(&frame)))
}

async fn waiting(desk: &Desk, asked: &ToConfirm) -> Result<Option<Deed>, Failure> {
    let found = counter::find_deed(&mut &desk.app.db, &desk.app.keys.data(), asked.deed).await?;
    Ok(found.filter(|deed| deed.is_waiting(desk.visit.now)))
}

pub async fn begin_shift(Scripted { desk, sent }: Scripted) -> Result<Response, Response> {
    let ask = sent["ask"].as_str().unwrap_or_default();
    let gone = || said(StatusCode::GONE, "expired");
    let app = &desk.app;
    let asked: Option<Asked> = ceremony::look(&app.transient, ask).await.map_err(failed)?;
    asked.ok_or_else(gone)?;
    let (operator, proof) = proven(&desk, &sent).await?;
    // Of two who answer, one gets it; a passkey that was refused leaves it to be tried again.
    let asked: Option<Asked> = ceremony::take(&app.transient, ask).await.map_err(failed)?;
    let asked = asked.ok_or_else(gone)?;
    let keys = app.keys.data();
    let id = begin(&desk, &operator, &[proof]).await.map_err(IntoResponse::into_response)?;
    let visit = Visit { actor: Actor::Operator(operator.id), ..desk.visit.clone() };
    let policy = &app.config.operator;
    let session = operator::find_session(&mut &app.db, &keys, &visit, id, policy).await.map_err(failed)?;
    let session = session.ok_or_else(gone)?;
    let shift = at_window(&desk, &visit, &session, asked.terminal).await.map_err(no_right)?;
    let code = ceremony::keep(&app.transient, &app.chance, &Begun { shift }).await.map_err(failed)?;
    let sign = if asked.back.contains('?') { '&' } else { '?' };
    let mut response = Json(json!({ "next": format!("{}{sign}code={code}", asked.back) })).into_response();
    let cookie = cookies::set_operator(app, id).map_err(failed)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn at_window(
    desk: &Desk,
    visit: &Visit,
    session: &OperatorSession,
    terminal: uuid::Uuid,
) -> Result<uuid::Uuid, operator::Error> {
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
    let visit = Visit { actor: Actor::Operator(second.id), ..desk.visit.clone() };
    let vouched = async {
        if !second.roles.contains(Role::Clerk) || second.number.is_none() {
            return Err(operator::Error::from(Refused::NoRight));
        }
        let mut tx = desk.app.db.begin().await?;
        let by = Vouching::Clerk(&second);
        counter::vouch_for(&mut tx, &desk.app.keys.data(), &visit, &deed, by).await?;
        Ok(tx.commit().await?)
    };
    vouched.await.map_err(no_right)?;
    let _: Option<ToConfirm> = ceremony::take(&desk.app.transient, ask).await.map_err(failed)?;
    Ok(Json(json!({ "next": asked.asked.back })).into_response())
}

fn no_right(error: operator::Error) -> Response {
    match error {
        operator::Error::Refused(why) => {
            tracing::info!(%why, "refused at a window");
            said(StatusCode::UNPROCESSABLE_ENTITY, "no_right")
        }
        other => failed(other),
    }
}
