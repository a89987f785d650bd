//! `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;
use crate::ask::{self, Approval};
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind, base64url, equal, sha256};
use crate::grant::{self, Acting, Grant, NewGrant};
use crate::http::Params;
use crate::mandate;
use crate::oidc::OAuthError;
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;
use crate::session;
use crate::terminal;
use crate::transient::Key;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let code = required(params, "code")?;
    let verifier = required(params, "code_verifier")?;
    let unusable = || OAuthError::invalid_grant("the code is expired, used or not from here");
    let ticket = Ticket::read(&app.keys.data(), TicketKind::Code, code).map_err(|_| unusable())?;
    let Some(approval) = app.transient.take_json::<Approval>(&Key::new("code", ticket.id)).await? else {
        // The mark first: whoever redeems at this moment keeps the grant first and looks for the mark then.
        let life = Duration::from_secs(app.config.token.code_seconds);
        app.transient.put(&replayed(ticket.id), &[], life).await?;
        revoke(app, visit, client, ticket.id).await?;
        return Err(unusable());
    };
    if approval.client_id != client.id {
        return Err(OAuthError::invalid_grant("the code was issued to another client"));
    }
    if params.get("redirect_uri") != Some(&approval.redirect_uri) {
        return Err(OAuthError::invalid_grant("redirect_uri is not that of the authorization request"));
    }
    if !verifies(verifier, &approval.code_challenge) {
        return Err(OAuthError::invalid_grant("code_verifier does not fit the code_challenge"));
    }
    if approval.dpop_jkt.as_ref().is_some_and(|named| jkt.as_ref() != Some(named)) {
        return Err(OAuthError::invalid_grant("the code is for the key of dpop_jkt, whose proof is missing"));
    }
    let nonce = approval.nonce.clone();
    let grant = keep(app, visit, client, approval, jkt).await?.ok_or_else(unusable)?;
    if app.transient.get(&replayed(grant.id)).await?.is_some() {
        revoke(app, visit, client, grant.id).await?;
        return Err(unusable());
    }
    issue(app, visit, client, &grant, nonce.as_deref()).await
}

/// The mark of a code that came a second time.
fn replayed(code: Uuid) -> Key {
    Key::new("replayed", code)
}

/// RFC 6749 section 4.1.2: what was issued on a code that comes again is revoked.
async fn revoke(app: &App, visit: &Visit, client: &Client, grant: Uuid) -> Result<(), OAuthError> {
    let mut tx = app.db.begin().await?;
    if grant::revoke(&mut tx, &app.keys.data(), visit, grant, &client.id).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// RFC 7636 section 4.6; the verifier's form is that of section 4.1.
fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && equal(base64url(&sha256(verifier.as_bytes())).as_bytes(), challenge.as_bytes())
}

/// `None` if the mandate under which the person acts has ended since.
async fn keep(
    app: &App,
    visit: &Visit,
    client: &Client,
    approval: Approval,
    jkt: Option<String>,
) -> Result<Option<Grant>, OAuthError> {
    let keys = app.keys.data();
    let acting = match approval.acting {
        None => None,
        Some(ask::Acting { mandate, act_sub, .. }) => {
            let found = mandate::in_force(&mut &app.db, &keys, visit, mandate, approval.person).await;
            let Some(mandate) = found.map_err(grant::Error::from)? else { return Ok(None) };
            Some(Acting { mandate, act_sub })
        }
    };
    let mut tx = app.db.begin().await?;
    // Nobody would tell the relying system of an end that came before its grant.
    if !session::hold(&mut tx, approval.session).await? {
        return Err(OAuthError::invalid_grant("the person has signed out in the meantime"));
    }
    if let Some(terminal) = visit.terminal
        && !terminal::hold(&mut tx, terminal).await?
    {
        return Err(OAuthError::invalid_client("the terminal has been suspended in the meantime"));
    }
    grant::issue(
        &mut tx,
        &keys,
        visit,
        &NewGrant {
            id: approval.grant,
            client: &approval.client_id,
            basis: client.metadata.legal_basis,
            person: approval.person,
            session: approval.session,
            sub: &approval.sub,
            acting: acting.as_ref(),
            assisted: None,
            scopes: approval.scopes,
            claims: &approval.claims,
            channel: approval.channel,
            aal: approval.aal,
            amr: &approval.amr,
            authenticated_at: approval.authenticated_at,
            expires_at: approval.expires_at,
            jkt: jkt.as_deref(),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Some(Grant {
        id: approval.grant,
        client: approval.client_id,
        person: approval.person,
        session: approval.session,
        sub: approval.sub,
        acting,
        assisted: None,
        scopes: approval.scopes,
        claims: approval.claims,
        channel: approval.channel,
        aal: approval.aal,
        amr: approval.amr,
        authenticated_at: approval.authenticated_at,
        generation: 0,
        expires_at: approval.expires_at,
        jkt,
        trust: approval.trust,
    }))
}
