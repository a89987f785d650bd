//! The token endpoint: who may call it, and what each grant gives.

mod authorization_code;
mod client_authentication;
mod refresh_token;
