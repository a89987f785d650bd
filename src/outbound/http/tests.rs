use axum::response::{IntoResponse, Redirect};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::*;
use crate::outbound::testing::{self, Server, TlsServer};

fn allowing(origins: &[String]) -> Config {
    let mut config = Config::default();
    config.outbound.allow = origins.to_vec();
    config
}

fn web(origins: &[String]) -> Web {
    Web::open(&allowing(origins)).unwrap()
}

async fn get(web: &Web, url: &str) -> Result<Value, FetchError> {
    web.get_json(&url.parse().unwrap()).await
}

fn ok(_: testing::Asked) -> axum::response::Response {
    axum::Json(json!({ "keys": [] })).into_response()
}

#[tokio::test]
async fn an_allowed_origin_is_fetched_and_its_neighbours_are_not() {
    let server = Server::start(ok).await;
    let other = Server::start(ok).await;
    let (port, other_port) = (server.address.port(), other.address.port());
    let web = web(&[format!("http://127.0.0.1:{port}")]);
    assert_eq!(get(&web, &format!("http://127.0.0.1:{port}/jwks")).await, Ok(json!({ "keys": [] })));
    assert_eq!(server.hits(), 1);
    for (url, why) in [
        (format!("http://127.0.0.1:{other_port}/jwks"), FetchError::NotHttps),
        (format!("http://localhost:{port}/jwks"), FetchError::NotHttps),
        (format!("https://127.0.0.1:{port}/jwks"), FetchError::Internal),
        (format!("https://localhost:{port}/jwks"), FetchError::Internal),
        (format!("http://user@127.0.0.1:{port}/jwks"), FetchError::NotHttps),
    ] {
        assert_eq!(get(&web, &url).await, Err(why), "{url}");
    }
    assert_eq!((server.hits(), other.hits()), (1, 0));
}

#[tokio::test]
async fn no_spelling_of_an_internal_address_gets_through() {
    let web = web(&[]);
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "１２７.0.0.1",
        "0",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::10.0.0.1]",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST",
    ] {
        assert_eq!(get(&web, &format!("https://{host}/")).await, Err(FetchError::Internal), "{host}");
    }
}

#[tokio::test]
async fn only_https_leads_out() {
    for url in ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "data:,x"] {
        assert_eq!(get(&web(&[]), url).await, Err(FetchError::NotHttps), "{url}");
    }
    assert_eq!(get(&web(&[]), "https://name:word@example.com/").await, Err(FetchError::NotHttps));
}

#[tokio::test]
async fn a_redirect_is_an_answer_not_a_way() {
    let target = Server::start(ok).await;
    let to = target.url("/jwks").to_string();
    let server = Server::start(move |_| Redirect::temporary(&to).into_response()).await;
    let web =
        web(&[server.url("").origin().ascii_serialization(), target.url("").origin().ascii_serialization()]);
    assert_eq!(get(&web, server.url("/jwks").as_str()).await, Err(FetchError::Status(307)));
    assert_eq!(target.hits(), 0);
}

#[tokio::test]
async fn what_is_too_long_is_refused_whether_its_length_is_told_or_not() {
    let server = Server::start(|asked| "1".repeat(asked.path[1..].parse().unwrap()).into_response()).await;
    let web = web(&[format!("http://{}", server.address)]);
    let whole: Result<IgnoredAny, _> = web.get_json(&server.url(&format!("/{LONGEST}"))).await;
    assert!(whole.is_ok(), "{whole:?}");
    let over = server.url(&format!("/{}", LONGEST + 1));
    assert_eq!(get(&web, over.as_str()).await, Err(FetchError::TooLong));
    // No length, and no end either: one byte too many must be enough.
    let endless = format!("http://{}", testing::stalling("", &"1".repeat(LONGEST + 1)).await);
    let web = self::web(std::slice::from_ref(&endless));
    assert_eq!(get(&web, &endless).await, Err(FetchError::TooLong));
}

#[tokio::test]
async fn every_other_failure_has_its_name() {
    let missing = Server::start(|_| axum::http::StatusCode::NOT_FOUND.into_response()).await;
    let page = Server::start(|_| "<html>".into_response()).await;
    let (mute, stalling, nobody) = (
        testing::mute().await,
        testing::stalling("content-length: 99\r\n", "{\"keys\":").await,
        testing::nobody().await,
    );
    for (address, why) in [
        (missing.address, FetchError::Status(404)),
        (page.address, FetchError::Unreadable),
        (mute, FetchError::Timeout),
        (stalling, FetchError::Timeout),
        (nobody, FetchError::Unreachable),
    ] {
        let origin = format!("http://{address}");
        let soon = if why == FetchError::Timeout { Duration::from_millis(300) } else { PATIENCE };
        let web = Web::with_patience(&allowing(std::slice::from_ref(&origin)), soon).unwrap();
        assert_eq!(get(&web, &origin).await, Err(why));
    }
}

#[tokio::test]
async fn an_authority_is_trusted_once_it_is_configured() {
    let server = TlsServer::start(0, ok).await;
    let mut config = allowing(&[server.url("").origin().ascii_serialization()]);
    let url = server.url("/jwks");
    assert_eq!(get(&Web::open(&config).unwrap(), url.as_str()).await, Err(FetchError::Unreachable));
    config.outbound.ca_file = Some(server.ca_file.path().to_owned());
    assert_eq!(get(&Web::open(&config).unwrap(), url.as_str()).await, Ok(json!({ "keys": [] })));
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named() {
    for text in
        ["example.com", "https://a.example/path", "https://a.example?x", "https://u@a.example", "ftp://a"]
    {
        let error = Web::open(&allowing(&[text.to_owned()])).err().unwrap();
        assert_eq!(error.key, "outbound.allow", "{text}");
    }
    let empty = tempfile::NamedTempFile::new().unwrap();
    for path in [empty.path(), std::path::Path::new("/nowhere/ca.pem")] {
        let mut config = Config::default();
        config.outbound.ca_file = Some(path.to_owned());
        assert_eq!(Web::open(&config).err().unwrap().key, "outbound.ca_file");
    }
}
