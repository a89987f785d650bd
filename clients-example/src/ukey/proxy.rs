//! The proxy: what a browser asks of this address is asked of the provider, with the certificate that is in.

use anyhow::Result;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::station::Station;

/// What a form of the provider's pages has at most.
const LONGEST: usize = 1 << 20;
const CERTIFICATE: HeaderName = HeaderName::from_static("client-cert");
const CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");
/// Of one connection (RFC 9110 section 7.6.1), or made anew for the next.
const OWN: [HeaderName; 6] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::CONTENT_LENGTH,
    header::HOST,
];

pub async fn pass(station: &Station, request: Request) -> Response {
    match ask(station, request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the provider could not be asked");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn ask(station: &Station, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |address| address.as_str());
    let target = format!("{}{path}", station.provider.as_str().trim_end_matches('/'));
    let mut headers = without(parts.headers, &OWN);
    // RFC 9440 section 4: what a client says of itself is never passed on.
    headers.remove(CERTIFICATE);
    headers.remove(CHAIN);
    if let Some(certificate) = station.certificate() {
        headers.insert(CERTIFICATE, HeaderValue::from_str(&certificate)?);
    }
    let body = to_bytes(body, LONGEST).await?;
    let asked = station.client.request(parts.method, target).headers(headers).body(body).send().await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = asked.status();
    *response.headers_mut() = without(asked.headers().clone(), &OWN);
    *response.body_mut() = Body::from(asked.bytes().await?);
    Ok(response)
}

fn without(mut headers: HeaderMap, names: &[HeaderName]) -> HeaderMap {
    for name in names {
        headers.remove(name);
    }
    headers
}
