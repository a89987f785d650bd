//! What makes metadata acceptable, however they come: by command, by import or by registration.

use url::{Host, Url};

use super::{ApplicationType, AuthMethod, DeliveryMode, GrantType, Metadata};
use crate::base::Channel;

/// The field that is wrong, and what it should be (RFC 7591 section 3.2.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {what}")]
pub struct InvalidMetadata {
    pub field: &'static str,
    pub what: String,
}

impl InvalidMetadata {
    /// The error code of RFC 7591 section 3.2.2.
    pub fn code(&self) -> &'static str {
        if self.field == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" }
    }
}

fn invalid(field: &'static str, what: impl Into<String>) -> Result<(), InvalidMetadata> {
    Err(InvalidMetadata { field, what: what.into() })
}

pub fn validate(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    let length = metadata.client_name.chars().count();
    if length == 0 || length > 100 {
        return invalid("client_name", "1 to 100 characters");
    }
    redirects(metadata)?;
    logout(metadata)?;
    cas(metadata)?;
    authentication(metadata)?;
    back_channel(metadata)?;
    if metadata.may_use(GrantType::ClientCredentials) && metadata.is_public() {
        return invalid("grant_types", "client_credentials needs a client that authenticates");
    }
    Ok(())
}

fn redirects(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    if metadata.may_use(GrantType::AuthorizationCode) && metadata.redirect_uris.is_empty() {
        return invalid("redirect_uris", "at least one, for the authorization_code grant");
    }
    if metadata.redirect_uris.len() > 50 || metadata.post_logout_redirect_uris.len() > 50 {
        return invalid("redirect_uris", "at most 50");
    }
    for uri in &metadata.redirect_uris {
        redirect("redirect_uris", uri, metadata.application_type)?;
    }
    for uri in &metadata.post_logout_redirect_uris {
        redirect("post_logout_redirect_uris", uri, metadata.application_type)?;
    }
    let services = metadata.cas_services.iter().filter_map(|uri| uri.host_str().map(str::to_owned));
    let hosts: std::collections::BTreeSet<_> = metadata
        .redirect_uris
        .iter()
        .filter_map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned))
        .chain(services)
        .collect();
    // OpenID Connect Core section 8.1: several hosts make no sector without a document that joins them.
    if hosts.len() > 1
        && metadata.sector_identifier_uri.is_none()
        && metadata.subject_type == super::SubjectType::Pairwise
    {
        return invalid("sector_identifier_uri", "needed where redirect URIs have several hosts");
    }
    Ok(())
}

