//! The HTTP client that `openidconnect` talks through: reqwest 0.13, where the crate's own is 0.12. With a key
//! it proves that it has it, where it fetches tokens and where it shows them (RFC 9449).

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use openidconnect::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::Url;

use crate::dpop::ProofKey;

/// What goes on is begun anew after this.
const STREAM: std::time::Duration = std::time::Duration::from_secs(600);

/// One pool of connections for the life of the program; a clone shares it.
#[derive(Clone)]
pub struct HttpClient(pub reqwest::Client, Option<Arc<Device>>);

/// The key, and the nonce that the server wants in the next proof.
struct Device {
    key: ProofKey,
    nonce: Mutex<Option<String>>,
}

impl HttpClient {
    /// # Errors
    /// The machine's root certificates cannot be read.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            // A redirect could lead a token request, with its secret, to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(10))
            .build()?;
        Ok(Self(client, None))
    }

    /// The same, with a key that the tokens it fetches are bound to.
    pub fn with_key(self, key: ProofKey) -> Self {
        Self(self.0, Some(Arc::new(Device { key, nonce: Mutex::default() })))
    }

    pub fn key(&self) -> Option<&ProofKey> {
        self.1.as_ref().map(|device| &device.key)
    }

    async fn send(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let answer = self.0.execute(request.try_into()?).await?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(answer.bytes().await?.to_vec())?)
    }

    async fn send_proven(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let Some(device) = &self.1 else { return self.send(request).await };
        let response = self.send(device.prove(request.clone())?).await?;
        let refused = matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED);
        // Section 8: a server that wants a nonce says so, and gives one to come again with.
        if device.keep_nonce(response.headers()) && refused {
            let again = self.send(device.prove(request)?).await?;
            device.keep_nonce(again.headers());
            return Ok(again);
        }
        Ok(response)
    }

    /// Opens what comes bit by bit and has no end, with the token, and the proof where there is a key.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, url: &Url, token: &str) -> anyhow::Result<reqwest::Response> {
        let mut came_again = false;
        loop {
            let mut request = openidconnect::http::Request::get(url.as_str())
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .body(Vec::new())?;
            if let Some(device) = &self.1 {
                request = device.prove(request)?;
            }
            let mut request: reqwest::Request = request.try_into()?;
            *request.timeout_mut() = Some(STREAM);
            let response = self.0.execute(request).await?;
            let nonce = self.1.as_ref().is_some_and(|device| device.keep_nonce(response.headers()));
            if !nonce || came_again || response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            came_again = true;
        }
    }
}

impl Device {
    fn prove(&self, mut request: HttpRequest) -> anyhow::Result<HttpRequest> {
        let url: Url = request.uri().to_string().parse()?;
        let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = sent.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
        if token.is_none() && request.method() != Method::POST {
            return Ok(request);
        }
        let nonce = self.nonce.lock().unwrap_or_else(|broken| broken.into_inner()).clone();
        let proof = self.key.proof(request.method().as_str(), &url, token.as_deref(), nonce.as_deref())?;
        request.headers_mut().insert("dpop", HeaderValue::from_str(&proof)?);
        if let Some(token) = token {
            // Section 7.1: a bound token is shown by a scheme of its own.
            let value = HeaderValue::from_str(&format!("DPoP {token}"))?;
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Ok(request)
    }

    /// `true` if the server gave a nonce.
    fn keep_nonce(&self, headers: &HeaderMap) -> bool {
        let nonce = headers.get("dpop-nonce").and_then(|value| value.to_str().ok());
        if let Some(nonce) = nonce {
            *self.nonce.lock().unwrap_or_else(|broken| broken.into_inner()) = Some(nonce.to_owned());
        }
        nonce.is_some()
    }
}

/// What `openidconnect` wants an error to be.
#[derive(Debug)]
pub struct Unreachable(anyhow::Error);

impl std::fmt::Display for Unreachable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for Unreachable {}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.send_proven(request).await.map_err(Unreachable) })
    }
}
