//! A relying system that speaks HTTP by hand, so that it can do wrong: for what a well-made client does, see
//! [`super::open_id`].

use std::sync::Arc;

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use yihao::base::{Chance, Clock};
use yihao::client::Client;
use yihao::crypto::{Algorithm, SigningKey, base64url, jws, sha256};

use super::{Answer, Browser, House, Node, ProofKey, http};

/// How it proves itself at the token endpoint.
#[derive(Clone)]
pub enum Auth {
    Basic,
    Post,
    SecretJwt,
    Key(Arc<SigningKey>),
    Nothing,
}

impl Auth {
    /// `private_key_jwt` with a key made now.
    pub fn key(algorithm: Algorithm) -> Self {
        let pkcs8 = SigningKey::generate(algorithm).expect("a key");
        let key = SigningKey::from_pkcs8("its-key".to_owned(), algorithm, &pkcs8).expect("a key");
        Self::Key(Arc::new(key))
    }

    /// Writes the method into metadata.
    pub(super) fn describe(&self, metadata: &mut Value) {
        metadata["token_endpoint_auth_method"] = match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::SecretJwt => "client_secret_jwt",
            Self::Key(_) => "private_key_jwt",
            Self::Nothing => "none",
        }
        .into();
        if let Self::Key(key) = self {
            metadata["jwks"] = json!({ "keys": [key.public_jwk()] });
        }
    }
}

pub struct RelyingParty {
    pub id: String,
    pub client: Client,
    pub auth: Auth,
    pub redirect_uri: String,
    issuer: String,
    base: String,
    clock: Clock,
    http: reqwest::Client,
}

/// One authorization request and what belongs to it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub params: Vec<(String, String)>,
    pub verifier: String,
    base: String,
}

impl Attempt {
    /// Sets a parameter, in place of what it was.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.retain(|(known, _)| known != name);
        self.and(name, value)
    }

    /// Adds a parameter, whether it is there or not.
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(known, _)| known != name);
        self
    }

    pub fn get(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn url(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.params).finish();
        format!("{}/authorize?{query}", self.base)
    }
}

impl RelyingParty {
    pub fn new(house: &House, client: Client, auth: Auth) -> Self {
        Self {
            id: client.id.clone(),
            redirect_uri: client.metadata.redirect_uris.first().cloned().unwrap_or_default(),
            client,
            auth,
            issuer: house.app.config.issuer().to_owned(),
            base: house.base.clone(),
            clock: house.clock.clone(),
            http: http(),
        }
    }

    /// Speaks to another node from now on.
    pub fn moves_to(&mut self, node: &Node) {
        self.base = node.base.clone();
    }

    pub fn secret(&self) -> &str {
        self.client.secret.as_ref().map_or("", |secret| secret.reveal())
    }

    pub fn attempt(&self, scope: &str) -> Attempt {
        let verifier = Chance::Machine.token();
        let challenge = base64url(&sha256(verifier.as_bytes()));
        let params = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", &Chance::Machine.token()),
            ("nonce", &Chance::Machine.token()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Attempt { params, verifier, base: self.base.clone() }
    }

    /// What the token endpoint is sent for a code.
    pub fn redemption<'a>(&'a self, code: &'a str, attempt: &'a Attempt) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &attempt.verifier),
        ]
    }

    pub async fn redeem(&self, code: &str, attempt: &Attempt) -> Answer {
        self.post("/token", &self.redemption(code, attempt)).await
    }

    /// The whole of a sign-in where nothing is shown: request, code, tokens.
    pub async fn tokens(&self, browser: &mut Browser, scope: &str) -> Answer {
        let attempt = self.attempt(scope);
        let code = browser.open(&attempt.url()).await.authorization_code();
        self.redeem(&code, &attempt).await.good()
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/introspect", &[("token", token)]).await
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", &[("token", token)]).await
    }

    pub async fn userinfo(&self, access_token: &str) -> Answer {
        Answer::of(self.http.get(format!("{}/userinfo", self.base)).bearer_auth(access_token)).await
    }

    /// Tokens bound to a key.
    pub async fn bound_tokens(&self, browser: &mut Browser, scope: &str, key: &ProofKey) -> Answer {
        let attempt = self.attempt(scope);
        let code = browser.open(&attempt.url()).await.authorization_code();
        let proof = key.proof("POST", "/token", None);
        self.post_proven("/token", &self.redemption(&code, &attempt), &[proof]).await.good()
    }

    pub async fn refresh_proven(&self, refresh_token: &str, proofs: &[String]) -> Answer {
        let params = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.post_proven("/token", &params, proofs).await
    }

    /// Userinfo by a scheme of one's choice.
    pub async fn userinfo_by(&self, scheme: &str, token: &str, proofs: &[String]) -> Answer {
        let mut request = self.http.get(format!("{}/userinfo", self.base));
        request = request.header("authorization", format!("{scheme} {token}"));
        for proof in proofs {
            request = request.header("dpop", proof);
        }
        Answer::of(request).await
    }

    /// A token of its own.
    pub async fn client_credentials(&self) -> Answer {
        self.post("/token", &[("grant_type", "client_credentials")]).await
    }

    /// Posts a form, authenticated as registered.
    pub async fn post(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        self.post_proven(path, params, &[]).await
    }

    /// The same, with these proofs of possession.
    pub async fn post_proven(&self, path: &str, params: &[(&str, &str)], proofs: &[String]) -> Answer {
        let assertion;
        let mut params = params.to_vec();
        let mut request = self.http.post(format!("{}{path}", self.base));
        for proof in proofs {
            request = request.header("dpop", proof);
        }
        match &self.auth {
            Auth::Basic => request = request.basic_auth(&self.id, Some(self.secret())),
            Auth::Post => params.extend([("client_id", self.id.as_str()), ("client_secret", self.secret())]),
            Auth::Nothing => params.push(("client_id", &self.id)),
            Auth::SecretJwt | Auth::Key(_) => {
                assertion = self.assertion(self.assertion_claims());
                params.extend(by_assertion(&assertion));
            }
        }
        Answer::of(request.form(&params)).await
    }

    /// The same, with more headers.
    pub async fn post_with(&self, path: &str, params: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(self.assertion_claims());
        let mut params = params.to_vec();
        params.extend(by_assertion(&assertion));
        let mut request = self.http.post(format!("{}{path}", self.base)).form(&params);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }

    /// Posts a form exactly as given.
    pub async fn post_bare(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        Answer::of(self.http.post(format!("{}{path}", self.base)).form(params)).await
    }

    /// What an assertion must say (RFC 7523 section 3).
    pub fn assertion_claims(&self) -> Value {
        let now = self.clock.now().seconds();
        json!({
            "iss": self.id, "sub": self.id, "aud": self.issuer, "jti": Chance::Machine.token(),
            "iat": now, "exp": now + 60,
        })
    }

    /// Signs an assertion with what the client has.
    pub fn assertion(&self, claims: Value) -> String {
        match &self.auth {
            Auth::Key(key) => jws::sign(key, "JWT", &claims).expect("a signature"),
            _ => {
                let key = EncodingKey::from_secret(self.secret().as_bytes());
                jsonwebtoken::encode(&Header::new(jsonwebtoken::Algorithm::HS256), &claims, &key)
                    .expect("a signature")
            }
        }
    }
}

/// The parameters that carry an assertion.
pub fn by_assertion(assertion: &str) -> [(&str, &str); 2] {
    [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ]
}
