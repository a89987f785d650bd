//! The sheet that is printed for the person. Its secrets stand on the paper and not on the screen: the page shows them
//! to a printer only, and it is folded and handed over unread.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::page::page;

use crate::desk::{Desk, Given};

#[derive(Template)]
#[template(path = "sheet.html")]
struct Sheet<'a> {
    title: &'a str,
    department: &'a str,
    place: &'a str,
    given: &'a Given,
}

pub async fn show(State(desk): State<Arc<Desk>>) -> Response {
    let work = desk.state.lock().await;
    let Some((given, place)) = work.given() else { return Redirect::to("/").into_response() };
    page(StatusCode::OK, &Sheet { title: &desk.title, department: "政务服务中心", place, given })
}
