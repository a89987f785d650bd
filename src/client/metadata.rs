//! Client metadata by the names of RFC 7591 section 2 and OpenID Connect Registration section 2, with our
//! extensions. The stored form and the wire form are one.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::base::{AuthenticationLevel, Channel, Scopes, TrustLevel, words};
use crate::crypto::Algorithm;

words! {
    /// How a client proves itself at the token endpoint (OpenID Connect Core section 9).
    AuthMethod {
        Basic = "client_secret_basic",
        Post = "client_secret_post",
        SecretJwt = "client_secret_jwt",
        PrivateKeyJwt = "private_key_jwt",
        /// A public client: PKCE alone.
        None = "none",
    }
}

words! {
    GrantType {
        AuthorizationCode = "authorization_code",
        RefreshToken = "refresh_token",
        ClientCredentials = "client_credentials",
        /// RFC 8693, for apps of one vendor (OpenID Connect Native SSO).
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
        /// At an enrolled window, for whose ID card was read there.
        Counter = "urn:yihao:params:oauth:grant-type:counter",
        /// An identity card's chip and its PIN, at an enrolled terminal.
        Chip = "urn:yihao:params:oauth:grant-type:chip",
        /// RFC 8628 section 3.4.
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
        /// OpenID CIBA section 10.1. Only an operator gives it.
        BackChannel = "urn:openid:params:grant-type:ciba",
    }
}

words! {
    /// How a client learns that a person has answered (OpenID CIBA section 5). Tokens are never pushed.
    DeliveryMode {
        Poll = "poll",
        Ping = "ping",
    }
}

words! {
    /// OpenID Connect Core section 8.
    SubjectType {
        Public = "public",
        Pairwise = "pairwise",
    }
}

words! {
    /// On what ground a relying system gets personal fields.
    LegalBasis {
        /// The law lets it: the person gets a notice.
        Statutory = "statutory",
        /// The person agrees, and may withdraw.
        Consent = "consent",
    }
}

words! {
    ApplicationType {
        Web = "web",
        Native = "native",
    }
}

words! {
    ClientState {
        Active = "active",
        Disabled = "disabled",
    }
}

impl AuthMethod {
    pub const fn uses_secret(self) -> bool {
        matches!(self, Self::Basic | Self::Post | Self::SecretJwt)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    #[serde(default)]
    pub client_name: String,
    /// The authority behind it, shown to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What the fields are for, shown to the person on notice and consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told of the end of a session (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<Url>,
    /// Where it is told, by a Security Event Token (RFC 8417, RFC 8935), that an account of its own source has been linked
    /// or let go (our extension).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_events_uri: Option<Url>,
    /// That it needs `sid` in a logout token. It always gets it.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
    /// What the person's browser opens in a frame at sign-out (OpenID Connect Front-Channel Logout section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<Url>,
    /// That it needs `iss` and `sid` with it. It always gets them.
    #[serde(default)]
    pub frontchannel_logout_session_required: bool,
    /// OpenID CIBA section 4; absent: poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_token_delivery_mode: Option<DeliveryMode>,
    /// Where it is told that a request has been answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_client_notification_endpoint: Option<Url>,
    /// Where its services are that speak CAS and cannot change yet (our extension).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cas_services: Vec<Url>,
    /// The last day on which they are served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cas_until: Option<jiff::civil::Date>,
    #[serde(default = "code_only")]
    pub grant_types: Vec<GrantType>,
    #[serde(default = "basic")]
    pub token_endpoint_auth_method: AuthMethod,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    #[serde(default = "web")]
    pub application_type: ApplicationType,
    /// The scopes it may ask for.
    #[serde(default = "openid_only")]
    pub scope: Scopes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<Url>,
    #[serde(default = "pairwise")]
    pub subject_type: SubjectType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<Url>,
    /// OpenID Connect Registration section 2: RS256 where the client does not say.
    #[serde(default = "rs256")]
    pub id_token_signed_response_alg: Algorithm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<Url>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    #[serde(default = "hall")]
    pub channel: Channel,
    /// Run by the same authority as Yihao: the person is not asked.
    #[serde(default)]
    pub first_party: bool,
    /// May introspect any token.
    #[serde(default)]
    pub resource_server: bool,
    /// Who makes the app. Apps of one vendor on one device are signed in once (OpenID Connect Native SSO), so
    /// only an operator says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Its tokens are always bound to a key (RFC 9449 section 5.2).
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    #[serde(default = "by_consent")]
    pub legal_basis: LegalBasis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_trust: Option<TrustLevel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_aal: Option<AuthenticationLevel>,
    /// Registered itself: sensitive scopes wait for an operator.
    #[serde(default)]
    pub self_registered: bool,
}

fn code_only() -> Vec<GrantType> {
    vec![GrantType::AuthorizationCode]
}
fn basic() -> AuthMethod {
    AuthMethod::Basic
}
fn web() -> ApplicationType {
    ApplicationType::Web
}
fn openid_only() -> Scopes {
    Scopes::parse("openid")
}
fn pairwise() -> SubjectType {
    SubjectType::Pairwise
}
fn rs256() -> Algorithm {
    Algorithm::RS256
}
fn hall() -> Channel {
    Channel::Hall
}
fn by_consent() -> LegalBasis {
    LegalBasis::Consent
}

impl Default for Metadata {
    /// What RFC 7591 and OpenID Connect Registration say of a client that says nothing of itself.
    fn default() -> Self {
        Self {
            client_name: String::new(),
            department: None,
            purpose: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            security_events_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            backchannel_token_delivery_mode: None,
            backchannel_client_notification_endpoint: None,
            cas_services: Vec::new(),
            cas_until: None,
            grant_types: code_only(),
            token_endpoint_auth_method: basic(),
            token_endpoint_auth_signing_alg: None,
            application_type: web(),
            scope: openid_only(),
            jwks: None,
            jwks_uri: None,
            subject_type: pairwise(),
            sector_identifier_uri: None,
            id_token_signed_response_alg: rs256(),
            default_max_age: None,
            client_uri: None,
            policy_uri: None,
            contacts: Vec::new(),
            channel: hall(),
            first_party: false,
            resource_server: false,
            vendor: None,
            dpop_bound_access_tokens: false,
            legal_basis: by_consent(),
            min_trust: None,
            min_aal: None,
            self_registered: false,
        }
    }
}

impl Metadata {
    /// The sector of its subjects: clients of one sector know a person by one `sub` (OpenID Connect Core
    /// section 8.1). One without redirect URIs is told apart by where its keys are (OpenID CIBA section 4);
    /// `None`: it is a sector by itself.
    pub(super) fn sector(&self) -> Option<String> {
        if self.subject_type == SubjectType::Public {
            return Some("public".to_owned());
        }
        let host = |text: &str| Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
        let from = match &self.sector_identifier_uri {
            Some(uri) => uri.host_str().map(str::to_owned),
            None => self.redirect_uris.first().and_then(|uri| host(uri)),
        };
        from.or_else(|| self.redirect_uris.first().cloned())
            // A service that changes to OpenID Connect goes on knowing people by the same subjects.
            .or_else(|| self.cas_services.first()?.host_str().map(str::to_owned))
            .or_else(|| self.jwks_uri.as_ref()?.host_str().map(str::to_owned))
    }

    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// A redirect URI with a scheme of the app's own, which any other app may claim too: such a client is
    /// always asked for (RFC 8252 section 8.6).
    pub fn uses_private_scheme(&self, redirect_uri: &str) -> bool {
        !redirect_uri.starts_with("https://") && !redirect_uri.starts_with("http://")
    }
}
