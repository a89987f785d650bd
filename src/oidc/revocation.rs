//! Token revocation (RFC 7009). Revoking either token of a grant ends the grant (section 2.1), so that
//! nothing of it goes on by another token.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::client_authentication::{authenticate, form};
use super::token::required;
use super::{OAuthError, access_token, client_token};
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::{DataKeys, Ticket, TicketKind};
use crate::db::Tx;
use crate::{grant, logout};

/// Answers 200 also where there was nothing to revoke (section 2.2): the client has what it wants.
pub async fn serve(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, OAuthError> {
    let params = form(&headers, &body)?;
    let client = authenticate(&app, &mut visit, &headers, &params).await?;
    let token = required(&params, "token")?;
    let keys = app.keys.data();
    let grant_id = match Ticket::read(&keys, TicketKind::Refresh, token) {
        Ok(ticket) => Some(ticket.id),
        Err(_) => match access_token::verify(&app, &visit, token) {
            Ok(claims) if claims.client_id != client.id => None,
            Ok(claims) if claims.grant.is_none() => {
                if client_token::revoke(&app, &visit, &claims).await? {
                    let mut tx = app.db.begin().await?;
                    let about = About { person: None, client: Some(&client.id) };
                    audit::record(&mut tx, &keys, &visit, Event::TokenRevoked, about).await?;
                    tx.commit().await?;
                }
                None
            }
            Ok(claims) => claims.grant,
            Err(_) => None,
        },
    };
    if let Some(id) = grant_id {
        let mut tx = app.db.begin().await?;
        // Compares the client as well: nobody revokes what was issued to another.
        let revoked = grant::revoke(&mut tx, &keys, &visit, id, &client.id).await?;
        let left = leave_terminal(&mut tx, &keys, &visit, id).await?;
        if revoked || left {
            tx.commit().await?;
            app.logout_queued.notify_one();
        }
    }
    Ok(StatusCode::OK)
}

/// The person has left the terminal: what was signed in there for this grant ends with it, and whoever else has
/// something of that sign-in is told.
async fn leave_terminal(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    grant: Uuid,
) -> Result<bool, OAuthError> {
    let Some(terminal) = visit.terminal else { return Ok(false) };
    let Some((session, person)) = grant::session_at(tx, grant, terminal).await? else { return Ok(false) };
    Ok(logout::end(tx, keys, visit, session, person, "left the terminal").await?.is_some())
}
