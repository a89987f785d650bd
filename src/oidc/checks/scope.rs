//! `scope` has `openid` (OpenID Connect Core section 3.1.2.1). Scopes that the client may not ask for, or
//! that are none of ours, are left out rather than refused (RFC 6749 section 3.3); `offline_access` only
//! where the client can refresh; `device_sso` only for an app of a known vendor; sensitive ones only where no operator's approval is outstanding.

use super::{Draft, Request};
use crate::base::{Scope, Scopes};
use crate::client::{GrantType, Metadata};
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let asked = Scopes::parse(request.params.get("scope").unwrap_or_default());
    if !asked.contains(Scope::OpenId) {
        return Err(OAuthError::new(Code::InvalidScope, "scope must contain openid"));
    }
    draft.scopes = asked.and(allowed(request));
    if draft.scopes.contains(Scope::OpenId) {
        Ok(())
    } else {
        Err(OAuthError::new(Code::InvalidScope, "the client is not registered for openid"))
    }
}

/// Where OAuth alone is spoken: `scope` may be absent, and need not have `openid`, without which there is no
/// ID token (RFC 8628 section 3.1, RFC 6749 section 3.3).
pub fn check_plain(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let asked = Scopes::parse(request.params.get("scope").unwrap_or("openid"));
    draft.scopes = asked.and(allowed(request));
    if draft.scopes.is_empty() {
        return Err(OAuthError::new(Code::InvalidScope, "the client is not registered for any of these"));
    }
    Ok(())
}

/// What this client may ask for at all.
pub(super) fn allowed(request: &Request<'_>) -> Scopes {
    allowed_to(&request.client.metadata)
}

pub(in crate::oidc) fn allowed_to(metadata: &Metadata) -> Scopes {
    metadata
        .scope
        .iter()
        .filter(|scope| *scope != Scope::OfflineAccess || metadata.may_use(GrantType::RefreshToken))
        .filter(|scope| *scope != Scope::DeviceSso || metadata.vendor.is_some())
        .filter(|scope| !scope.is_clients_own())
        .filter(|scope| !(scope.needs_approval() && metadata.self_registered))
        .collect()
}
