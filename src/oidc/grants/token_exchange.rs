//! `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693) as Native SSO has it (OpenID Connect Native SSO
//! section 4): another app of the same vendor, on the same device, shows the ID token and the device secret of
//! the first, and gets tokens of its own without a browser.

use super::super::native_sso;
use crate::app::App;
use crate::ask::{self, Step};
use crate::base::{Scope, Scopes, Visit};
use crate::client::Client;
use crate::grant::{self, ClaimsRequest, Grant};
use crate::http::Params;
use crate::oidc::OAuthError;
use crate::oidc::checks::allowed_to;
use crate::oidc::error::Code;
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;
use crate::session;

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const DEVICE_SECRET: &str = "urn:openid:params:token-type:device-secret";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let is = |name: &str, wanted: &str| match required(params, name)? {
        given if given == wanted => Ok(()),
        _ => Err(OAuthError::invalid_request(format!("{name} must be {wanted}"))),
    };
    is("subject_token_type", ID_TOKEN)?;
    is("actor_token_type", DEVICE_SECRET)?;
    is("audience", app.config.issuer())?;
    if params.get("requested_token_type").is_some_and(|wanted| wanted != ACCESS_TOKEN) {
        return Err(OAuthError::invalid_request(format!("requested_token_type must be {ACCESS_TOKEN}")));
    }
    let shown = native_sso::Shown {
        id_token: required(params, "subject_token")?,
        device_secret: required(params, "actor_token")?,
        jkt: jkt.as_deref(),
    };
    let first = native_sso::first_grant(app, visit, client, shown).await?;
    let scopes = allowed(app, visit, client, &first, params.get("scope").unwrap_or("openid")).await?;
    let sub = subject(app, visit, client, &first).await?;
    let life = if scopes.contains(Scope::OfflineAccess) {
        app.config.token.offline_days * 24 * 3600
    } else {
        app.config.session_life(client.metadata.channel).as_secs()
    };
    let grant = Grant {
        id: visit.id(),
        client: client.id.clone(),
        sub,
        // What was chosen for the first app was not said of this one: here the person is themselves.
        acting: None,
        assisted: None,
        scopes,
        claims: ClaimsRequest::default(),
        channel: client.metadata.channel,
        generation: 0,
        // Never longer than what it rests on.
        expires_at: visit.now.plus(std::time::Duration::from_secs(life)).min(first.expires_at),
        jkt,
        ..first
    };
    let mut tx = app.db.begin().await?;
    if !session::hold(&mut tx, grant.session).await? {
        return Err(native_sso::refused());
    }
    if !grant::issue(&mut tx, &app.keys.data(), visit, &grant, client.metadata.legal_basis).await? {
        return Err(OAuthError::internal(&"a grant of a new id is there already"));
    }
    tx.commit().await?;
    let response = issue(app, visit, client, &grant, None).await?;
    Ok(TokenResponse { issued_token_type: Some(ACCESS_TOKEN), ..response })
}

/// The scopes that the person need not be asked about: for everything else there is the browser.
async fn allowed(
    app: &App,
    visit: &Visit,
    client: &Client,
    first: &Grant,
    wanted: &str,
) -> Result<Scopes, OAuthError> {
    let scopes = Scopes::parse(wanted).and(allowed_to(&client.metadata));
    if scopes.is_empty() {
        return Err(OAuthError::new(Code::InvalidScope, "scope names nothing that the client may ask for"));
    }
    let ask = native_sso::ask(app, visit, client, scopes);
    let session = native_sso::session_of(visit, first);
    let offers = |channel, method| app.offers(channel, method);
    let facts = ask::facts(&mut &app.db, &app.keys.data(), visit, &ask, client, session, offers).await;
    let facts = facts.map_err(|error| OAuthError::internal(&error))?;
    match ask::next(&ask, client, Some(&facts), visit.now) {
        // One device secret a device is enough.
        Step::Approved(allowed) => Ok(scopes.and(allowed).without(Scopes::from_iter([Scope::DeviceSso]))),
        _ => Err(OAuthError::new(
            Code::InteractionRequired,
            "the person must see a page for this first: sign in through the browser",
        )),
    }
}

/// What this client's sector calls the person.
async fn subject(app: &App, visit: &Visit, client: &Client, first: &Grant) -> Result<String, OAuthError> {
    let sector = client.sector();
    let (known, _) = grant::subs_of(&mut &app.db, (first.person, first.person), &sector).await?;
    if let Some(sub) = known {
        return Ok(sub);
    }
    let mut tx = app.db.begin().await?;
    let sub = grant::sub_or_new(&mut tx, visit, first.person, &sector).await?;
    tx.commit().await?;
    Ok(sub)
}
