//! A profile says how to talk to one provider: where it is, which clients and
//! user to use, and which requests a browser would send to sign in.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::recipe::Step;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name used in reports.
    pub name: String,
    /// The `iss` that tokens must carry. Plain http only: TLS is not measured.
    pub issuer: String,
    /// Address to connect to, where it differs from the issuer's host and port.
    pub connect: Option<String>,
    /// Where the metadata is, where it differs from the well-known place.
    pub discovery: Option<String>,
    /// Client that signs users in (authorization code with PKCE).
    pub client: Client,
    /// Client for `client_credentials`; the main client when left out.
    pub service_client: Option<Client>,
    /// Client for the device grant; the main client when left out.
    pub device_client: Option<Client>,
    pub user: User,
    /// Headers sent with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Parameters added to every authorization request.
    #[serde(default)]
    pub authorize_params: BTreeMap<String, String>,
    /// Requests that take a browser without cookies to a code.
    #[serde(default)]
    pub sign_in: Vec<Step>,
    /// Requests that take a signed-in browser to a code, without user input.
    #[serde(default = "plain_authorize")]
    pub sso: Vec<Step>,
    /// Scenarios the server cannot do, with the reason.
    #[serde(default)]
    pub lacks: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    pub id: String,
    #[serde(default)]
    pub secret: String,
    #[serde(default)]
    pub auth: ClientAuth,
    #[serde(default)]
    pub redirect_uri: String,
    #[serde(default)]
    pub scope: String,
    /// Scope asked for where a refresh token is needed; `scope` when left out.
    pub refresh_scope: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    #[default]
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// `{vu}` is replaced by the virtual user's number.
    pub name: String,
    pub password: String,
}

impl Profile {
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let profile: Profile =
            toml::from_str(&text).with_context(|| format!("parsing {}", path.display()))?;
        if !profile.issuer.starts_with("http://") {
            bail!("issuer must be plain http on loopback");
        }
        Ok(profile)
    }

    pub fn service_client(&self) -> &Client {
        self.service_client.as_ref().unwrap_or(&self.client)
    }

    pub fn device_client(&self) -> &Client {
        self.device_client.as_ref().unwrap_or(&self.client)
    }
}

fn plain_authorize() -> Vec<Step> {
    vec![Step::get("{authorize_url}")]
}
