//! The token endpoint (RFC 6749 section 3.2): authenticates the client, then hands over to the grant.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;

use super::client_authentication::authenticate;
use super::error::Code;
use super::grants::{
    authorization_code, back_channel, chip, client_credentials, counter, device_code, refresh_token,
    token_exchange,
};
use super::issue::TokenResponse;
use super::{OAuthError, dpop};
use crate::app::App;
use crate::base::Visit;
use crate::client::GrantType;
use crate::http::Params;

pub async fn serve(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<TokenResponse, OAuthError> {
    let params = super::client_authentication::form(&headers, &body)?;
    let client = authenticate(&app, &mut visit, &headers, &params).await?;
    let name =
        params.get("grant_type").ok_or_else(|| OAuthError::invalid_request("grant_type is missing"))?;
    let grant_type: GrantType = name
        .parse()
        .map_err(|what| OAuthError::new(Code::UnsupportedGrantType, format!("grant_type must be {what}")))?;
    if !client.metadata.may_use(grant_type) {
        return Err(OAuthError::new(
            Code::UnauthorizedClient,
            format!("the client is not registered for {name}, or its channel does not allow it"),
        ));
    }
    let jkt = dpop::at_token(&app, &visit, &headers, &client).await?;
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::redeem(&app, &visit, &client, &params, jkt).await,
        GrantType::RefreshToken => refresh_token::redeem(&app, &visit, &client, &params, jkt).await,
        GrantType::TokenExchange => token_exchange::redeem(&app, &visit, &client, &params, jkt).await,
        GrantType::Counter => counter::redeem(&app, &visit, &client, &params, jkt).await,
        GrantType::BackChannel => {
            back_channel::redeem(&app, &visit, &client, &params, jkt, preferred_wait(&headers)).await
        }
        GrantType::DeviceCode => {
            device_code::redeem(&app, &visit, &client, &params, jkt, preferred_wait(&headers)).await
        }
        GrantType::Chip => chip::redeem(&app, &visit, &client, &params, jkt).await,
        GrantType::ClientCredentials => client_credentials::redeem(&app, &visit, &client, &params, jkt).await,
    }
}

/// A parameter that the grant cannot do without.
pub(super) fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, OAuthError> {
    params.get(name).ok_or_else(|| OAuthError::invalid_request(format!("{name} is missing")))
}

/// How long the client lets its question wait (RFC 7240 section 4.3); who does not say is answered at once.
fn preferred_wait(headers: &HeaderMap) -> Duration {
    let lines = headers.get_all("prefer").iter().filter_map(|line| line.to_str().ok());
    let mut preferences = lines.flat_map(|line| line.split([',', ';']));
    let wait = preferences.find_map(|one| one.trim().strip_prefix("wait=")?.parse().ok());
    Duration::from_secs(wait.unwrap_or(0))
}
