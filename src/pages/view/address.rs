//! Where each page lives: the templates' view of `http::urls`.

pub use crate::http::urls::{
    ACCOUNT, ACCOUNT_PASSKEY, ACCOUNT_SESSIONS, CONSENT, HELP, PRIVACY, REGISTER, REGISTER_CODE,
    REGISTER_NAME, REGISTER_PASSWORD, REGISTER_RESEND, SIGN_IN, SIGN_OUT,
};
