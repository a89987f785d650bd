//! The example systems as clients.

use anyhow::{Context, anyhow};

use super::super::client::{Wanted, put};
use super::kiosk;
use super::ports::Ports;
use crate::app::App;
use crate::base::{Channel, Scopes, Secret, Visit};
use crate::client::{ApplicationType, AuthMethod, GrantType, LegalBasis, Metadata};
use crate::crypto::Algorithm;

pub const APP: &str = "demo-app";
pub const HALL: &str = "demo-hall";
/// Of the same vendor.
pub const SECOND_APP: &str = "demo-second-app";

/// A system's id and secret, for the program that plays it.
pub struct Credentials {
    pub id: &'static str,
    pub secret: Secret,
}

pub struct Systems {
    pub hall: Credentials,
    pub certificates: Credentials,
    pub licences: Credentials,
}

/// Registers the example systems, or brings them to the ports of this start. Secrets are made once.
pub async fn seed(app: &App, visit: &Visit, ports: &Ports) -> anyhow::Result<Systems> {
    let mut secrets = Vec::new();
    for (id, metadata) in [
        (HALL, hall(ports.hall)),
        ("demo-certificates", certificates(ports.certificates)),
        ("demo-licences", licences()),
        (super::counter::CLIENT, window(ports.counter)),
        (APP, mobile()),
        (kiosk::CLIENT, kiosk()),
        (SECOND_APP, second_app()),
    ] {
        crate::client::validate(&metadata)?;
        let wanted = Wanted { id: Some(id.to_owned()), secret: None, metadata };
        let (client, ..) = put(app, visit, wanted).await?.map_err(|why| anyhow!("{id}: {why}"))?;
        secrets.push((id, client.secret));
    }
    let mut secrets = secrets.into_iter();
    let mut next = || {
        let (id, secret) = secrets.next().context("an example system is missing")?;
        anyhow::Ok(Credentials { id, secret: secret.with_context(|| format!("{id} has no secret"))? })
    };
    Ok(Systems { hall: next()?, certificates: next()?, licences: next()? })
}

fn web(port: u16) -> Metadata {
    Metadata {
        // Where the pages' "back to the service" leads.
        client_uri: format!("http://localhost:{port}").parse().ok(),
        redirect_uris: vec![format!("http://localhost:{port}/callback")],
        post_logout_redirect_uris: vec![format!("http://localhost:{port}/signed-out")],
        backchannel_logout_uri: format!("http://localhost:{port}/backchannel-logout").parse().ok(),
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: Algorithm::ES256,
        scope: Scopes::parse("openid profile phone official_number organization represented"),
        ..Metadata::default()
    }
}

/// Another authority's: people get a notice of what it receives and why.
fn hall(port: u16) -> Metadata {
    Metadata {
        client_name: "粤易办·网上办事大厅".to_owned(),
        department: Some("省政务服务和数据管理局".to_owned()),
        purpose: Some("办理政务服务事项".to_owned()),
        legal_basis: LegalBasis::Statutory,
        ..web(port)
    }
}

/// Our own authority's: who is signed in is signed in here too, without a page.
fn certificates(port: u16) -> Metadata {
    Metadata {
        client_name: "电子证照".to_owned(),
        department: Some("省政务服务和数据管理局".to_owned()),
        purpose: Some("查询电子证照".to_owned()),
        legal_basis: LegalBasis::Statutory,
        first_party: true,
        ..web(port)
    }
}

/// The desks of counters: each authenticates with its window's key.
fn window(port: u16) -> Metadata {
    Metadata {
        client_name: "政务服务窗口".to_owned(),
        department: Some("天河区政务服务中心".to_owned()),
        purpose: Some("在窗口办理政务服务事项".to_owned()),
        redirect_uris: vec![format!("http://localhost:{port}/back")],
        grant_types: vec![GrantType::Counter, GrantType::BackChannel],
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        channel: Channel::Counter,
        scope: Scopes::parse("openid profile official_number organization"),
        id_token_signed_response_alg: Algorithm::ES256,
        legal_basis: LegalBasis::Statutory,
        dpop_bound_access_tokens: true,
        ..Metadata::default()
    }
}

fn licences() -> Metadata {
    Metadata {
        client_name: "证照库".to_owned(),
        grant_types: vec![GrantType::ClientCredentials],
        channel: Channel::System,
        resource_server: true,
        id_token_signed_response_alg: Algorithm::ES256,
        ..Metadata::default()
    }
}

/// RFC 8252: a public client on any port of loopback.
fn mobile() -> Metadata {
    Metadata {
        client_name: "移动应用".to_owned(),
        department: Some("省政务服务和数据管理局".to_owned()),
        purpose: Some("在手机上办理政务服务事项".to_owned()),
        redirect_uris: vec!["http://127.0.0.1/callback".to_owned()],
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        token_endpoint_auth_method: AuthMethod::None,
        application_type: ApplicationType::Native,
        channel: Channel::Mobile,
        scope: Scopes::parse(
            "openid profile phone official_number offline_access organization represented device_sso approvals",
        ),
        vendor: Some("粤易办".to_owned()),
        id_token_signed_response_alg: Algorithm::ES256,
        ..Metadata::default()
    }
}

/// Signed in by what the first app keeps on the phone, and never without the phone's key.
fn second_app() -> Metadata {
    Metadata {
        client_name: "电子证照（手机）".to_owned(),
        purpose: Some("在手机上查看电子证照".to_owned()),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::TokenExchange],
        scope: Scopes::parse("openid profile official_number"),
        first_party: true,
        dpop_bound_access_tokens: true,
        ..mobile()
    }
}

/// Self-service machines of our own authority: the terminals have the keys.
fn kiosk() -> Metadata {
    Metadata {
        client_name: "政务服务自助终端".to_owned(),
        department: Some("省政务服务和数据管理局".to_owned()),
        purpose: Some("在自助终端上办理政务服务事项".to_owned()),
        grant_types: vec![GrantType::DeviceCode, GrantType::Chip],
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        channel: Channel::Kiosk,
        first_party: true,
        scope: Scopes::parse("openid profile official_number"),
        id_token_signed_response_alg: Algorithm::ES256,
        ..Metadata::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::validate;

    #[test]
    fn the_example_systems_are_acceptable_clients() {
        for metadata in [window(8085), hall(8081), certificates(8082), licences(), mobile(), second_app()] {
            assert_eq!(validate(&metadata), Ok(()), "{}", metadata.client_name);
        }
    }
}
