//! `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

use crate::app::App;
use crate::ask::Approval;
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind, base64url, equal, sha256};
use crate::grant::{self, Grant, NewGrant};
use crate::http::Params;
use crate::oidc::OAuthError;
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;
use crate::transient::Key;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
) -> Result<TokenResponse, OAuthError> {
    let code = required(params, "code")?;
    let verifier = required(params, "code_verifier")?;
    let unusable = || OAuthError::invalid_grant("the code is expired, used or not from here");
    let ticket = Ticket::read(&app.keys.data(), TicketKind::Code, code).map_err(|_| unusable())?;
    let Some(approval) = app.transient.take_json::<Approval>(&Key::new("code", ticket.id)).await? else {
        revoke_of_replayed(app, visit, client, ticket).await?;
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
    let nonce = approval.nonce.clone();
    let grant = keep(app, visit, approval).await?;
    issue(app, visit, client, &grant, nonce.as_deref()).await
}

/// RFC 6749 section 4.1.2: what was issued on a code that comes again is revoked.
async fn revoke_of_replayed(
    app: &App,
    visit: &Visit,
    client: &Client,
    ticket: Ticket,
) -> Result<(), OAuthError> {
    let mut tx = app.db.begin().await?;
    if grant::revoke(&mut tx, &app.keys.data(), visit, ticket.id, &client.id).await? {
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

async fn keep(app: &App, visit: &Visit, approval: Approval) -> Result<Grant, OAuthError> {
    let mut tx = app.db.begin().await?;
    grant::issue(
        &mut tx,
        &app.keys.data(),
        visit,
        &NewGrant {
            id: approval.grant,
            client: &approval.client_id,
            person: approval.person,
            session: approval.session,
            sub: &approval.sub,
            scopes: approval.scopes,
            claims: &approval.claims,
            channel: approval.channel,
            aal: approval.aal,
            amr: &approval.amr,
            authenticated_at: approval.authenticated_at,
            expires_at: approval.expires_at,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Grant {
        id: approval.grant,
        client: approval.client_id,
        person: approval.person,
        session: approval.session,
        sub: approval.sub,
        scopes: approval.scopes,
        claims: approval.claims,
        channel: approval.channel,
        aal: approval.aal,
        amr: approval.amr,
        authenticated_at: approval.authenticated_at,
        generation: 0,
        expires_at: approval.expires_at,
        trust: approval.trust,
    })
}
