//! What a relying party does with a provider, and how it checks the answers.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hyper::Method;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use rand::RngCore;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::http::{Conn, Reply};
use crate::jar::Jar;
use crate::profile::{Client, ClientAuth, Profile};
use crate::recipe::{self, Step, Vars};

/// The server as its own metadata describes it.
pub struct Provider {
    pub profile: Profile,
    pub discovery: Url,
    pub metadata: Value,
    keys: JwkSet,
    extra: HeaderMap,
}

/// One simulated person with a browser and the relying party beside it.
pub struct Vu {
    pub conn: Conn,
    pub jar: Jar,
    user: String,
    pub tokens: Tokens,
    /// Shared by all users of a scenario that shows each token once.
    pub unseen: Unseen,
}

/// Access tokens that no endpoint has been shown yet.
#[derive(Default, Clone)]
pub struct Unseen(Arc<Mutex<Vec<String>>>);

impl Unseen {
    pub fn push(&self, token: String) {
        self.tokens().push(token);
    }

    pub fn pop(&self) -> Option<String> {
        self.tokens().pop()
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().expect("no user panics while holding it")
    }
}

#[derive(Default, Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id: String,
}

/// The secrets of one authorization request.
pub struct Attempt {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

impl Attempt {
    pub fn new() -> Self {
        Attempt { state: random(), nonce: random(), verifier: random() }
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

fn random() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub async fn discover(profile: Profile) -> Result<Self> {
        let mut extra = HeaderMap::new();
        for (name, value) in &profile.headers {
            extra.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let discovery = match &profile.discovery {
            Some(url) => Url::parse(url)?,
            None => Url::parse(&format!(
                "{}/.well-known/openid-configuration",
                profile.issuer.trim_end_matches('/')
            ))?,
        };
        let mut conn = Conn::new(&discovery, profile.connect.as_deref(), extra.clone())?;
        let metadata = conn.get(&discovery, HeaderMap::new()).await?.ok_json()?;
        ensure!(
            metadata["issuer"].as_str() == Some(&profile.issuer),
            "the metadata names another issuer: {}",
            metadata["issuer"]
        );
        let mut provider =
            Provider { profile, discovery, metadata, keys: JwkSet { keys: Vec::new() }, extra };
        let jwks = provider.endpoint("jwks_uri")?;
        provider.keys = serde_json::from_value(conn.get(&jwks, HeaderMap::new()).await?.ok_json()?)
            .context("reading the key set")?;
        Ok(provider)
    }

    pub fn endpoint(&self, name: &str) -> Result<Url> {
        let text = self.metadata[name].as_str().with_context(|| format!("no {name} in metadata"))?;
        Ok(Url::parse(text)?)
    }

    pub fn vu(&self, number: usize) -> Result<Vu> {
        Ok(Vu {
            conn: Conn::new(&self.discovery, self.profile.connect.as_deref(), self.extra.clone())?,
            jar: Jar::default(),
            user: self.profile.user.name.replace("{vu}", &number.to_string()),
            tokens: Tokens::default(),
            unseen: Unseen::default(),
        })
    }

    /// Walks a recipe from the authorization request to the code.
    pub async fn authorize(
        &self,
        vu: &mut Vu,
        steps: &[Step],
        attempt: &Attempt,
        password: &str,
        scope: &str,
    ) -> Result<String> {
        let client = &self.profile.client;
        let challenge = attempt.challenge();
        let mut url = self.endpoint("authorization_endpoint")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &client.redirect_uri)
            .append_pair("scope", scope)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(&self.profile.authorize_params);
        let mut vars: Vars = [
            ("authorize_url", url.as_str()),
            ("issuer", &self.profile.issuer),
            ("client_id", &client.id),
            ("redirect_uri", &client.redirect_uri),
            ("scope", scope),
            ("state", &attempt.state),
            ("nonce", &attempt.nonce),
            ("challenge", &challenge),
            ("username", &vu.user),
            ("password", password),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let back = recipe::run(steps, &mut vu.conn, &mut vu.jar, &mut vars, &client.redirect_uri).await?;
        let param =
            |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if let Some(error) = param("error") {
            bail!("authorization refused: {error}: {:?}", param("error_description"));
        }
        ensure!(param("state").as_deref() == Some(&attempt.state), "state was not given back");
        param("code").context("no code in the redirect")
    }

    pub async fn redeem(&self, vu: &mut Vu, code: &str, verifier: &str) -> Result<Reply> {
        let client = &self.profile.client;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &client.redirect_uri),
            ("code_verifier", verifier),
        ];
        self.client_post(vu, "token_endpoint", client, &form).await
    }

