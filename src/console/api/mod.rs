//! The same rooms for programs: JSON, by the functions that the pages and the commands call. Who calls is an operator: by
//! the console's own cookie, or by a token of their session ([`caller`]). Described in `docs/LEGACY.md`.

mod caller;
mod cases;
mod refusal;
mod runs;
mod sources;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::urls;

pub fn routes() -> Router<App> {
    Router::new()
        .route(urls::CONSOLE_API_SOURCES, get(sources::list))
        .route(urls::CONSOLE_API_REPORT, get(sources::report))
        .route(urls::CONSOLE_API_RUNS, get(runs::list).post(runs::ask))
        .route(urls::CONSOLE_API_RUN_CONFIRM, post(runs::confirm))
        .route(urls::CONSOLE_API_RUN_STOP, post(runs::stop))
        .route(urls::CONSOLE_API_BATCHES, get(sources::batches))
        .route(urls::CONSOLE_API_BATCH, get(sources::batch))
        .route(urls::CONSOLE_API_BATCH_UNDO, post(sources::undo))
        .route(urls::CONSOLE_API_CASES, get(cases::list))
        .route(urls::CONSOLE_API_DECIDE, post(cases::decide))
        .route(urls::CONSOLE_API_CASE, get(cases::show))
        .route(urls::CONSOLE_API_CASE_REVEAL, post(cases::reveal))
        .route(urls::CONSOLE_API_CASE_UNDO, post(cases::undo))
}