/// RFC 6749 section 3.1.2: absolute, without a fragment. Plain http only on loopback (RFC 8252 section
/// 7.3) — everywhere else the code would travel in the open.
fn redirect(field: &'static str, uri: &str, application: ApplicationType) -> Result<(), InvalidMetadata> {
    let Ok(url) = Url::parse(uri) else { return invalid(field, "an absolute URI") };
    if url.fragment().is_some() {
        return invalid(field, "no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return invalid(field, "no user or password");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => invalid(field, "https, or http on loopback"),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => invalid(field, "not a script"),
        // RFC 8252 section 7.1: a reversed domain name, so it has a dot.
        scheme if application == ApplicationType::Native && scheme.contains('.') => Ok(()),
        _ => invalid(field, "https; a native application may use a scheme like gov.example.app"),
    }
}

fn logout(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    // OpenID Connect Back-Channel Logout section 2.2.
    if let Some(uri) = &metadata.backchannel_logout_uri {
        redirect("backchannel_logout_uri", uri.as_str(), ApplicationType::Web)?;
    }
    if let Some(uri) = &metadata.security_events_uri {
        redirect("security_events_uri", uri.as_str(), ApplicationType::Web)?;
    }
    // OpenID Connect Front-Channel Logout section 2: scheme, host and port of a redirect URI.
    if let Some(uri) = &metadata.frontchannel_logout_uri {
        redirect("frontchannel_logout_uri", uri.as_str(), ApplicationType::Web)?;
        let origins =
            metadata.redirect_uris.iter().filter_map(|known| Some(Url::parse(known).ok()?.origin()));
        if !origins.into_iter().any(|origin| origin == uri.origin()) {
            return invalid("frontchannel_logout_uri", "scheme, host and port of one of redirect_uris");
        }
    }
    Ok(())
}

/// Tickets travel in the service's address, as codes do; and a service without an end would stay for ever.
fn cas(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    if metadata.cas_services.len() > 50 {
        return invalid("cas_services", "at most 50");
    }
    if metadata.cas_services.is_empty() != metadata.cas_until.is_none() {
        return invalid("cas_until", "the last day of cas_services: both or neither");
    }
    for service in &metadata.cas_services {
        redirect("cas_services", service.as_str(), ApplicationType::Web)?;
    }
    Ok(())
}

/// OpenID CIBA section 4.
fn back_channel(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    if metadata.may_use(GrantType::BackChannel) && metadata.is_public() {
        return invalid("grant_types", "OpenID CIBA needs a client that authenticates");
    }
    match (&metadata.backchannel_token_delivery_mode, &metadata.backchannel_client_notification_endpoint) {
        (Some(DeliveryMode::Ping), None) => {
            invalid("backchannel_client_notification_endpoint", "needed for the delivery mode ping")
        }
        (_, Some(uri)) => {
            redirect("backchannel_client_notification_endpoint", uri.as_str(), ApplicationType::Web)
        }
        _ => Ok(()),
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn authentication(metadata: &Metadata) -> Result<(), InvalidMetadata> {
    if metadata.jwks.is_some() && metadata.jwks_uri.is_some() {
        return invalid("jwks", "either jwks or jwks_uri");
    }
    if let Some(jwks) = &metadata.jwks
        && serde_json::from_value::<jsonwebtoken::jwk::JwkSet>(jwks.clone())
            .map_or(true, |set| set.keys.is_empty())
    {
        return invalid("jwks", "a JSON Web Key Set with at least one key");
    }
    if metadata.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt
        && metadata.jwks.is_none()
        && metadata.jwks_uri.is_none()
        && !matches!(metadata.channel, Channel::Kiosk | Channel::Counter)
    {
        // On those two channels the terminals have the keys.
        return invalid("jwks", "private_key_jwt needs jwks or jwks_uri");
    }
    let supported = match metadata.token_endpoint_auth_method {
        AuthMethod::SecretJwt => &["HS256"][..],
        AuthMethod::PrivateKeyJwt => &["ES256", "EdDSA", "RS256", "PS256"][..],
        _ => &[][..],
    };
    match &metadata.token_endpoint_auth_signing_alg {
        Some(alg) if !supported.contains(&alg.as_str()) => {
            invalid("token_endpoint_auth_signing_alg", format!("one of {}", supported.join(", ")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(redirect_uris: &[&str]) -> Metadata {
        Metadata {
            client_name: "厅".to_owned(),
            redirect_uris: redirect_uris.iter().map(|u| (*u).to_owned()).collect(),
            ..Metadata::default()
        }
    }

    #[test]
    fn codes_never_travel_in_the_open() {
        for good in
            ["https://hall.example/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb", "http://localhost:81/cb"]
        {
            assert_eq!(validate(&client(&[good])), Ok(()), "{good}");
        }
        for bad in [
            "http://hall.example/cb",
            "/cb",
            "https://h/#f",
            "javascript:alert(1)",
            "app:/cb",
            "https://u@h/",
        ] {
            assert_eq!(validate(&client(&[bad])).unwrap_err().code(), "invalid_redirect_uri", "{bad}");
        }
        let native =
            Metadata { application_type: ApplicationType::Native, ..client(&["gov.example.app:/cb"]) };
        assert_eq!(validate(&native), Ok(()));
    }

    #[test]
    fn services_have_an_end_and_are_safe() {
        let cas = |service: &str, until: Option<&str>| {
            let metadata = Metadata {
                cas_services: vec![service.parse().unwrap()],
                cas_until: until.map(|day| day.parse().unwrap()),
                ..client(&["https://hall.example/cb"])
            };
            validate(&metadata).map_err(|invalid| invalid.field)
        };
        assert_eq!(cas("https://hall.example/old/", Some("2027-12-31")), Ok(()));
        assert_eq!(cas("https://hall.example/old/", None), Err("cas_until"));
        assert_eq!(cas("http://hall.example/old/", Some("2027-12-31")), Err("cas_services"));
        // Another host is another sector.
        assert_eq!(cas("https://other.example/", Some("2027-12-31")), Err("sector_identifier_uri"));
    }

    #[test]
    fn logout_addresses_are_safe_and_the_clients_own() {
        let logout = |back: &str, front: &str| {
            let metadata = Metadata {
                backchannel_logout_uri: back.parse().ok(),
                frontchannel_logout_uri: front.parse().ok(),
                ..client(&["https://hall.example/cb"])
            };
            validate(&metadata).map_err(|invalid| invalid.field)
        };
        for back in ["", "https://elsewhere.example/out?x=1", "http://127.0.0.1:8081/out"] {
            assert_eq!(logout(back, "https://hall.example:443/out?y=1"), Ok(()), "{back}");
        }
        for back in ["http://hall.example/out", "https://h/out#f", "https://u@h/", "ftp://h/", "javascript:x"]
        {
            assert_eq!(logout(back, ""), Err("backchannel_logout_uri"), "{back}");
        }
        for front in
            ["https://other.example/", "http://hall.example/", "https://hall.example:8443/", "data:,x"]
        {
            assert_eq!(logout("", front), Err("frontchannel_logout_uri"), "{front}");
        }
    }

    #[test]
    fn who_asks_behind_a_persons_back_authenticates_and_is_told_over_https() {
        let asking = |method, mode, endpoint: &str| {
            let metadata = Metadata {
                grant_types: vec![GrantType::BackChannel],
                token_endpoint_auth_method: method,
                backchannel_token_delivery_mode: mode,
                backchannel_client_notification_endpoint: endpoint.parse().ok(),
                ..client(&[])
            };
            validate(&metadata).map_err(|invalid| invalid.field)
        };
        let endpoint = "backchannel_client_notification_endpoint";
        let (basic, ping) = (AuthMethod::Basic, Some(DeliveryMode::Ping));
        assert_eq!(asking(basic, None, ""), Ok(()));
        assert_eq!(asking(basic, ping, "https://counter.example/told"), Ok(()));
        assert_eq!(asking(AuthMethod::None, None, ""), Err("grant_types"));
        assert_eq!(asking(basic, ping, ""), Err(endpoint));
        assert_eq!(asking(basic, ping, "http://counter.example/told"), Err(endpoint));
        assert_eq!(asking(basic, None, "javascript:alert(1)"), Err(endpoint));
    }

    #[test]
    fn several_hosts_are_no_sector() {
        assert!(validate(&client(&["https://a.example/", "https://b.example/"])).is_err());
    }

    #[test]
    fn a_public_client_has_no_rights_of_its_own() {
        let metadata = Metadata {
            token_endpoint_auth_method: AuthMethod::None,
            grant_types: vec![GrantType::ClientCredentials],
            ..client(&[])
        };
        assert_eq!(validate(&metadata).unwrap_err().field, "grant_types");
    }
}
