//! Passkeys: discoverable WebAuthn credentials with user verification, by `webauthn-rs`.
//!
//! A ceremony has two halves. The first makes a challenge, which stays in the transient store for five
//! minutes under a handle and is taken once; the second checks the browser's answer without a transaction
//! and gives a value that only becomes a passkey or a proof when it is written down ([`NewPasskey::keep`],
//! [`Assertion::settle`]). So nobody holds the database while a signature is verified, and nobody signs in
//! with a counter that was not stored.

mod adding;
mod sign_in;
mod store;

#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod tests;

pub use adding::NewPasskey;
pub use sign_in::{Assertion, PasskeyProof, credential_of};
pub use store::{Listed, MOST, list, remove, rename};

use std::sync::Arc;
use std::time::Duration;

use url::Url;
use webauthn_rs::prelude::WebauthnError;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::Refused;

/// How long there is for the browser's dialogue.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The ceremonies, for one issuer. Cheap to clone.
#[derive(Clone)]
pub struct Passkeys(Arc<Webauthn>);

/// The first half of a ceremony.
pub struct Started {
    /// What the page sends back beside the browser's answer.
    pub handle: String,
    /// The argument of `navigator.credentials.create` or `.get`: `{"publicKey": {…}}`, byte strings in
    /// base64url, as `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` want its member.
    pub options: serde_json::Value,
}

impl Passkeys {
    /// `None` where there cannot be passkeys: an issuer on an IP address has no domain to bind them to.
    /// `http://localhost` has one.
    pub fn new(issuer: &Url, service_name: &str) -> Option<Self> {
        let domain = issuer.domain()?;
        let webauthn = WebauthnBuilder::new(domain, issuer)
            .and_then(|builder| builder.rp_name(service_name).timeout(LIFETIME).build())
            .ok()?;
        Some(Self(Arc::new(webauthn)))
    }
}

/// What the browser's answer lacked, in the few kinds that matter here.
fn refused(error: &WebauthnError) -> Refused {
    match error {
        WebauthnError::CredentialPossibleCompromise => Refused::Copied,
        _ => Refused::Wrong,
    }
}
