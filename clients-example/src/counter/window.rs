//! What the window says to the provider: every request is signed with its key.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use clients_example::dpop::ProofKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use url::Url;

pub struct Window {
    issuer: Url,
    client_id: String,
    terminal: String,
    signing: EncodingKey,
    pub proving: ProofKey,
    pub http: reqwest::Client,
}

/// What the provider refuses, for the clerk to read.
#[derive(Debug)]
pub struct Refused {
    pub code: String,
    pub words: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.words)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// A sentence; what the provider's developers wrote stands behind it.
    pub fn for_the_clerk(&self) -> String {
        let words = match self.code.as_str() {
            "access_denied" if self.words.contains("themselves") => "窗口人员不能办理本人的事项",
            "access_denied" if self.words.contains("wait") => "错误次数过多，请稍后再试",
            "access_denied" => "不能这样办理",
            "temporarily_unavailable" => "此人已有一个待确认的请求，请等它结束后再试",
            "interaction_required" => "还没有完成前一步",
            "invalid_grant" => "已经失效，或与本人不符",
            "invalid_request" => "填写的内容不正确",
            _ => "暂时不能办理",
        };
        format!("{words}。（{}）", self.words)
    }
}

impl Window {
    /// # Errors
    /// The key is no PKCS #8 of P-256.
    pub fn new(issuer: Url, client_id: String, terminal: String, pkcs8: &[u8]) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let signing = EncodingKey::from_ec_der(pkcs8);
        Ok(Self { issuer, client_id, terminal, signing, proving: ProofKey::from_pkcs8(pkcs8)?, http })
    }

    /// RFC 7523: we are the client, at this window.
    fn assertion(&self) -> Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.terminal.clone());
        let (now, jti) = (now(), random()?);
        let issuer = self.issuer.as_str().trim_end_matches('/');
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": issuer, "jti": jti,
            "iat": now, "exp": now + 60,
        });
        Ok(jsonwebtoken::encode(&header, &claims, &self.signing)?)
    }

    /// # Errors
    /// [`Refused`], or the provider does not answer.
    pub async fn post(&self, path: &str, params: &[(&str, &str)]) -> Result<Value> {
        self.post_waiting(path, params, 0).await
    }

    /// The same; the provider may take so many seconds to answer (RFC 7240 section 4.3).
    ///
    /// # Errors
    /// [`Refused`], or the provider does not answer.
    pub async fn post_waiting(&self, path: &str, params: &[(&str, &str)], wait: u64) -> Result<Value> {
        let url = self.issuer.join(path)?;
        let assertion = self.assertion()?;
        let mut form = params.to_vec();
        form.push(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        form.push(("client_assertion", &assertion));
        let mut request = self.http.post(url.clone()).form(&form);
        if wait > 0 {
            request = request.header("prefer", format!("wait={wait}"));
        }
        if path == "/token" {
            // RFC 9449: the token will be good with this key alone.
            request = request.header("dpop", self.proving.proof("POST", &url, None, None)?);
        }
        let answer = request.send().await.context("the provider does not answer")?;
        let good = answer.status().is_success();
        let said: Value = answer.json().await.context("the provider's answer is no JSON")?;
        if good {
            return Ok(said);
        }
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Err(anyhow!(Refused { code: text("error"), words: text("error_description") }))
    }

    /// Fetches something with the person's token, which is shown with a proof of our key.
    ///
    /// # Errors
    /// No answer.
    pub async fn fetch(&self, url: &Url, token: &str) -> Result<reqwest::Response> {
        let proof = self.proving.proof("GET", url, Some(token), None)?;
        let request = self.http.get(url.clone()).header("authorization", format!("DPoP {token}"));
        Ok(request.header("dpop", proof).send().await?)
    }
}

/// For one thing that is asked for: 128 random bits.
///
/// # Errors
/// The machine has no randomness.
pub fn random() -> Result<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).context("no randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[allow(clippy::disallowed_methods, reason = "an example outside the provider has a clock of its own")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|past| past.as_secs()).unwrap_or_default()
}
