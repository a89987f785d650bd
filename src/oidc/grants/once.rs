//! An approval becomes a grant, once. What it stood behind — a code, a request of another screen — is a ticket of
//! the grant's id: so one that comes again names what is to be revoked (RFC 6749 section 4.1.2).

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;
use crate::ask::{self, Approval};
use crate::base::Visit;
use crate::client::Client;
use crate::grant::{self, Acting, Grant, NewGrant};
use crate::mandate;
use crate::oidc::OAuthError;
use crate::oidc::counter::{OpenMatter, refuse};
use crate::operator::{self, counter};
use crate::session;
use crate::terminal;
use crate::transient::Key;

/// In which session the grant lives, and with which it ends.
pub enum Within {
    /// That of the browser which asked and in which it was approved.
    TheSession,
    /// A new one, of the client's channel: the screen that asked is not the one where it was approved.
    ItsOwn,
    /// A new one at a window, which ends with the matter that a clerk has asked for it in.
    Matter(Box<OpenMatter>),
}

/// `jkt`: the key that the tokens are bound to. `None` if it has come again meanwhile, or the mandate under which the person acts has ended.
pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    approval: Approval,
    within: Within,
    jkt: Option<String>,
) -> Result<Option<Grant>, OAuthError> {
    let Some(grant) = keep(app, visit, client, approval, within, jkt).await? else { return Ok(None) };
    if app.transient.get(&mark(grant.id)).await?.is_some() {
        revoke(app, visit, client, grant.id).await?;
        return Ok(None);
    }
    Ok(Some(grant))
}

/// What has been redeemed came again: what was issued on it is revoked.
pub async fn replayed(app: &App, visit: &Visit, client: &Client, id: Uuid) -> Result<(), OAuthError> {
    // The mark first: whoever redeems at this moment keeps the grant first and looks for the mark then.
    let life = Duration::from_secs(app.config.token.code_seconds);
    app.transient.put(&mark(id), &[], life).await?;
    revoke(app, visit, client, id).await
}

fn mark(id: Uuid) -> Key {
    Key::new("replayed", id)
}

async fn revoke(app: &App, visit: &Visit, client: &Client, grant: Uuid) -> Result<(), OAuthError> {
    let mut tx = app.db.begin().await?;
    if grant::revoke(&mut tx, &app.keys.data(), visit, grant, &client.id).await? {
        tx.commit().await?;
    }
    Ok(())
}

async fn keep(
    app: &App,
    visit: &Visit,
    client: &Client,
    approval: Approval,
    within: Within,
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
    let (session, ends_at) = match within {
        Within::TheSession => (approval.session, approval.expires_at),
        Within::ItsOwn => {
            let begun =
                session::start_elsewhere(&mut tx, &keys, visit, approval.session, &app.config).await?;
            (begun, approval.expires_at)
        }
        Within::Matter(open) => {
            let begun =
                session::start_elsewhere(&mut tx, &keys, visit, approval.session, &app.config).await?;
            let matter = (&open.shift, &open.matter);
            let found =
                counter::identify_by_phone(&mut tx, &keys, visit, matter, approval.person, begun).await;
            match found {
                Ok(()) => (begun, approval.expires_at.min(open.matter.ends_at)),
                Err(operator::Error::Refused(why)) => {
                    drop(tx);
                    return Err(refuse(app, visit, &client.id, open.matter.id, why).await);
                }
                Err(other) => return Err(other.into()),
            }
        }
    };
    grant::issue(
        &mut tx,
        &keys,
        visit,
        &NewGrant {
            id: approval.grant,
            client: &approval.client_id,
            basis: client.metadata.legal_basis,
            person: approval.person,
            session,
            sub: &approval.sub,
            acting: acting.as_ref(),
            assisted: approval.assisted.as_ref(),
            scopes: approval.scopes,
            claims: &approval.claims,
            channel: approval.channel,
            aal: approval.aal,
            amr: &approval.amr,
            authenticated_at: approval.authenticated_at,
            expires_at: ends_at,
            jkt: jkt.as_deref(),
        },
    )
    .await?;
    tx.commit().await?;
    Ok(Some(Grant {
        id: approval.grant,
        client: approval.client_id,
        person: approval.person,
        session,
        sub: approval.sub,
        acting,
        assisted: approval.assisted,
        scopes: approval.scopes,
        claims: approval.claims,
        channel: approval.channel,
        aal: approval.aal,
        amr: approval.amr,
        authenticated_at: approval.authenticated_at,
        generation: 0,
        expires_at: ends_at,
        jkt,
        trust: approval.trust,
    }))
}
