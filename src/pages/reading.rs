//! Pages that are only read, and the front door.

use axum::http::StatusCode;
use axum::response::Response;

use super::here::Here;
use super::view::{Help, Privacy};
use crate::http::{Failure, urls};

/// Who comes without a relying system comes for their account.
pub async fn home(here: Here) -> Response {
    here.go(if here.session.is_some() { urls::ACCOUNT } else { urls::SIGN_IN })
}

pub async fn privacy(here: Here) -> Result<Response, Failure> {
    Ok(here.page(StatusCode::OK, Privacy.render(&here.frame()?)))
}

pub async fn help(here: Here) -> Result<Response, Failure> {
    let page = Help { counter_hours: here.app.config.server.counter_hours.clone() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}
