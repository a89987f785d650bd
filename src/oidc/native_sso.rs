//! Several apps of one vendor on one device, signed in once (OpenID Connect Native SSO for Mobile Apps).
//!
//! A device secret is a ticket of the first app's grant: it ends with that grant and with the session, it is
//! bound to the grant's key, and nothing has to be kept of it. The ID token names it by its hash (`ds_hash`).

use uuid::Uuid;

use super::{OAuthError, id_token};
use crate::app::App;
use crate::ask::{Ask, Redirect, Way};
use crate::base::{Scope, Scopes, Visit};
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind, Unopenable, base64url, equal, sha256};
use crate::grant::{self, Grant};
use crate::logout::sid;
use crate::session::{self, Session};

/// The device secret of a grant that has the scope for one.
pub fn device_secret(app: &App, grant: &Grant) -> Result<Option<String>, Unopenable> {
    if !grant.scopes.contains(Scope::DeviceSso) {
        return Ok(None);
    }
    Ticket::of(grant.id).write(&app.keys.data(), TicketKind::DeviceSecret).map(Some)
}

/// `ds_hash`: which device secret an ID token goes with.
pub fn hash(device_secret: &str) -> String {
    base64url(&sha256(device_secret.as_bytes()))
}

/// What the second app shows.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub id_token: &'a str,
    pub device_secret: &'a str,
    /// The key whose proof came with it.
    pub jkt: Option<&'a str>,
}

/// The grant of the app that signed in, if both tokens are of it, on this device, and `client` is of the same
/// vendor. All that is wrong with them has one answer.
pub async fn first_grant(
    app: &App,
    visit: &Visit,
    client: &Client,
    shown: Shown<'_>,
) -> Result<Grant, OAuthError> {
    let keys = app.keys.data();
    let ticket = Ticket::read(&keys, TicketKind::DeviceSecret, shown.device_secret).map_err(|_| refused())?;
    // Expired is good enough (section 4.2): what counts is whether the session goes on.
    let hint = id_token::read_hint(app, shown.id_token).ok_or_else(refused)?;
    let belongs = hint
        .ds_hash
        .as_deref()
        .is_some_and(|expected| equal(expected.as_bytes(), hash(shown.device_secret).as_bytes()));
    if !belongs {
        return Err(refused());
    }
    let mut read = &app.db;
    let found = grant::find_active(&mut read, &keys, visit, ticket.id, &app.config.trust).await?;
    let first = found.ok_or_else(refused)?;
    let names_it = hint.aud == first.client
        && hint.sub == first.sub
        && hint.sid == Some(sid(first.session, &first.client, &first.sub));
    // With `offline_access` a grant outlives its session, but not the sign-out of the device.
    let goes_on = session::person_of(&mut read, first.session).await? == Some(first.person);
    let same_key = first.jkt.as_deref().is_none_or(|bound| shown.jkt == Some(bound));
    if !(names_it && goes_on && same_key && first.scopes.contains(Scope::DeviceSso)) {
        return Err(refused());
    }
    let vendor = match app.client(&first.client).await? {
        Some(other) => other.metadata.vendor.clone(),
        None => None,
    };
    if vendor.is_some() && vendor == client.metadata.vendor { Ok(first) } else { Err(refused()) }
}

/// The second app's request, for `ask::next` to say whether the person must see anything.
pub fn ask(app: &App, visit: &Visit, client: &Client, scopes: Scopes) -> Ask {
    let way = Way::Redirect(Redirect {
        redirect_uri: app.config.issuer().to_owned(),
        state: None,
        nonce: None,
        code_challenge: String::new(),
        dpop_jkt: None,
        browser: Uuid::nil(),
    });
    Ask::plain(client, way, scopes, visit.now)
}

/// The sign-in that the first app's grant rests on, as it was: its session may be over by itself.
pub fn session_of(visit: &Visit, first: &Grant) -> Session {
    Session {
        id: first.session,
        person: first.person,
        channel: first.channel,
        aal: first.aal,
        amr: first.amr.clone(),
        proofs: Vec::new(),
        second_factor_always: false,
        authenticated_at: first.authenticated_at,
        seen_at: visit.now,
        trust: first.trust,
        capacity: None,
        never: Vec::new(),
        lent_by: None,
    }
}

pub fn refused() -> OAuthError {
    OAuthError::invalid_grant(
        "the device secret is over, or not for this ID token, this key and an app of this vendor",
    )
}
