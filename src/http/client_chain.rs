//! The certificates that a client has shown: as a proxy of ours tells them (RFC 9440).

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

use crate::app::App;

const OWN: HeaderName = HeaderName::from_static("client-cert");
const BETWEEN: HeaderName = HeaderName::from_static("client-cert-chain");

/// The client's own certificate first; empty where none was shown, or whoever says so is not believed.
pub struct ClientChain(pub Vec<CertificateDer<'static>>);

impl FromRequestParts<App> for ClientChain {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let proxies = &app.config.server.trusted_proxies;
        let trusted = peer.is_some_and(|peer| proxies.iter().any(|net| net.contains(&peer)));
        let told = trusted && app.config.certificate.from_proxy;
        Ok(Self(if told { chain(&parts.headers).unwrap_or_default() } else { Vec::new() }))
    }
}

/// RFC 9440 section 2: byte sequences of structured fields (RFC 8941 section 3.3.5), one of them the client's own.
fn chain(headers: &HeaderMap) -> Option<Vec<CertificateDer<'static>>> {
    let mut own = headers.get_all(OWN).iter();
    let (first, None) = (own.next()?.to_str().ok()?, own.next()) else { return None };
    let mut chain = vec![certificate(first)?];
    for line in headers.get_all(BETWEEN) {
        for member in line.to_str().ok()?.split(',') {
            chain.push(certificate(member)?);
        }
    }
    Some(chain)
}

fn certificate(member: &str) -> Option<CertificateDer<'static>> {
    let base64 = member.trim().strip_prefix(':')?.strip_suffix(':')?;
    Some(STANDARD.decode(base64).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_sequences_and_nothing_else() {
        let read = |own: &[&'static str], between: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for (name, lines) in [(OWN, own), (BETWEEN, between)] {
                for line in lines {
                    headers.append(name.clone(), line.parse().unwrap());
                }
            }
            chain(&headers).map(|chain| chain.iter().map(|one| one.to_vec()).collect::<Vec<_>>())
        };
        let bytes = |all: &[&str]| Some(all.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>());
        assert_eq!(read(&[":YQ==:"], &[]), bytes(&["a"]));
        assert_eq!(read(&[":YQ==:"], &[":Yg==:, :Yw==:", ":ZA==:"]), bytes(&["a", "b", "c", "d"]));
        for (own, between) in [
            (&[][..], &[":Yg==:"][..]),
            (&["YQ=="], &[]),
            (&[":!:"], &[]),
            (&[":YQ==:", ":Yg==:"], &[]),
            (&[":YQ==:"], &["Yg=="]),
        ] {
            assert_eq!(read(own, between), None, "{own:?} {between:?}");
        }
    }
}
