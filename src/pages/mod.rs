//! Rank 5: the people's door. A handler gathers facts ([`here::Here`]), calls the domain, and answers with a
//! page of `view` or a redirect; what the person must do next is `ask::next`'s to say, so every page ends
//! with "back to the Ask".

mod account;
mod assets;
mod consent;
mod failures;
mod here;
mod identifier;
mod passkey;
mod reading;
mod register;
mod sessions;
mod sign_in;
mod sign_out;
pub mod view;

pub use failures::{Asked, draw as draw_failure};

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::urls;

/// All pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(urls::HOME, get(reading::home))
        .route(urls::SIGN_IN, get(sign_in::show).post(sign_in::submit))
        .route(urls::REGISTER, get(register::phone::show).post(register::phone::submit))
        .route(urls::REGISTER_CODE, get(register::code::show).post(register::code::submit))
        .route(urls::REGISTER_RESEND, post(register::code::resend))
        .route(urls::REGISTER_NAME, get(register::name::show).post(register::name::submit))
        .route(urls::REGISTER_PASSWORD, get(register::password::show).post(register::password::submit))
        .route(urls::REGISTER_PASSKEY, get(register::passkey::show))
        .route(urls::CONSENT, get(consent::show).post(consent::submit))
        .route(urls::SIGN_OUT, get(sign_out::show).post(sign_out::submit))
        .route(urls::SIGNED_OUT, get(sign_out::done))
        .route(urls::ACCOUNT, get(account::show))
        .route(urls::ACCOUNT_PASSKEY, get(account::offer_passkey))
        .route(urls::ACCOUNT_SESSIONS, get(sessions::show).post(sessions::submit))
        .route(urls::PASSKEY_SIGN_IN_START, post(passkey::start_sign_in))
        .route(urls::PASSKEY_SIGN_IN_FINISH, post(passkey::finish_sign_in))
        .route(urls::PASSKEY_ADD_START, post(passkey::start_adding))
        .route(urls::PASSKEY_ADD_FINISH, post(passkey::finish_adding))
        .route(urls::ASSETS, get(assets::serve))
        .route(urls::PRIVACY, get(reading::privacy))
        .route(urls::HELP, get(reading::help))
}
