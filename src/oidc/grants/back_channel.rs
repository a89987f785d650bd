//! `urn:openid:params:grant-type:ciba` (OpenID CIBA section 10.1).

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
    elsewhere::redeem(
        app,
        visit,
        client,
        TicketKind::BackChannel,
        required(params, "auth_req_id")?,
        jkt,
        wait,
    )
    .await
}
