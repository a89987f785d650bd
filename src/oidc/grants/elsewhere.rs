//! What the two grants of other screens share: the client asks now and then, and once it is told yes
//! (RFC 8628 section 3.5, OpenID CIBA section 11).

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::once::{self, Within};
use crate::app::App;
use crate::ask::elsewhere::{self, Polled};
use crate::base::{Moment, Visit};
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind};
use crate::oidc::OAuthError;
use crate::oidc::counter::phone;
use crate::oidc::device_authorization::holder;
use crate::oidc::error::Code;
use crate::oidc::issue::{TokenResponse, issue};

/// Below what the server lets any answer take, and below the minute after which proxies give up.
const LONGEST_WAIT: Duration = Duration::from_secs(50);

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    kind: TicketKind,
    code: &str,
    jkt: Option<String>,
    wait: Duration,
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
    let polled = if wait >= interval {
        // The interval runs from question to question (OpenID CIBA), so who lets each wait as long keeps it unwatched.
        waited(app, ticket.id, wait.min(left)).await?
    } else {
        match elsewhere::poll(&app.transient, ticket.id, interval).await? {
            Polled::Pending if !wait.is_zero() => waited(app, ticket.id, wait.min(left)).await?,
            polled => polled,
        }
    };
    // It may have waited.
    let visit = &Visit { now: app.clock.now(), ..visit.clone() };
    match polled {
        Polled::TooSoon => {
            Err(OAuthError::new(Code::SlowDown, "wait five seconds more between two questions"))
        }
        Polled::Pending => Err(OAuthError::new(Code::AuthorizationPending, "nobody has answered yet")),
        Polled::Denied => Err(OAuthError::new(Code::AccessDenied, "the person did not agree")),
        Polled::Redeemed => {
            once::revoke(app, visit, client, ticket.id).await?;
            Err(unusable())
        }
        Polled::Approved => {
            // A clerk who cannot have it leaves it untouched.
            let approval = elsewhere::approved(&app.transient, ticket.id).await?.ok_or_else(unusable)?;
            let within = match phone::matter_of(app, visit, &approval, jkt.as_deref()).await? {
                Some(open) => Within::Matter(Box::new(open)),
                None => Within::ItsOwn,
            };
            let grant = once::redeem(app, visit, client, approval, within, jkt).await?;
            let grant = grant.ok_or_else(unusable)?;
            elsewhere::redeemed(&app.transient, ticket.id, left).await?;
            issue(app, visit, client, &grant, None).await
        }
    }
}

/// The question waits until there is an answer, or until it has waited long enough. An answer that was given at
/// another node rings the bell by way of [`crate::duties::look_out`].
async fn waited(app: &App, request: Uuid, wait: Duration) -> Result<Polled, OAuthError> {
    let place = app.waiting.for_request(request);
    let until = Instant::now() + wait.min(LONGEST_WAIT);
    loop {
        let rings = place.rings();
        if place.is_lost() {
            return Ok(Polled::Pending);
        }
        let polled = elsewhere::look(&app.transient, request).await?;
        if polled != Polled::Pending || Instant::now() >= until {
            return Ok(polled);
        }
        // Whether it rings or not, the answer is looked for then.
        let _ = tokio::time::timeout_at(until, rings).await;
    }
}
