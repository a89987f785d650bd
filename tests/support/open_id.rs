//! A relying system as it should be made, by the `openidconnect` crate: it discovers the provider, keeps
//! state, nonce and verifier, and believes only what it has verified.

use std::pin::Pin;

use openidconnect::core::*;
use openidconnect::*;

use super::{Browser, Node, RelyingParty};

/// reqwest 0.13 in the place of the crate's own.
pub struct Http(reqwest::Client);

impl Http {
    pub fn new() -> Self {
        Self(super::http())
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpClientError<reqwest::Error>;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into().map_err(Box::new)?).await.map_err(Box::new)?;
            let mut response = openidconnect::http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            Ok(response.body(answer.bytes().await.map_err(Box::new)?.to_vec())?)
        })
    }
}

type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// One relying system that has discovered its provider.
pub struct WellMade {
    client: Ready,
    http: Http,
}

/// A finished sign-in; the claims are verified.
pub struct SignedIn {
    pub claims: CoreIdTokenClaims,
    pub id_token: CoreIdToken,
    pub access_token: AccessToken,
    pub refresh_token: Option<RefreshToken>,
}

impl WellMade {
    pub async fn discovers(node: &Node, party: &RelyingParty) -> Self {
        let http = Http::new();
        let issuer = IssuerUrl::new(node.app.config.issuer().to_owned()).expect("a URL");
        let provider =
            CoreProviderMetadata::discover_async(issuer, &http).await.expect("a good discovery document");
        let secret = (!party.secret().is_empty()).then(|| ClientSecret::new(party.secret().to_owned()));
        let redirect = RedirectUrl::new(party.redirect_uri.clone()).expect("a URL");
        let client = CoreClient::from_provider_metadata(provider, ClientId::new(party.id.clone()), secret)
            .set_redirect_uri(redirect);
        Self { client, http }
    }

    /// Sends the browser to sign in and takes what it comes back with; nothing is shown on the way.
    pub async fn signs_in(&self, browser: &mut Browser, scopes: &[&str]) -> SignedIn {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = self
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let page = browser.open(url.as_str()).await;
        assert_eq!(page.answer("state").as_ref(), Some(state.secret()));
        let code = AuthorizationCode::new(page.authorization_code());
        let answer = self.client.exchange_code(code).expect("there is a token endpoint");
        let answer = answer.set_pkce_verifier(verifier).request_async(&self.http).await.expect("tokens");
        self.believes(answer, &nonce)
    }

    pub async fn refreshes(&self, before: &SignedIn) -> SignedIn {
        let token = before.refresh_token.as_ref().expect("a refresh token");
        let request = self.client.exchange_refresh_token(token).expect("there is a token endpoint");
        let answer = request.request_async(&self.http).await.expect("tokens");
        let after = self.believes(answer, |_: Option<&Nonce>| Ok(()));
        assert_eq!(after.claims.subject(), before.claims.subject());
        after
    }

    /// Refused if it is not about the person of the ID token (OpenID Connect Core section 5.3.2).
    pub async fn userinfo(&self, signed_in: &SignedIn) -> CoreUserInfoClaims {
        let subject = signed_in.claims.subject().clone();
        let request = self.client.user_info(signed_in.access_token.clone(), Some(subject));
        request.expect("there is a userinfo endpoint").request_async(&self.http).await.expect("claims")
    }

    fn believes(&self, answer: CoreTokenResponse, nonce: impl NonceVerifier) -> SignedIn {
        let id_token = answer.extra_fields().id_token().expect("an ID token").clone();
        let verifier = self.client.id_token_verifier().set_allowed_algs([
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::EdDsa,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        ]);
        let claims = id_token.claims(&verifier, nonce).expect("a good ID token").clone();
        let key = id_token.signing_key(&verifier).expect("its key");
        let algorithm = id_token.signing_alg().expect("its algorithm");
        let hash = AccessTokenHash::from_token(answer.access_token(), algorithm, key).expect("a hash");
        assert_eq!(claims.access_token_hash(), Some(&hash), "the ID token belongs to the access token");
        SignedIn {
            claims,
            id_token,
            access_token: answer.access_token().clone(),
            refresh_token: answer.refresh_token().cloned(),
        }
    }
}
