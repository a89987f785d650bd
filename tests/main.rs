//! The one integration-test binary: one link, whatever the number of tests. Files follow the addresses of the
//! server: `authorize/` holds what happens at `/authorize`.

mod support;

/// For the software authenticator, which the library's own tests use too.
use yihao::crypto;

mod attack;
mod authorize;
mod browser;
mod clients;
mod consent;
mod db;
mod discovery;
mod end_session;
mod identity;
mod leaks;
mod nodes;
mod numbers;
mod oracle;
mod ranks;
mod register;
mod sign_in;
mod sign_out;
mod token;
mod transient;
mod userinfo;
