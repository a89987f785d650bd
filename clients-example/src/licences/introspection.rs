//! Asking the provider about a token (RFC 7662).

use anyhow::{Context, Result};
use clients_example::claims::IdentityClaims;
use clients_example::http_client::HttpClient;
use clients_example::provider::Provider;
use openidconnect::core::*;
use openidconnect::*;
use serde::{Deserialize, Serialize};

/// What the provider adds to RFC 7662's members.
#[derive(Debug, Serialize, Deserialize)]
pub struct MoreFields {
    #[serde(flatten)]
    pub identity: IdentityClaims,
    pub acr: Option<String>,
    pub name: Option<String>,
    /// RFC 7800: the key that the token is bound to.
    pub cnf: Option<Confirmation>,
}

/// RFC 9449 §6.1.
#[derive(Debug, Serialize, Deserialize)]
pub struct Confirmation {
    pub jkt: Option<String>,
}

impl ExtraTokenFields for MoreFields {}

pub type Introspection = StandardTokenIntrospectionResponse<MoreFields, CoreTokenType>;

type IntrospectingClient = Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CoreTokenResponse,
    Introspection,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// This resource server as the provider knows it: a client that signs in by `client_secret_basic`.
pub struct Introspector {
    client: IntrospectingClient,
    http: HttpClient,
}

impl Introspector {
    /// # Errors
    /// The provider has no introspection endpoint.
    pub fn new(provider: &Provider, id: ClientId, secret: ClientSecret, http: HttpClient) -> Result<Self> {
        let endpoint = provider.additional_metadata().introspection_endpoint.clone();
        let endpoint = endpoint.context("the provider has no introspection endpoint")?;
        let client = Client::from_provider_metadata(provider.clone(), id, Some(secret))
            .set_introspection_url(endpoint)
            .set_auth_type(AuthType::BasicAuth);
        Ok(Self { client, http })
    }

    /// # Errors
    /// No answer, or a refusal of this resource server itself. A bad token is no error: it is not active.
    pub async fn introspect(&self, token: &str) -> Result<Introspection> {
        let token = AccessToken::new(token.to_owned());
        let request = self.client.introspect(&token).set_token_type_hint("access_token");
        request.request_async(&self.http).await.context("introspection failed")
    }
}
