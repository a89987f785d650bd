//! The national platform: another OpenID provider, to which Yihao is a relying system. Discovery, PKCE, state,
//! nonce and a verified ID token; number and name come from its userinfo.

mod http;

use std::sync::{Arc, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{OpenError, transport};
use crate::base::{Moment, Secret, TrustLevel, Visit};
use crate::config::{self, Config};
use http::Http;

const PATIENCE: Duration = Duration::from_secs(5);
/// How long its documents are believed unread.
const FRESH: Duration = Duration::from_secs(10 * 60);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The way to the national platform. Cheap to clone.
#[derive(Clone)]
pub struct National(Option<Arc<Inner>>);

struct Inner {
    http: Http,
    issuer: Url,
    secret: Option<Secret>,
    redirect: RedirectUrl,
    policy: config::National,
    provider: RwLock<Option<(Moment, CoreProviderMetadata)>>,
}

/// A sign-in over there that has begun: what must be known when the person comes back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Begun {
    pub state: String,
    nonce: String,
    verifier: String,
}

/// Whom the platform knows the person as.
pub struct Shown {
    pub number: Secret,
    pub name: Secret,
    /// What the platform calls the person.
    pub reference: String,
    pub trust: TrustLevel,
    /// Whether the platform says that two factors were passed.
    pub two_factors: bool,
}

/// Why nobody was shown. No answer proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("no national platform is configured: set national.issuer")]
    NotConfigured,
    #[error("no answer: {0}")]
    Silent(&'static str),
    #[error("a simulator answered, and danger.simulate_proofs is off")]
    Simulator,
    #[error("the ID token cannot be believed: {0}")]
    Untrusted(String),
    #[error("{0} is missing in what the platform says")]
    Missing(String),
}

impl National {
    /// Without an issuer it opens too: then everything ends in [`NoAnswer::NotConfigured`]. `return_to` is where
    /// people come back to.
    pub fn open(config: &Config, return_to: &str) -> Result<Self, OpenError> {
        let Some(issuer) = config.national.issuer.clone() else { return Ok(Self(None)) };
        let secret = config.national.secret_file.as_deref();
        let secret = secret.map(|path| transport::read_secret("national.secret_file", path)).transpose()?;
        let redirect = format!("{}{return_to}", config.issuer());
        let http = transport::build(transport::builder(config)?.timeout(PATIENCE))?;
        Ok(Self(Some(Arc::new(Inner {
            http: Http { client: http, simulated: config.danger.simulate_proofs },
            issuer,
            secret,
            redirect: RedirectUrl::new(redirect).map_err(|e| OpenError::new("server.issuer", e))?,
            policy: config.national.clone(),
            provider: RwLock::default(),
        }))))
    }

    pub fn configured(&self) -> bool {
        self.0.is_some()
    }

