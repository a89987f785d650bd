//! `yihao client add`

use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Value, json};
use url::Url;

use super::super::{Call, Usage};
use super::new_secret;
use crate::base::{AuthenticationLevel, Channel, Scope, Scopes, TrustLevel};
use crate::client::{
    self, ApplicationType, AuthMethod, Client, ClientState, DeliveryMode, GrantType, LegalBasis, Metadata,
    SubjectType,
};
use crate::crypto::Algorithm;

#[derive(clap::Args)]
pub struct Add {
    /// What people see it called.
    #[arg(long)]
    name: String,
    /// hall, mobile, kiosk, counter or system
    #[arg(long)]
    channel: Channel,
    /// Where people are sent back to. May be given again.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may be sent after signing out. May be given again.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where it is told, by a logout token, that a session has ended.
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<Url>,
    /// Where it is told, by a Security Event Token, that an account of its own source was linked or let go.
    #[arg(long, value_name = "URI")]
    security_events_uri: Option<Url>,
    /// What the browser opens in a frame when a person signs out.
    #[arg(long, value_name = "URI")]
    frontchannel_logout_uri: Option<Url>,
    /// How it learns that a person has answered (OpenID CIBA): poll or ping. [default: poll]
    #[arg(long, value_name = "MODE")]
    backchannel_token_delivery_mode: Option<DeliveryMode>,
    /// Where it is told so, for ping.
    #[arg(long, value_name = "URI")]
    backchannel_client_notification_endpoint: Option<Url>,
    /// A service that speaks CAS and cannot change yet: its address, or a folder's, ending in a slash. May be given
    /// again.
    #[arg(long = "cas-service", value_name = "URI", requires = "cas_until")]
    cas_services: Vec<Url>,
    /// The last day on which CAS is spoken with it, as 2027-12-31.
    #[arg(long, value_name = "DATE", requires = "cas_services")]
    cas_until: Option<jiff::civil::Date>,
    /// client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt or none
    #[arg(long, value_name = "METHOD")]
    auth_method: AuthMethod,
    /// authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:token-exchange,
    /// urn:ietf:params:oauth:grant-type:device_code or urn:openid:params:grant-type:ciba. May be given again.
    /// [default: authorization_code with a redirect URI, else client_credentials]
    #[arg(long = "grant", value_name = "GRANT")]
    grants: Vec<GrantType>,
    /// A scope it may ask for. May be given again. [default: openid]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<Scope>,
    /// A file with its public keys, a JWK set.
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_uri")]
    jwks: Option<PathBuf>,
    /// Where its public keys are published.
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<Url>,
    /// pairwise or public
    #[arg(long, default_value = "pairwise", value_name = "TYPE")]
    subject_type: SubjectType,
    /// A document that joins redirect URIs on several hosts (OpenID Connect Core section 8.1).
    #[arg(long, value_name = "URI")]
    sector_identifier_uri: Option<Url>,
    /// ES256, EdDSA, RS256 or PS256
    #[arg(long, default_value = "ES256", value_name = "ALGORITHM")]
    id_token_alg: Algorithm,
    /// The lowest trust level of a person, 1 to 5.
    #[arg(long, value_name = "LEVEL", value_parser = trust)]
    min_trust: Option<TrustLevel>,
    /// The lowest authentication level of a sign-in, 1 to 3.
    #[arg(long, value_name = "LEVEL", value_parser = aal)]
    min_aal: Option<AuthenticationLevel>,
    /// Run by the same authority as Yihao: people are not asked.
    #[arg(long)]
    first_party: bool,
    /// May introspect any token.
    #[arg(long)]
    resource_server: bool,
    /// Who makes the app: apps of one vendor on one device are signed in once (Native SSO).
    #[arg(long)]
    vendor: Option<String>,
    /// Its tokens are always bound to a key (DPoP).
    #[arg(long)]
    require_dpop: bool,
    /// statutory or consent
    #[arg(long, default_value = "consent", value_name = "BASIS")]
    legal_basis: LegalBasis,
    /// The authority behind it, shown to people.
    #[arg(long)]
    department: Option<String>,
    /// What it needs the fields for, shown to people.
    #[arg(long)]
    purpose: Option<String>,
}

