//! What the two grants of other screens share: the client asks now and then, and once it is told yes
//! (RFC 8628 section 3.5, OpenID CIBA section 11).

use std::time::Duration;

use super::once::{self, Within};
use crate::app::App;
use crate::ask::elsewhere::{self, Polled};
use crate::base::{Moment, Visit};
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind};
use crate::oidc::OAuthError;
use crate::oidc::device_authorization::holder;
use crate::oidc::error::Code;
use crate::oidc::issue::{TokenResponse, issue};

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    kind: TicketKind,
    code: &str,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let unusable = || OAuthError::invalid_grant("the code is used, or not from here for this client");
    let keys = app.keys.data();
    let ticket = Ticket::read_for(&keys, kind, code, &holder(visit, client)).map_err(|_| unusable())?;
    let left = Moment::from_seconds(ticket.counter.into()).since(visit.now);
    let expired = || OAuthError::new(Code::ExpiredToken, "nobody has answered in time");
    if left.is_zero() {
        return Err(expired());
    }
    let interval = Duration::from_secs(app.config.request.interval_seconds);
    match elsewhere::poll(&app.transient, ticket.id, interval).await? {
        Polled::TooSoon => {
            Err(OAuthError::new(Code::SlowDown, "wait five seconds more between two questions"))
        }
        Polled::Pending => Err(OAuthError::new(Code::AuthorizationPending, "nobody has answered yet")),
        Polled::Denied => Err(OAuthError::new(Code::AccessDenied, "the person did not agree")),
        Polled::Redeemed => {
            once::replayed(app, visit, client, ticket.id).await?;
            Err(unusable())
        }
        Polled::Approved => {
            let approval = elsewhere::redeem(&app.transient, ticket.id, left).await?;
            let approval = approval.ok_or_else(unusable)?;
            let grant = once::redeem(app, visit, client, approval, Within::ItsOwn, jkt).await?;
            issue(app, visit, client, &grant.ok_or_else(unusable)?, None).await
        }
    }
}
