//! An Ask with nothing left to do becomes an approval.

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;
use crate::ask::{Acting, Approval, Ask, Capacity, Facts};
use crate::base::{Scope, Scopes, Visit};
use crate::client::Client;
use crate::grant::{self, ClaimsRequest};
use crate::http::Failure;
use crate::session::{self, Session};

/// `grant` is the id that the grant will have.
pub async fn approval_of(
    app: &App,
    visit: &Visit,
    client: &Client,
    ask: &Ask,
    facts: Facts,
    allowed: Scopes,
    grant: Uuid,
) -> Result<Approval, Failure> {
    let (capacity, session) = (facts.capacity(), facts.session);
    let account = capacity.account(session.person);
    let (own_sub, sub) = subjects(app, visit, client, &session, account).await?;
    let acting = match &capacity {
        Capacity::Oneself => None,
        Capacity::Under(mandate) => {
            let (mandate, represented) = (mandate.id, mandate.grantor);
            Some(Acting { mandate, represented, act_sub: own_sub })
        }
    };
    let scopes = ask.scopes.and(allowed);
    let life = if scopes.contains(Scope::OfflineAccess) {
        Duration::from_secs(app.config.token.offline_days * 24 * 3600)
    } else {
        app.config.session_life(client.metadata.channel)
    };
    let within = |claims: &[grant::Claim]| {
        claims.iter().copied().filter(|claim| allowed.contains(claim.scope())).collect()
    };
    Ok(Approval {
        grant,
        client_id: ask.client_id.clone(),
        person: session.person,
        session: session.id,
        sub,
        acting,
        assisted: None,
        scopes,
        claims: ClaimsRequest {
            userinfo: within(&ask.claims.userinfo),
            id_token: within(&ask.claims.id_token),
        },
        channel: client.metadata.channel,
        trust: session.trust,
        aal: session.aal,
        amr: session.amr,
        authenticated_at: session.authenticated_at,
        expires_at: visit.now.plus(life),
    })
}

/// What this client calls the person, and whom they act for. Only the first visit to a sector writes.
async fn subjects(
    app: &App,
    visit: &Visit,
    client: &Client,
    session: &Session,
    account: Uuid,
) -> Result<(String, String), Failure> {
    let sector = client.sector();
    let both = (session.person, account);
    let known = grant::subs_of(&mut &app.db, both, &sector).await?;
    match known {
        (Some(own), Some(sub)) if !session.wants_touch(visit.now) => Ok((own, sub)),
        (own, sub) => {
            let mut tx = app.db.begin().await?;
            session::touch(&mut tx, visit, session.id).await?;
            let own = match own {
                Some(own) => own,
                None => grant::sub_or_new(&mut tx, visit, session.person, &sector).await?,
            };
            let sub = match sub {
                Some(sub) => sub,
                None => grant::sub_or_new(&mut tx, visit, account, &sector).await?,
            };
            tx.commit().await?;
            Ok((own, sub))
        }
    }
}