impl Add {
    pub async fn run(self, call: &Call) -> anyhow::Result<()> {
        let metadata = self.metadata()?;
        client::validate(&metadata).map_err(|invalid| Usage(invalid.to_string()))?;
        let (app, visit) = call.app().await?;
        client::within_channel(&metadata, &app.config.channel)
            .map_err(|invalid| Usage(invalid.to_string()))?;
        let secret = metadata.token_endpoint_auth_method.uses_secret().then(|| new_secret(&visit));
        let client =
            Client { id: visit.chance.id().to_string(), state: ClientState::Active, metadata, secret };
        let mut tx = app.db.begin().await?;
        client::insert(&mut tx, &app.keys.data(), &visit, &client, "command").await?;
        tx.commit().await?;
        call.print.value(&shown(&client.id, client.secret.as_ref()));
        Ok(())
    }

    fn metadata(self) -> anyhow::Result<Metadata> {
        let jwks = match &self.jwks {
            Some(file) => {
                let text = std::fs::read(file).with_context(|| file.display().to_string())?;
                let jwks: Value =
                    serde_json::from_slice(&text).with_context(|| format!("{}: not JSON", file.display()))?;
                Some(jwks)
            }
            None => None,
        };
        Ok(Metadata {
            grant_types: self.grant_types(),
            // RFC 8252: an app on a phone may have a scheme of its own.
            application_type: match self.channel {
                Channel::Mobile => ApplicationType::Native,
                _ => ApplicationType::Web,
            },
            client_name: self.name,
            department: self.department,
            purpose: self.purpose,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_uri: self.backchannel_logout_uri,
            security_events_uri: self.security_events_uri,
            frontchannel_logout_uri: self.frontchannel_logout_uri,
            backchannel_token_delivery_mode: self.backchannel_token_delivery_mode,
            backchannel_client_notification_endpoint: self.backchannel_client_notification_endpoint,
            cas_services: self.cas_services,
            cas_until: self.cas_until,
            token_endpoint_auth_method: self.auth_method,
            scope: if self.scopes.is_empty() {
                Scopes::from_iter([Scope::OpenId])
            } else {
                self.scopes.into_iter().collect()
            },
            jwks,
            jwks_uri: self.jwks_uri,
            subject_type: self.subject_type,
            sector_identifier_uri: self.sector_identifier_uri,
            id_token_signed_response_alg: self.id_token_alg,
            channel: self.channel,
            first_party: self.first_party,
            resource_server: self.resource_server,
            vendor: self.vendor,
            dpop_bound_access_tokens: self.require_dpop,
            legal_basis: self.legal_basis,
            min_trust: self.min_trust,
            min_aal: self.min_aal,
            ..Metadata::default()
        })
    }

    /// A resource server that only introspects, or a service that speaks CAS, needs no token of its own.
    fn grant_types(&self) -> Vec<GrantType> {
        match () {
            () if !self.grants.is_empty() => self.grants.clone(),
            () if !self.redirect_uris.is_empty() => vec![GrantType::AuthorizationCode],
            () if self.resource_server || !self.cas_services.is_empty() => Vec::new(),
            () => vec![GrantType::ClientCredentials],
        }
    }
}

/// What is told of a client that was just made.
pub fn shown(id: &str, secret: Option<&crate::base::Secret>) -> Value {
    match secret {
        Some(secret) => json!({ "client_id": id, "client_secret": secret.reveal() }),
        None => json!({ "client_id": id }),
    }
}

fn scope(word: &str) -> Result<Scope, String> {
    let all = || Scope::ALL.map(Scope::as_str).join(", ");
    Scope::ALL.into_iter().find(|s| s.as_str() == word).ok_or_else(|| format!("one of {}", all()))
}

fn trust(text: &str) -> Result<TrustLevel, &'static str> {
    text.parse().ok().and_then(|level: u8| TrustLevel::try_from(level).ok()).ok_or("1 to 5")
}

fn aal(text: &str) -> Result<AuthenticationLevel, &'static str> {
    text.parse().ok().and_then(|level: u8| AuthenticationLevel::try_from(level).ok()).ok_or("1 to 3")
}
