//! The provider as its discovery document describes it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use openidconnect::core::*;
use openidconnect::*;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::http_client::HttpClient;

/// Members of the discovery document that `openidconnect` leaves to its user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MoreMetadata {
    /// RFC 8414.
    pub introspection_endpoint: Option<IntrospectionUrl>,
    /// OpenID Connect RP-Initiated Logout 1.0.
    pub end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207: the answer names its issuer, so that one provider's answer can't be taken for another's.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

pub type Provider = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Reads `{issuer}/.well-known/openid-configuration` and the keys. Systems start in any order, so this
/// waits up to `patience` for a provider that is not up yet; what a provider says wrongly is not retried.
///
/// # Errors
/// No answer within `patience`, or an answer that is not this issuer's.
pub async fn discover(issuer: &IssuerUrl, http: &HttpClient, patience: Duration) -> Result<Provider> {
    let deadline = Instant::now() + patience;
    loop {
        let silence = match Provider::discover_async(issuer.clone(), http).await {
            Ok(provider) => return Ok(provider),
            Err(error @ (DiscoveryError::Request(_) | DiscoveryError::Response(..))) => error,
            Err(error) => return Err(error).context(format!("{} is no issuer", issuer.as_str())),
        };
        if Instant::now() >= deadline {
            bail!("{} gave no answer in {patience:?} ({silence}): is the provider up?", issuer.as_str());
        }
        tracing::info!(issuer = issuer.as_str(), "waiting for the provider");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
