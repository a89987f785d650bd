//! A token for programs: a ticket of the operator's session, so that nothing of it is kept and it ends with the session.

use axum::http::StatusCode;
use axum::response::Response;

use super::rights::{Anyone, Form};
use crate::base::Secret;
use crate::crypto::{Ticket, TicketKind};
use crate::http::Failure;
use crate::view::ConsoleToken;

pub async fn show(Anyone { desk, session }: Anyone) -> Result<Response, Failure> {
    let page = ConsoleToken { role: session.role, token: None };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}

pub async fn make(Form { by: Anyone { desk, session }, .. }: Form<Anyone>) -> Result<Response, Failure> {
    let token = Ticket::of(session.id).write(&desk.app.keys.data(), TicketKind::OperatorToken)?;
    let page = ConsoleToken { role: session.role, token: Some(Secret::new(token)) };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}
