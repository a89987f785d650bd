//! The visit, made of a request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use uuid::Uuid;

use super::Cookies;
use crate::app::App;
use crate::base::{Actor, Channel, Language, Visit};

/// The cookie that remembers the language a person chose.
pub const LANGUAGE_COOKIE: &str = "yihao_lang";

/// The request's id, put there by the outermost layer.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

impl FromRequestParts<App> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let request_id = parts.extensions.get::<RequestId>().map_or_else(|| app.chance.id(), |id| id.0);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Visit {
            now: app.clock.now(),
            chance: app.chance.clone(),
            channel: Channel::Hall,
            terminal: None,
            address: address(app, peer, &parts.headers),
            language: language(app, parts),
            actor: Actor::Nobody,
            request_id,
        })
    }
}

/// The nearest address that is not one of our proxies. What a client writes into the header itself stands
/// left of what the first trusted proxy added, and is never reached.
fn address(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let trusted = |ip: &IpAddr| app.config.server.trusted_proxies.iter().any(|net| net.contains(ip));
    let mut nearest = peer.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    if app.config.server.trusted_proxies.is_empty() || !trusted(&nearest) {
        return nearest;
    }
    let forwarded: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|text| text.trim().parse().ok())
        .collect();
    for ip in forwarded.into_iter().rev() {
        nearest = ip;
        if !trusted(&ip) {
            break;
        }
    }
    nearest
}

/// What the address asks for, else what the person chose before, else what the browser prefers.
fn language(app: &App, parts: &Parts) -> Language {
    let query = parts.uri.query().unwrap_or_default();
    let named = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value)
    };
    named("lang")
        .and_then(|tag| Language::from_tag(&tag))
        .or_else(|| named("ui_locales").and_then(|list| Language::from_ui_locales(&list)))
        .or_else(|| Cookies::of(app, &parts.headers).plain(LANGUAGE_COOKIE).and_then(Language::from_tag))
        .or_else(|| {
            let header = parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::from_accept_language(header)
        })
        .unwrap_or_default()
}
