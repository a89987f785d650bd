//! Discovery (OpenID Connect Discovery section 3, RFC 8414 section 2). Says what is served here, no more.

use std::future::Ready;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, AuthenticationContextClass, IntrospectionUrl, IssuerUrl,
    JsonWebKeySetUrl, LanguageTag, ProviderMetadata, RegistrationUrl, ResponseTypes, RevocationUrl,
    Scope as ScopeName, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::base::{AuthenticationLevel, Channel, Language, Scope, TrustLevel};
use crate::client::{AuthMethod, DeliveryMode, GrantType};
use crate::crypto::Algorithm;
use crate::grant::Claim;
use crate::http::urls;

/// What OpenID Connect Discovery does not name itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Additional {
    introspection_endpoint: IntrospectionUrl,
    /// RFC 8628 section 4.
    device_authorization_endpoint: String,
    /// OpenID CIBA section 4, as the next two.
    backchannel_authentication_endpoint: String,
    backchannel_token_delivery_modes_supported: Vec<DeliveryMode>,
    backchannel_user_code_parameter_supported: bool,
    revocation_endpoint: RevocationUrl,
    end_session_endpoint: String,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
    code_challenge_methods_supported: Vec<String>,
    /// RFC 9207.
    authorization_response_iss_parameter_supported: bool,
    prompt_values_supported: Vec<String>,
    /// RFC 9449 section 5.1.
    dpop_signing_alg_values_supported: Vec<CoreJwsSigningAlgorithm>,
    /// OpenID Connect Native SSO section 6.
    native_sso_supported: bool,
    introspection_endpoint_auth_methods_supported: Vec<String>,
    introspection_endpoint_auth_signing_alg_values_supported: Vec<CoreJwsSigningAlgorithm>,
    revocation_endpoint_auth_methods_supported: Vec<String>,
    revocation_endpoint_auth_signing_alg_values_supported: Vec<CoreJwsSigningAlgorithm>,
    trust_levels_supported: Vec<TrustLevel>,
    channels_supported: Vec<Channel>,
}

impl AdditionalProviderMetadata for Additional {}

type Metadata = ProviderMetadata<
    Additional,
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

/// The document does not change while the server runs, so it is written once.
pub fn serve(app: &App) -> impl Fn() -> Ready<Response> + Clone + Send + Sync + 'static {
    let document = axum::body::Bytes::from(document(app.config.issuer()));
    move || {
        let headers =
            [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
        std::future::ready((headers, document.clone()).into_response())
    }
}

fn document(issuer: &str) -> Vec<u8> {
    let at = |path: &str| format!("{issuer}{path}");
    // The issuer has been parsed as a URL already, and our own paths are fine.
    let checked = "an address of this server";
    let methods: Vec<String> = AuthMethod::ALL.iter().map(|m| m.as_str().to_owned()).collect();
    // A public client may not introspect.
    let with_a_key = AuthMethod::ALL.iter().filter(|method| **method != AuthMethod::None);
    let algorithms: Vec<CoreJwsSigningAlgorithm> = Algorithm::ALL.into_iter().map(named).collect();
    // RFC 8414 section 2 wants them for each endpoint that takes assertions.
    let assertions = [&algorithms[..], &[CoreJwsSigningAlgorithm::HmacSha256]].concat();
    let metadata = Metadata::new(
        IssuerUrl::new(issuer.to_owned()).expect(checked),
        AuthUrl::new(at(urls::AUTHORIZE)).expect(checked),
        JsonWebKeySetUrl::new(at(urls::JWKS)).expect(checked),
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Pairwise, CoreSubjectIdentifierType::Public],
        algorithms.clone(),
        Additional {
            device_authorization_endpoint: at(urls::DEVICE_AUTHORIZATION),
            backchannel_authentication_endpoint: at(urls::BACKCHANNEL_AUTHENTICATION),
            backchannel_token_delivery_modes_supported: DeliveryMode::ALL.into(),
            backchannel_user_code_parameter_supported: false,
            introspection_endpoint: IntrospectionUrl::new(at(urls::INTROSPECT)).expect(checked),
            revocation_endpoint: RevocationUrl::new(at(urls::REVOKE)).expect(checked),
            end_session_endpoint: at(urls::END_SESSION),
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            code_challenge_methods_supported: vec!["S256".to_owned()],
            authorization_response_iss_parameter_supported: true,
            prompt_values_supported: ["none", "login", "consent", "select_account"].map(str::to_owned).into(),
            dpop_signing_alg_values_supported: algorithms,
            native_sso_supported: true,
            introspection_endpoint_auth_methods_supported: with_a_key
                .map(|method| method.as_str().to_owned())
                .collect(),
            introspection_endpoint_auth_signing_alg_values_supported: assertions.clone(),
            revocation_endpoint_auth_methods_supported: methods.clone(),
            revocation_endpoint_auth_signing_alg_values_supported: assertions.clone(),
            trust_levels_supported: TrustLevel::ALL.into(),
            channels_supported: Channel::ALL.into(),
        },
    )
    .set_token_endpoint(Some(TokenUrl::new(at(urls::TOKEN)).expect(checked)))
    .set_userinfo_endpoint(Some(UserInfoUrl::new(at(urls::USERINFO)).expect(checked)))
    .set_registration_endpoint(Some(RegistrationUrl::new(at(urls::CLIENTS)).expect(checked)))
    .set_scopes_supported(Some(Scope::ALL.iter().map(|s| ScopeName::new(s.as_str().to_owned())).collect()))
    .set_grant_types_supported(Some(GrantType::ALL.iter().map(|g| same_word(g.as_str())).collect()))
    .set_response_modes_supported(Some(vec![CoreResponseMode::Query]))
    .set_acr_values_supported(Some(
        AuthenticationLevel::ALL
            .iter()
            .map(|l| AuthenticationContextClass::new(l.acr().to_owned()))
            .collect(),
    ))
    .set_token_endpoint_auth_methods_supported(Some(methods.iter().map(|m| same_word(m)).collect()))
    .set_token_endpoint_auth_signing_alg_values_supported(Some(assertions))
    .set_claims_supported(Some(claims_supported()))
    .set_claims_parameter_supported(Some(true))
    .set_request_parameter_supported(Some(false))
    .set_request_uri_parameter_supported(Some(false))
    .set_ui_locales_supported(Some(
        Language::ALL.iter().map(|l| LanguageTag::new(l.tag().to_owned())).collect(),
    ));
    serde_json::to_vec(&metadata).expect("metadata are plain values")
}

fn claims_supported() -> Vec<CoreClaimName> {
    let always =
        ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "acr", "amr", "at_hash", "ds_hash", "sid"];
    always
        .into_iter()
        .chain(["trust_level", "channel", "act", "mandate"])
        .chain(Claim::ALL.iter().map(|claim| claim.as_str()))
        .map(|name| CoreClaimName::new(name.to_owned()))
        .collect()
}

const fn named(algorithm: Algorithm) -> CoreJwsSigningAlgorithm {
    match algorithm {
        Algorithm::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        Algorithm::EdDSA => CoreJwsSigningAlgorithm::EdDsa,
        Algorithm::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Algorithm::PS256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    }
}

/// Ours and the crate's enums are the same words of the same registries.
fn same_word<T: serde::de::DeserializeOwned>(word: &str) -> T {
    serde_json::from_value(word.into()).expect("a registered word")
}
