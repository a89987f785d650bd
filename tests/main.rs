//! The one integration-test binary: one link, whatever the number of tests. Files follow the addresses of the
//! server: `authorize/` holds what happens at `/authorize`.

mod support;

/// The library's own, a device that holds passkeys.
#[path = "../src/credential/passkey/authenticator.rs"]
mod authenticator;

/// For the software authenticator, which the library's own tests use too.
use yihao::crypto;

mod account;
mod attack;
mod authorize;
mod backchannel;
mod browser;
mod channels;
mod cas;
mod clients;
mod consent;
mod counter;
mod db;
mod device;
mod discovery;
mod dpop;
mod end_session;
mod factors;
mod identity;
mod interop;
mod kiosk;
mod leaks;
mod legacy_import;
mod levels;
mod life;
mod mandates;
mod legacy_merge;
mod legacy_sign_in;
mod legal_persons;
mod native_sso;
mod nodes;
mod numbers;
mod operators;
mod oracle;
mod pending_verification;
mod proofs;
mod ranks;
mod recovery;
mod register;
mod register_extract;
mod scan;
mod scim;
mod sign_in;
mod sign_out;
mod terminals;
mod token;
mod transient;
mod userinfo;
