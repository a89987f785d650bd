//! An approval becomes a grant, once: its id was chosen when it was given, and there is one grant of an id. An approval that
//! comes again — behind a code, or a request of another screen — so names what is to be revoked (RFC 6749 section 4.1.2).

use uuid::Uuid;

use crate::app::App;
use crate::ask::{self, Approval};
use crate::base::Visit;
use crate::client::Client;
use crate::grant::{self, Acting, Grant};
use crate::mandate;
use crate::oidc::OAuthError;
use crate::oidc::counter::{OpenMatter, refuse};
use crate::operator::{self, counter};
use crate::session;
use crate::terminal;

/// In which session the grant lives, and with which it ends.
pub enum Within {
    /// That of the browser which asked and in which it was approved.
    TheSession,
    /// A new one, of the client's channel: the screen that asked is not the one where it was approved.
    ItsOwn,
    /// A new one at a window, which ends with the matter that a clerk has asked for it in.
    Matter(Box<OpenMatter>),
}

/// `jkt`: the key that the tokens are bound to. `None` if the approval has come before, and then what was issued on it is
/// revoked; or if the mandate under which the person acts has ended.
pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    approval: Approval,
    within: Within,
    jkt: Option<String>,
) -> Result<Option<Grant>, OAuthError> {
    let id = approval.grant;
    let kept = keep(app, visit, client, approval, within, jkt).await?;
    if matches!(kept, Kept::Before) {
        revoke(app, visit, client, id).await?;
    }
    Ok(match kept {
        Kept::Now(grant) => Some(*grant),
        Kept::Before | Kept::NotAllowed => None,
    })
}

/// What has been redeemed came again: what was issued on it is revoked.
pub async fn revoke(app: &App, visit: &Visit, client: &Client, grant: Uuid) -> Result<(), OAuthError> {
    let mut tx = app.db.begin().await?;
    if grant::revoke(&mut tx, &app.keys.data(), visit, grant, &client.id).await? {
        tx.commit().await?;
    }
    Ok(())
}

enum Kept {
    Now(Box<Grant>),
    /// There is a grant of its id.
    Before,
    /// The mandate has ended.
    NotAllowed,
}

async fn keep(
    app: &App,
    visit: &Visit,
    client: &Client,
    approval: Approval,
    within: Within,
    jkt: Option<String>,
) -> Result<Kept, OAuthError> {
    let keys = app.keys.data();
    let acting = match approval.acting {
        None => None,
        Some(ask::Acting { mandate, act_sub, .. }) => {
            let found = mandate::in_force(&mut &app.db, &keys, visit, mandate, approval.person).await;
            let Some(mandate) = found.map_err(grant::Error::from)? else { return Ok(Kept::NotAllowed) };
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
    let grant = Grant {
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
    };
    if !grant::issue(&mut tx, &keys, visit, &grant, client.metadata.legal_basis).await? {
        return Ok(Kept::Before);
    }
    tx.commit().await?;
    Ok(Kept::Now(Box::new(grant)))
}
