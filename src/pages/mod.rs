//! Rank 5: the people's door. A handler gathers facts ([`here::Here`]), calls the domain, and answers with a
//! page of `view` or a redirect; what the person must do next is `ask::next`'s to say, so every page ends
//! with "back to the Ask".

mod account;
mod answered;
mod approvals;
mod assets;
mod capacity;
mod consent;
mod device;
mod factors;
mod failures;
mod here;
mod identifier;
mod kept;
mod legacy;
mod mandates;
mod passkey;
mod pin;
mod proofs;
mod reading;
mod recheck;
mod recover;
mod register;
mod scan;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_out;

pub use crate::view;
pub use failures::{Asked, draw as draw_failure};
pub use register::Notice;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::urls;

/// All pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(urls::HOME, get(reading::home))
        .route(urls::SIGN_IN, get(sign_in::show).post(sign_in::submit))
        .route(urls::SIGN_IN_SCAN, get(scan::code::show))
        .route(urls::SCAN_DONE, get(scan::answer::done))
        .route(urls::SCAN, get(scan::answer::show).post(scan::answer::submit))
        .route(urls::NEW_PASSWORD, get(legacy::password::show).post(legacy::password::submit))
        .route(urls::ACCOUNT_LEGACY, get(legacy::list::show).post(legacy::list::claim))
        .route(urls::ACCOUNT_LEGACY_DECISIONS, get(legacy::decisions::show).post(legacy::decisions::appeal))
        .route(urls::ACCOUNT_LEGACY_NOT_MINE, post(legacy::list::not_mine))
        .route(urls::REGISTER, get(register::phone::show).post(register::phone::submit))
        .route(urls::REGISTER_CODE, get(register::code::show).post(register::code::submit))
        .route(urls::REGISTER_RESEND, post(register::code::resend))
        .route(urls::REGISTER_NAME, get(register::name::show).post(register::name::submit))
        .route(urls::REGISTER_PASSWORD, get(register::password::show).post(register::password::submit))
        .route(urls::REGISTER_PASSKEY, get(register::passkey::show))
        .route(urls::RECOVER, get(recover::identifier::show).post(recover::identifier::submit))
        .route(urls::RECOVER_CODE, get(recover::code::show).post(recover::code::submit))
        .route(urls::RECOVER_SECOND, get(recover::second::show).post(recover::second::submit))
        .route(urls::RECOVER_WITHOUT, post(recover::second::without))
        .route(urls::RECOVER_PASSWORD, get(recover::password::show).post(recover::password::submit))
        .route(urls::RECOVER_CANCEL, post(recover::cancel::submit))
        .route(urls::CAPACITY, get(capacity::show).post(capacity::submit))
        .route(urls::CONSENT, get(consent::show).post(consent::submit))
        .route(urls::DEVICE, get(device::show).post(device::submit))
        .route(urls::DEVICE_CONFIRM, get(device::show_confirm).post(device::submit_confirm))
        .route(urls::DEVICE_DONE, get(device::done))
        .route(urls::PIN, get(pin::show).post(pin::submit))
        .route(urls::SIGN_OUT, get(sign_out::show).post(sign_out::submit))
        .route(urls::SIGNED_OUT, get(sign_out::done))
        .route(urls::ACCOUNT, get(account::show))
        .route(urls::ACCOUNT_PASSKEY, get(account::offer_passkey))
        .route(urls::MANDATES, get(mandates::list::show))
        .route(
            urls::ORGANIZATION_ADD,
            get(mandates::representative::show).post(mandates::representative::submit),
        )
        .route(urls::ORGANIZATION_LICENCE, get(mandates::licence::show).post(mandates::licence::submit))
        .route(urls::ORGANIZATION, get(mandates::organization::show))
        .route(urls::MANDATE_GRANT, get(mandates::grant::show).post(mandates::grant::submit))
        .route(urls::HELPER_ADD, get(mandates::grant::show_helper).post(mandates::grant::submit_helper))
        .route(urls::WARD_ADD, get(mandates::guardian::show).post(mandates::guardian::submit))
        .route(urls::MANDATE_ANSWER, post(mandates::answer::submit))
        .route(urls::MANDATE_END, post(mandates::answer::end))
        .route(urls::SECOND_FACTOR, get(second_factor::show).post(second_factor::submit))
        .route(urls::SECOND_FACTOR_SEND, post(second_factor::resend))
        .route(urls::SECOND_FACTOR_LEAVE, post(second_factor::leave))
        .route(urls::RAISE, get(proofs::show))
        .route(urls::RAISE_LEAVE, post(proofs::leave))
        .route(urls::PROOF_FACE, get(proofs::face::show).post(proofs::face::submit))
        .route(urls::PROOF_FACE_DONE, get(proofs::face::done))
        .route(urls::PROOF_FACE_WITHDRAW, post(proofs::face::withdraw))
        .route(urls::NATIONAL, get(proofs::national::start))
        .route(urls::NATIONAL_RETURN, get(proofs::national::done))
        .route(urls::CERTIFICATE, get(proofs::certificate::show).post(proofs::certificate::submit))
        .route(urls::NETWORK_IDENTITY, get(proofs::network::show).post(proofs::network::submit))
        .route(urls::NETWORK_IDENTITY_RETURN, get(proofs::network::done))
        .route(urls::NETWORK_IDENTITY_NEW, post(proofs::network::anew))
        .route(urls::ANEW, post(proofs::arriving::anew))
        .route(urls::FACTORS, get(factors::show))
        .route(urls::FACTORS_ALWAYS, post(factors::always))
        .route(urls::FACTORS_APP, get(factors::app::show).post(factors::app::submit))
        .route(urls::FACTORS_APP_REMOVE, post(factors::app::take_away))
        .route(urls::FACTORS_RECOVERY, get(factors::recovery::show).post(factors::recovery::make))
        .route(urls::FACTORS_PASSWORD, get(factors::password::show).post(factors::password::submit))
        .route(urls::FACTORS_PASSKEY, get(factors::passkey::show).post(factors::passkey::rename))
        .route(urls::FACTORS_PASSKEY_REMOVE, post(factors::passkey::take_away))
        .route(urls::APPROVALS, get(approvals::show).post(approvals::submit))
        .route(urls::ACCOUNT_ANSWERED, get(answered::show))
        .route(urls::APPROVAL, get(approvals::open))
        .route(urls::ACCOUNT_CONSENTS, get(account::consents::show).post(account::consents::withdraw))
        .route(urls::ACCOUNT_HISTORY, get(account::history::show))
        .route(urls::ACCOUNT_DATA, get(account::data::download))
        .route(urls::ACCOUNT_CLOSE, get(account::close::show).post(account::close::submit))
        .route(urls::ACCOUNT_SESSIONS, get(sessions::show).post(sessions::submit))
        .route(urls::PASSKEY_SIGN_IN_START, post(passkey::start_sign_in))
        .route(urls::PASSKEY_SIGN_IN_FINISH, post(passkey::finish_sign_in))
        .route(urls::PASSKEY_ADD_START, post(passkey::start_adding))
        .route(urls::PASSKEY_ADD_FINISH, post(passkey::finish_adding))
        .route(urls::ASSETS, get(assets::serve))
        .route(urls::PRIVACY, get(reading::privacy))
        .route(urls::HELP, get(reading::help))
}
