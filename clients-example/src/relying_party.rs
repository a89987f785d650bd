//! A relying party: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0 §3.1,
//! RFC 7636, RFC 9700). `begin` sends the person away, `finish` takes the answer, and what it returns
//! has been verified.

use anyhow::{Context, Result, bail, ensure};
use jsonwebtoken::jwk::JwkSet;
use openidconnect::core::*;
use openidconnect::*;
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;
use url::Url;

use crate::claims::IdentityClaims;
use crate::http_client::{HttpClient, Unreachable};
use crate::logout_token::{self, LoggedOut};
use crate::provider::Provider;

/// What the token endpoint gives beside the usual.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MoreTokens {
    /// OpenID Connect Native SSO §3.3: for the vendor's other apps on this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
}

impl ExtraTokenFields for MoreTokens {}

pub type IdTokenFieldsHere = IdTokenFields<
    IdentityClaims,
    MoreTokens,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub type SignedIdToken =
    IdToken<IdentityClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub type Claims = IdTokenClaims<IdentityClaims, CoreGenderClaim>;
pub type UserInfo = UserInfoClaims<IdentityClaims, CoreGenderClaim>;
type TokenAnswer = StandardTokenResponse<IdTokenFieldsHere, CoreTokenType>;
type OidcClient = Client<
    IdentityClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How this system is known to the provider.
#[derive(Clone)]
pub struct Registration {
    pub client_id: ClientId,
    /// None for a public client, such as an app on a phone.
    pub client_secret: Option<ClientSecret>,
    pub redirect_uri: RedirectUrl,
    pub scopes: Vec<Scope>,
}

/// What must be kept, bound to this browser, between leaving for the provider and coming back.
pub struct Attempt {
    pub state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// A finished sign-in: every value in it was checked.
pub struct SignedIn {
    pub id_token: SignedIdToken,
    pub claims: Claims,
    pub access_token: AccessToken,
    pub refresh_token: Option<RefreshToken>,
    /// What another app of this vendor, on this device, signs in by.
    pub device_secret: Option<String>,
}

/// Whether the provider has ended the sign-in (RFC 6749 §5.2: `invalid_grant`). Any other failure may pass.
pub fn is_over(error: &anyhow::Error) -> bool {
    type Refused = RequestTokenError<Unreachable, StandardErrorResponse<CoreErrorResponseType>>;
    match error.downcast_ref::<Refused>() {
        Some(RequestTokenError::ServerResponse(said)) => *said.error() == CoreErrorResponseType::InvalidGrant,
        _ => false,
    }
}

/// One relying party at one provider.
pub struct RelyingParty {
    registration: Registration,
    provider: RwLock<Provider>,
    http: HttpClient,
}

impl RelyingParty {
    pub fn new(registration: Registration, provider: Provider, http: HttpClient) -> Self {
        Self { registration, provider: RwLock::new(provider), http }
    }

    /// Where to send the browser, and what to keep. `min_trust` demands that trust level or a higher one.
    pub async fn begin(&self, min_trust: Option<u8>) -> (Url, Attempt) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().await;
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(self.registration.scopes.iter().cloned())
            .set_pkce_challenge(challenge);
        if let Some(jkt) = self.http.key().and_then(|key| key.thumbprint().ok()) {
            // RFC 9449 §10: a stolen code is good for nothing without the key.
            request = request.add_extra_param("dpop_jkt", jkt);
        }
        if let Some(level) = min_trust {
            let values: Vec<u8> = (level..=5).collect();
            let demand =
                serde_json::json!({"id_token": {"trust_level": {"essential": true, "values": values}}});
            request = request.add_extra_param("claims", demand.to_string());
        }
        let (url, state, nonce) = request.url();
        (url, Attempt { state, nonce, verifier })
    }

    /// Takes the answer to an attempt. The caller found the attempt by the answer's `state`, in the same
    /// browser's session; `iss` is the answer's issuer parameter.
    ///
    /// # Errors
    /// The provider refused the code, or something it sent did not pass a check.
    pub async fn finish(&self, attempt: Attempt, code: String, iss: Option<&str>) -> Result<SignedIn> {
        self.check_issuer(iss).await?;
        let answer = self
            .client()
            .await
            .exchange_code(AuthorizationCode::new(code))?
            .set_pkce_verifier(attempt.verifier)
            .request_async(&self.http)
            .await
            .context("the provider did not redeem the code")?;
        self.signed_in(&answer, &attempt.nonce).await
    }