    /// Whether an answer that names its issuer (RFC 9207) is this platform's.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        self.0.as_ref().is_some_and(|inner| same(inner.issuer.as_str(), issuer))
    }

    /// Where the person goes, and what must be kept until they are back.
    pub async fn begin(&self, visit: &Visit) -> Result<(Url, Begun), NoAnswer> {
        let inner = self.0.as_ref().ok_or(NoAnswer::NotConfigured)?;
        let client = inner.client(inner.provider(visit.now).await?);
        let token = || visit.chance.token();
        let begun = Begun { state: token(), nonce: token(), verifier: token() };
        let verifier = PkceCodeVerifier::new(begun.verifier.clone());
        let (state, nonce) = (CsrfToken::new(begun.state.clone()), Nonce::new(begun.nonce.clone()));
        let (url, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(inner.policy.scopes.iter().filter(|s| *s != "openid").cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((url, begun))
    }

    /// Redeems the code that the person came back with, and asks who they are.
    pub async fn finish(&self, visit: &Visit, begun: &Begun, code: &str) -> Result<Shown, NoAnswer> {
        let inner = self.0.as_ref().ok_or(NoAnswer::NotConfigured)?;
        let shown = inner.finish(visit, begun, code).await;
        if let Err(why) = &shown {
            tracing::warn!(request = %visit.request_id, %why, "the national platform showed nobody");
        }
        shown
    }
}

impl Inner {
    async fn finish(&self, visit: &Visit, begun: &Begun, code: &str) -> Result<Shown, NoAnswer> {
        let client = self.client(self.provider(visit.now).await?);
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| NoAnswer::Missing("token_endpoint".to_owned()))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()));
        let tokens = request.request_async(&self.http).await.map_err(|e| http::cause(&e))?;
        let id_token =
            tokens.extra_fields().id_token().ok_or_else(|| NoAnswer::Missing("id_token".to_owned()))?;
        let said = self.believed(visit, &client, begun, id_token, tokens.access_token())?;
        let userinfo = client.user_info_url().ok_or_else(|| NoAnswer::Missing("userinfo".to_owned()))?;
        let claims = self.http.claims(userinfo.url(), tokens.access_token().secret()).await?;
        // OpenID Connect Core section 5.3.2: userinfo of somebody else must not be used.
        if claims.get("sub") != Some(&Value::from(said.subject.as_str())) {
            return Err(NoAnswer::Untrusted("userinfo is about somebody else".to_owned()));
        }
        let text = |name: &str| match claims.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(Secret::new(text.as_str())),
            _ => Err(NoAnswer::Missing(name.to_owned())),
        };
        Ok(Shown {
            number: text(&self.policy.number_claim)?,
            name: text(&self.policy.name_claim)?,
            reference: said.subject,
            trust: self.trust(&claims, id_token)?,
            two_factors: said.acr.is_some_and(|acr| self.policy.two_factors_acr.contains(&acr)),
        })
    }

    /// What an ID token says that is this platform's, for us, of now, and an answer to this question.
    fn believed(
        &self,
        visit: &Visit,
        client: &Client,
        begun: &Begun,
        id_token: &CoreIdToken,
        access_token: &openidconnect::AccessToken,
    ) -> Result<Said, NoAnswer> {
        let now = UNIX_EPOCH + Duration::from_secs(visit.now.seconds().unsigned_abs());
        let untrusted = |e: &dyn std::fmt::Display| NoAnswer::Untrusted(e.to_string());
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::EdDsa,
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            ])
            .set_time_fn(move || now.into());
        let claims =
            id_token.claims(&verifier, &Nonce::new(begun.nonce.clone())).map_err(|e| untrusted(&e))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|e| untrusted(&e))?;
            let key = id_token.signing_key(&verifier).map_err(|e| untrusted(&e))?;
            let hash =
                AccessTokenHash::from_token(access_token, algorithm, key).map_err(|e| untrusted(&e))?;
            if hash != *expected {
                return Err(NoAnswer::Untrusted("it belongs to another access token".to_owned()));
            }
        }
        let acr = claims.auth_context_ref().map(|acr| acr.as_str().to_owned());
        Ok(Said { subject: claims.subject().as_str().to_owned(), acr })
    }

    /// What the configuration gives, and never more than the platform itself says, where it is asked.
    fn trust(&self, claims: &Map<String, Value>, id_token: &CoreIdToken) -> Result<TrustLevel, NoAnswer> {
        let most = TrustLevel::try_from(self.policy.trust).unwrap_or(TrustLevel::Asserted);
        let Some(name) = &self.policy.trust_claim else { return Ok(most) };
        let told = claims.get(name).cloned().or_else(|| member(id_token, name));
        let told = told.and_then(|level| u8::try_from(level.as_u64()?).ok()).and_then(|n| n.try_into().ok());
        told.map(|told: TrustLevel| told.min(most)).ok_or_else(|| NoAnswer::Missing(name.clone()))
    }

    fn client(&self, provider: CoreProviderMetadata) -> Client {
        let id = ClientId::new(self.policy.client_id.clone());
        let secret = self.secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        CoreClient::from_provider_metadata(provider, id, secret).set_redirect_uri(self.redirect.clone())
    }

    /// Its documents, with the keys.
    async fn provider(&self, now: Moment) -> Result<CoreProviderMetadata, NoAnswer> {
        let kept = self.provider.read().unwrap_or_else(|e| e.into_inner()).clone();
        if let Some((_, provider)) = kept.filter(|(at, _)| now.since(*at) < FRESH) {
            return Ok(provider);
        }
        let issuer = IssuerUrl::new(self.issuer.as_str().trim_end_matches('/').to_owned());
        let issuer = issuer.map_err(|_| NoAnswer::Silent("the issuer is no URL"))?;
        let provider = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let provider = provider.map_err(|e| http::discovery(&e))?;
        *self.provider.write().unwrap_or_else(|e| e.into_inner()) = Some((now, provider.clone()));
        Ok(provider)
    }
}

struct Said {
    subject: String,
    acr: Option<String>,
}

/// A member of an ID token that has been verified.
fn member(id_token: &CoreIdToken, name: &str) -> Option<Value> {
    let text = id_token.to_string();
    let payload = crate::crypto::from_base64url(text.split('.').nth(1)?)?;
    serde_json::from_slice::<Map<String, Value>>(&payload).ok()?.get(name).cloned()
}

fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}
