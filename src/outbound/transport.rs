//! What every way out has in common.

use std::path::Path;

use reqwest::{Client, ClientBuilder, Response, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use url::Url;

use super::OpenError;
use crate::base::Secret;
use crate::config::Config;

/// The header by which a simulator says what it is.
pub(super) const SIMULATOR: &str = "x-simulator";

/// A client that trusts the machine's authorities and those of `outbound.ca_file`.
pub(super) fn builder(config: &Config) -> Result<ClientBuilder, OpenError> {
    Ok(Client::builder()
        .tls_backend_preconfigured(tls(config.outbound.ca_file.as_deref())?)
        .redirect(redirect::Policy::none())
        .referer(false)
        // A proxy named in the environment would connect in our place, past every check of addresses.
        .no_proxy()
        .user_agent(concat!("yihao/", env!("CARGO_PKG_VERSION"))))
}

pub(super) fn build(builder: ClientBuilder) -> Result<Client, OpenError> {
    builder.build().map_err(|e| OpenError::new("outbound", e))
}

/// A machine without authorities of its own still starts: it reaches what `outbound.ca_file` vouches for.
fn tls(ca_file: Option<&Path>) -> Result<rustls::ClientConfig, OpenError> {
    const KEY: &str = "outbound.ca_file";
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let failed = |e: &dyn std::fmt::Display| OpenError::new(KEY, format!("{}: {e}", path.display()));
        let certificates = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| failed(&e))?;
        if certificates.is_empty() {
            return Err(failed(&"no certificate in it"));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|e| failed(&e))?;
        }
    }
    Ok(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// Reads a file that holds one key or token as text.
pub(super) fn read_secret(key: &'static str, path: &Path) -> Result<Secret, OpenError> {
    let text = Secret::new(
        std::fs::read_to_string(path).map_err(|e| OpenError::new(key, format!("{}: {e}", path.display())))?,
    );
    let trimmed = Secret::new(text.reveal().trim());
    if trimmed.is_empty() {
        return Err(OpenError::new(key, format!("{}: empty", path.display())));
    }
    Ok(trimmed)
}

/// Posts JSON, and once more if no connection came about: then nothing was heard of the first. A request
/// that may have arrived is never sent twice.
pub(super) async fn post(
    client: &Client,
    url: &Url,
    bearer: Option<&Secret>,
    body: &(impl Serialize + Sync),
) -> Result<Response, reqwest::Error> {
    let send = async || {
        let mut request = client.post(url.clone()).json(body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer.reveal());
        }
        request.send().await
    };
    match send().await {
        Err(error) if error.is_connect() && !error.is_timeout() => send().await,
        outcome => outcome,
    }
}

/// The body, or `None` if it is longer than `most` bytes, whatever length it claims; then the rest is not
/// read.
pub(super) async fn body(mut response: Response, most: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
