//! `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use super::once::{self, Within};
use crate::app::App;
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{base64url, equal, sha256};
use crate::http::Params;
use crate::oidc::OAuthError;
use crate::oidc::code::{self, Coded};
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let code = required(params, "code")?;
    let verifier = required(params, "code_verifier")?;
    let unusable = || OAuthError::invalid_grant("the code is expired, used or not from here");
    let coded = code::read(app, visit.now, &client.id, code).ok_or_else(unusable)?;
    let Coded { approval, redirect_uri, code_challenge, dpop_jkt, nonce, .. } = coded;
    if params.get("redirect_uri") != Some(&redirect_uri) {
        return Err(OAuthError::invalid_grant("redirect_uri is not that of the authorization request"));
    }
    if !verifies(verifier, &code_challenge) {
        return Err(OAuthError::invalid_grant("code_verifier does not fit the code_challenge"));
    }
    if dpop_jkt.as_ref().is_some_and(|named| jkt.as_ref() != Some(named)) {
        return Err(OAuthError::invalid_grant("the code is for the key of dpop_jkt, whose proof is missing"));
    }
    let kept = once::redeem(app, visit, client, approval, Within::TheSession, jkt).await?;
    let grant = kept.ok_or_else(unusable)?;
    issue(app, visit, client, &grant, nonce.as_deref()).await
}

/// RFC 7636 section 4.6; the verifier's form is that of section 4.1.
fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && equal(base64url(&sha256(verifier.as_bytes())).as_bytes(), challenge.as_bytes())
}
