//! `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 section 3.4).

use std::time::Duration;

use super::elsewhere;
use crate::app::App;
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::TicketKind;
use crate::http::Params;
use crate::oidc::OAuthError;
use crate::oidc::issue::TokenResponse;
use crate::oidc::token::required;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
    wait: Duration,
) -> Result<TokenResponse, OAuthError> {
    elsewhere::redeem(app, visit, client, TicketKind::Device, required(params, "device_code")?, jkt, wait)
        .await
}
