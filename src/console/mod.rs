//! Rank 5: the operators' door. Who comes here has a session of their own, and what they may do is a type that
//! a handler is handed: one that takes a [`rights::Clerk`] runs for clerks, and for nobody else.

mod account_cases;
mod api;
mod batches;
mod cases;
mod certificate;
mod deciding;
mod desk;
mod home;
mod names;
mod passkey;
pub mod rights;
mod runs;
mod second_factor;
mod sign_in;
mod sources;
mod token;
mod window;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::urls;

pub fn routes() -> Router<App> {
    Router::new()
        .route(urls::CONSOLE, get(home::show))
        .route(urls::CONSOLE_ROLE, post(home::choose_role))
        .route(urls::CONSOLE_SIGN_OUT, post(home::sign_out))
        .route(urls::CONSOLE_SIGN_IN, get(sign_in::show).post(sign_in::submit))
        .route(urls::CONSOLE_SECOND_FACTOR, get(second_factor::show).post(second_factor::submit))
        .route(urls::CONSOLE_APP, get(second_factor::show_app).post(second_factor::add_app))
        .route(urls::CONSOLE_CERTIFICATE, post(certificate::submit))
        .route(urls::CONSOLE_SHIFT, get(window::show_shift))
        .route(urls::CONSOLE_SHIFT_CERTIFICATE, post(window::begin_shift_by_certificate))
        .route(urls::CONSOLE_CONFIRM_CERTIFICATE, post(window::confirm_by_certificate))
        .route(urls::CONSOLE_SHIFT_START, post(passkey::start_sign_in))
        .route(urls::CONSOLE_SHIFT_FINISH, post(window::begin_shift))
        .route(urls::CONSOLE_CONFIRM, get(window::show_deed))
        .route(urls::CONSOLE_CONFIRM_START, post(passkey::start_sign_in))
        .route(urls::CONSOLE_CONFIRM_FINISH, post(window::confirm))
        .route(urls::CONSOLE_TOKEN, get(token::show).post(token::make))
        .merge(api::routes())
        .route(urls::CONSOLE_SOURCES, get(sources::list))
        .route(urls::CONSOLE_SOURCE, get(sources::show))
        .route(urls::CONSOLE_SOURCE_RUN, post(runs::ask))
        .route(urls::CONSOLE_RUN_CONFIRM, post(runs::confirm))
        .route(urls::CONSOLE_RUN_STOP, post(runs::stop))
        .route(urls::CONSOLE_BATCHES, get(batches::list))
        .route(urls::CONSOLE_BATCH, get(batches::show))
        .route(urls::CONSOLE_BATCH_UNDO, post(batches::undo))
        .route(urls::CONSOLE_BATCH_KEEP, post(batches::keep))
        .route(urls::CONSOLE_CASES, get(cases::list).post(deciding::many))
        .route(urls::CONSOLE_CASE, get(cases::show).post(deciding::one))
        .route(urls::CONSOLE_CASE_REVEAL, post(cases::reveal))
        .route(urls::CONSOLE_CASE_UNDO, post(deciding::undo))
        .route(urls::CONSOLE_PASSKEY, get(passkey::show))
        .route(urls::CONSOLE_PASSKEY_SIGN_IN_START, post(passkey::start_sign_in))
        .route(urls::CONSOLE_PASSKEY_SIGN_IN_FINISH, post(passkey::finish_sign_in))
        .route(urls::CONSOLE_PASSKEY_ADD_START, post(passkey::start_adding))
        .route(urls::CONSOLE_PASSKEY_ADD_FINISH, post(passkey::finish_adding))
}