    /// Sign-in or single sign-on, all the way to tokens.
    pub async fn log_in(&self, vu: &mut Vu, steps: &[Step], scope: &str) -> Result<Attempt> {
        let attempt = Attempt::new();
        let code = self.authorize(vu, steps, &attempt, &self.profile.user.password, scope).await?;
        let reply = self.redeem(vu, &code, &attempt.verifier).await?;
        vu.tokens = tokens(&reply)?;
        ensure!(vu.tokens.id.split('.').count() == 3, "no id_token");
        Ok(attempt)
    }

    pub async fn refresh(&self, vu: &mut Vu, token: &str) -> Result<Reply> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.client_post(vu, "token_endpoint", &self.profile.client, &form).await
    }

    pub async fn client_credentials(&self, vu: &mut Vu, client: &Client) -> Result<Reply> {
        let form = [("grant_type", "client_credentials"), ("scope", client.scope.as_str())];
        let form = if client.scope.is_empty() { &form[..1] } else { &form[..] };
        self.client_post(vu, "token_endpoint", client, form).await
    }

    pub async fn userinfo(&self, vu: &mut Vu, token: &str) -> Result<Reply> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}"))?);
        vu.conn.get(&self.endpoint("userinfo_endpoint")?, headers).await
    }

    pub async fn introspect(&self, vu: &mut Vu, token: &str) -> Result<Value> {
        let client = &self.profile.client;
        self.client_post(vu, "introspection_endpoint", client, &[("token", token)]).await?.ok_json()
    }

    /// Starts a device grant and polls it once, before anyone has approved it.
    pub async fn device(&self, vu: &mut Vu) -> Result<()> {
        let client = self.profile.device_client();
        let start = self
            .client_post(
                vu,
                "device_authorization_endpoint",
                client,
                &[("client_id", &client.id), ("scope", &client.scope)],
            )
            .await?
            .ok_json()?;
        let code = text(&start, "device_code")?;
        text(&start, "user_code")?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", code.as_str()),
            ("client_id", &client.id),
        ];
        let poll = self.client_post(vu, "token_endpoint", client, &form).await?;
        let error = poll.json()?["error"].as_str().unwrap_or_default().to_owned();
        ensure!(error == "authorization_pending", "poll: {}: {}", poll.status, poll.excerpt());
        Ok(())
    }

    async fn client_post(
        &self,
        vu: &mut Vu,
        endpoint: &str,
        client: &Client,
        form: &[(&str, &str)],
    ) -> Result<Reply> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, recipe::form_type());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut pairs = form.to_vec();
        match client.auth {
            ClientAuth::ClientSecretBasic => {
                let (name, value) = recipe::basic(&client.id, &client.secret)?;
                headers.insert(name, value);
            }
            ClientAuth::ClientSecretPost => {
                pairs.retain(|(name, _)| *name != "client_id");
                pairs.push(("client_id", &client.id));
                pairs.push(("client_secret", &client.secret));
            }
            ClientAuth::None => {
                pairs.retain(|(name, _)| *name != "client_id");
                pairs.push(("client_id", &client.id));
            }
        }
        let body: Bytes = recipe::form_body(pairs.into_iter().map(|(k, v)| (k, v.to_owned())));
        vu.conn.send(Method::POST, &self.endpoint(endpoint)?, headers, body).await
    }

    /// Signature, issuer, audience, lifetime and nonce of an ID token.
    pub fn verify_id_token(&self, token: &str, nonce: Option<&str>) -> Result<Value> {
        let claims = self.verify_jwt(token, Some(&self.profile.client.id))?;
        ensure!(claims["sub"].as_str().is_some_and(|s| !s.is_empty()), "ID token without sub");
        if let Some(nonce) = nonce {
            ensure!(claims["nonce"].as_str() == Some(nonce), "ID token with another nonce");
        }
        Ok(claims)
    }

    /// Signature, issuer and lifetime of a JWT, against the published keys.
    pub fn verify_jwt(&self, token: &str, audience: Option<&str>) -> Result<Value> {
        let header = decode_header(token)?;
        let key = match &header.kid {
            Some(kid) => self.keys.find(kid),
            None => self.keys.keys.first(),
        };
        let key = key.context("signed with a key that is not published")?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.profile.issuer]);
        match audience {
            Some(audience) => validation.set_audience(&[audience]),
            None => validation.validate_aud = false,
        }
        Ok(decode::<Value>(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
    }
}

pub fn tokens(reply: &Reply) -> Result<Tokens> {
    let json = reply.ok_json()?;
    let field = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    ensure!(!field("access_token").is_empty(), "no access_token");
    Ok(Tokens { access: field("access_token"), refresh: field("refresh_token"), id: field("id_token") })
}

fn text(json: &Value, name: &str) -> Result<String> {
    Ok(json[name].as_str().with_context(|| format!("no {name}"))?.to_owned())
}