    /// Signs this app in by what another app of the same vendor keeps for it on this device (OpenID Connect
    /// Native SSO §4): no browser, no page. Both must have the same key.
    ///
    /// # Errors
    /// The provider refused: the person has signed out, or must see a page first.
    pub async fn join(&self, other: &SignedIn) -> Result<SignedIn> {
        let secret = other.device_secret.as_deref().context("the other app was given no device secret")?;
        let provider = self.provider.read().await;
        let (issuer, endpoint) = (provider.issuer().clone(), provider.token_endpoint().cloned());
        drop(provider);
        let id_token = other.id_token.to_string();
        let scopes: Vec<&str> = self.registration.scopes.iter().map(|scope| scope.as_str()).collect();
        let scopes = format!("openid {}", scopes.join(" "));
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
            .append_pair("client_id", &self.registration.client_id)
            .append_pair("audience", &issuer)
            .append_pair("subject_token", &id_token)
            .append_pair("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")
            .append_pair("actor_token", secret)
            .append_pair("actor_token_type", "urn:openid:params:token-type:device-secret")
            .append_pair("scope", &scopes)
            .finish();
        let endpoint = endpoint.context("the provider has no token endpoint")?;
        let request = openidconnect::http::Request::post(endpoint.as_str())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes())?;
        let answer = self.http.call(request).await?;
        let body = answer.body();
        ensure!(answer.status().is_success(), "the provider refused: {}", String::from_utf8_lossy(body));
        let answer: TokenAnswer = serde_json::from_slice(body).context("no tokens in the answer")?;
        // Nobody asked with a nonce.
        self.signed_in(&answer, |_: Option<&Nonce>| Ok(())).await
    }

    async fn signed_in<N>(&self, answer: &TokenAnswer, nonce: N) -> Result<SignedIn>
    where
        N: NonceVerifier + Copy,
    {
        let id_token = answer.extra_fields().id_token().context("no ID token in the answer")?.clone();
        let claims = self.verify(&id_token, answer.access_token(), nonce).await?;
        Ok(SignedIn {
            id_token,
            claims,
            access_token: answer.access_token().clone(),
            refresh_token: answer.refresh_token().cloned(),
            device_secret: answer.extra_fields().extra_fields().device_secret.clone(),
        })
    }

    /// Fetches something with the token, in the name of who signed in; the proof goes along where there is a key.
    ///
    /// # Errors
    /// No answer.
    pub async fn fetch(&self, signed_in: &SignedIn, url: &Url) -> Result<HttpResponse> {
        let request = openidconnect::http::Request::get(url.as_str())
            .header("authorization", format!("Bearer {}", signed_in.access_token.secret()))
            .body(Vec::new())?;
        Ok(self.http.call(request).await?)
    }

    /// Opens a stream with the token, in the name of who signed in. What comes is for the caller to read.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, signed_in: &SignedIn, url: &Url) -> Result<reqwest::Response> {
        self.http.open(url, signed_in.access_token.secret()).await
    }

    /// Trades the refresh token for new tokens. A new ID token must be about the same person
    /// (OpenID Connect Core 1.0 §12.2); without one the old claims stay.
    ///
    /// # Errors
    /// There is no refresh token, the provider refused it, or the new ID token is not the same person's.
    pub async fn refresh(&self, old: &SignedIn) -> Result<SignedIn> {
        let refresh_token = old.refresh_token.as_ref().context("no refresh token was given")?;
        let answer = self
            .client()
            .await
            .exchange_refresh_token(refresh_token)?
            .request_async(&self.http)
            .await
            .context("the provider refused the refresh token")?;
        let (id_token, claims) = match answer.extra_fields().id_token() {
            None => (old.id_token.clone(), old.claims.clone()),
            Some(new) => {
                // §12.2: a refreshed ID token should have no nonce.
                let claims = self.verify(new, answer.access_token(), |_: Option<&Nonce>| Ok(())).await?;
                ensure!(claims.subject() == old.claims.subject(), "the new ID token is about somebody else");
                (new.clone(), claims)
            }
        };
        Ok(SignedIn {
            id_token,
            claims,
            access_token: answer.access_token().clone(),
            // A provider that does not rotate sends none: the old one stays good.
            refresh_token: answer.refresh_token().cloned().or_else(|| old.refresh_token.clone()),
            device_secret: answer
                .extra_fields()
                .extra_fields()
                .device_secret
                .clone()
                .or_else(|| old.device_secret.clone()),
        })
    }

    /// What userinfo gives for this sign-in: the name, and whatever else the scopes allow.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer about somebody else.
    pub async fn userinfo(&self, signed_in: &SignedIn) -> Result<UserInfo> {
        let subject = signed_in.claims.subject().clone();
        let client = self.client().await;
        let request = client.user_info(signed_in.access_token.clone(), Some(subject))?;
        request.request_async(&self.http).await.context("userinfo was not given")
    }

    /// Where to send the browser so that the session at the provider ends too. The ID token is a hint
    /// here and opens nothing; a redirect carries it because the provider's own cookie comes with no
    /// cross-site POST. None if the provider has no such endpoint.
    pub async fn sign_out(&self, id_token: &SignedIdToken, back_to: &Url, state: &CsrfToken) -> Option<Url> {
        let endpoint = self.provider.read().await.additional_metadata().end_session_endpoint.clone()?;
        let request = LogoutRequest::from(endpoint)
            .set_id_token_hint(id_token)
            .set_client_id(self.registration.client_id.clone())
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back_to.clone()))
            .set_state(state.clone());
        Some(request.http_get_url())
    }

    /// What a logout token says, if the provider made it for us.
    ///
    /// # Errors
    /// It is not good, or the provider's keys are not to be had.
    pub async fn logged_out(&self, token: &str) -> Result<LoggedOut> {
        let kid = logout_token::key_id(token)?;
        if self.keys().await?.find(&kid).is_none() {
            // Here too the provider may have turned its keys. Whoever makes us ask with a made-up key id
            // costs one request each time; a busy system would allow that only now and then.
            self.read_keys().await?;
        }
        let issuer = self.provider.read().await.issuer().clone();
        logout_token::read(token, &self.keys().await?, issuer.as_str(), &self.registration.client_id)
    }

    /// The provider's keys as `jsonwebtoken` reads them.
    async fn keys(&self) -> Result<JwkSet> {
        let keys = serde_json::to_value(self.provider.read().await.jwks())?;
        Ok(serde_json::from_value(keys)?)
    }

    async fn client(&self) -> OidcClient {
        let Registration { client_id, client_secret, redirect_uri, .. } = self.registration.clone();
        OidcClient::from_provider_metadata(self.provider.read().await.clone(), client_id, client_secret)
            .set_redirect_uri(redirect_uri)
    }

    /// RFC 9207 §2.4.
    async fn check_issuer(&self, iss: Option<&str>) -> Result<()> {
        let provider = self.provider.read().await;
        match iss {
            Some(iss) => ensure!(iss == provider.issuer().as_str(), "the answer is another issuer's"),
            None if provider.additional_metadata().authorization_response_iss_parameter_supported => {
                bail!("the answer does not name its issuer")
            }
            None => {}
        }
        Ok(())
    }

    /// Signature, issuer, audience, times, nonce, and that the ID token belongs to this access token.
    async fn verify<N>(&self, id_token: &SignedIdToken, access: &AccessToken, nonce: N) -> Result<Claims>
    where
        N: NonceVerifier + Copy,
    {
        let mut client = self.client().await;
        let mut claims = id_token.claims(&client.id_token_verifier(), nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) = claims
        {
            // The provider has turned its keys since we last looked.
            self.read_keys().await?;
            client = self.client().await;
            claims = id_token.claims(&client.id_token_verifier(), nonce);
        }
        let claims = claims.context("the ID token is not good")?;
        if let Some(expected) = claims.access_token_hash() {
            let verifier = client.id_token_verifier();
            let key = id_token.signing_key(&verifier)?;
            let actual = AccessTokenHash::from_token(access, id_token.signing_alg()?, key)?;
            ensure!(actual == *expected, "the access token is not the one the ID token speaks of");
        }
        Ok(claims.clone())
    }

    async fn read_keys(&self) -> Result<()> {
        let address = self.provider.read().await.jwks_uri().clone();
        let keys = CoreJsonWebKeySet::fetch_async(&address, &self.http).await.context("no keys to be had")?;
        let mut provider = self.provider.write().await;
        *provider = provider.clone().set_jwks(keys);
        Ok(())
    }
}
