//! Token introspection (RFC 7662). A client may ask about its own tokens; a resource server about any, and
//! it gets the official number where the token covers it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::access_token;
use super::client_authentication::{authenticate, form};
use super::error::Code;
use super::issue::token_type;
use super::token::required;
use super::{OAuthError, client_token, subject_claims};
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::client::Client;
use crate::crypto::{Ticket, TicketKind};
use crate::grant::{self, AccessClaims, ActingClaims, Grant};

pub async fn serve(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let params = form(&headers, &body)?;
    let client = authenticate(&app, &mut visit, &headers, &params).await?;
    if client.metadata.is_public() {
        return Err(OAuthError::new(Code::UnauthorizedClient, "a public client may not introspect"));
    }
    let answer = describe(&app, &visit, &client, required(&params, "token")?).await?;
    // Section 2.2: of what is not active nothing is said, not even why.
    let answer = answer.unwrap_or_else(|| Map::from_iter([("active".to_owned(), json!(false))]));
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

async fn describe(
    app: &App,
    visit: &Visit,
    client: &Client,
    token: &str,
) -> Result<Option<Map<String, Value>>, OAuthError> {
    let keys = app.keys.data();
    if let Ok(claims) = access_token::verify(app, visit, token) {
        if !may_see(client, &claims.client_id) {
            return Ok(None);
        }
        let Some(id) = claims.grant else { return of_client(app, &claims).await };
        let found = grant::find_active(&mut &app.db, &keys, visit, id, &app.config.trust).await?;
        let Some(mut grant) = found else { return Ok(None) };
        grant.scopes = grant.scopes.and(claims.scope);
        return Ok(Some(of_access(app, visit, client, &claims, &grant).await?));
    }
    let Ok(ticket) = Ticket::read(&keys, TicketKind::Refresh, token) else { return Ok(None) };
    let found = grant::find_active(&mut &app.db, &keys, visit, ticket.id, &app.config.trust).await?;
    Ok(found.filter(|grant| grant.client == client.id && grant.generation == ticket.counter).map(|grant| {
        Map::from_iter([
            ("active".to_owned(), json!(true)),
            ("client_id".to_owned(), json!(grant.client)),
            ("sub".to_owned(), json!(grant.sub)),
            ("scope".to_owned(), json!(grant.scopes)),
            ("exp".to_owned(), json!(grant.expires_at.seconds())),
            ("iss".to_owned(), json!(app.config.issuer())),
        ])
    }))
}

fn may_see(asking: &Client, issued_to: &str) -> bool {
    asking.metadata.resource_server || asking.id == issued_to
}

async fn of_client(app: &App, claims: &AccessClaims) -> Result<Option<Map<String, Value>>, OAuthError> {
    let gone = client_token::is_revoked(app, claims).await? || app.client(&claims.client_id).await?.is_none();
    Ok((!gone).then(|| base(claims)))
}

async fn of_access(
    app: &App,
    visit: &Visit,
    asking: &Client,
    claims: &AccessClaims,
    grant: &Grant,
) -> Result<Map<String, Value>, OAuthError> {
    let mut answer = if asking.metadata.resource_server {
        note(app, visit, asking, grant).await?;
        app.note_presence(visit, grant).await?;
        subject_claims::for_userinfo(app, grant, &asking.id).await?
    } else {
        Map::new()
    };
    answer.append(&mut base(claims));
    if let Ok(Value::Object(acting)) = serde_json::to_value(ActingClaims::of(grant)) {
        answer.extend(acting);
    }
    // The levels as they are now, not as they were when the token was signed.
    answer.insert("scope".to_owned(), json!(grant.scopes));
    answer.insert("trust_level".to_owned(), json!(grant.trust));
    answer.insert("acr".to_owned(), json!(grant.aal.acr()));
    answer.insert("amr".to_owned(), json!(grant.amr.split_ascii_whitespace().collect::<Vec<_>>()));
    answer.insert("auth_time".to_owned(), json!(grant.authenticated_at.seconds()));
    Ok(answer)
}

/// The person can read who was told of them, also by a service behind the one they signed in to.
async fn note(app: &App, visit: &Visit, asking: &Client, grant: &Grant) -> Result<(), OAuthError> {
    if asking.id == grant.client || !app.disclosures.is_first(grant.id, &asking.id) {
        return Ok(());
    }
    let event = Event::Disclosed {
        grant: grant.id,
        scopes: grant.scopes,
        basis: asking.metadata.legal_basis.as_str(),
    };
    let about = About { person: Some(grant.person), client: Some(&asking.id) };
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &app.keys.data(), visit, event, about).await?;
    tx.commit().await?;
    Ok(())
}

fn base(claims: &AccessClaims) -> Map<String, Value> {
    let jkt = claims.cnf.as_ref().map(|cnf| cnf.jkt.as_str());
    let mut base = Map::from_iter([
        ("active".to_owned(), json!(true)),
        ("token_type".to_owned(), json!(token_type(jkt))),
        ("iss".to_owned(), json!(claims.iss)),
        ("sub".to_owned(), json!(claims.sub)),
        ("aud".to_owned(), json!(claims.aud)),
        ("client_id".to_owned(), json!(claims.client_id)),
        ("scope".to_owned(), json!(claims.scope)),
        ("iat".to_owned(), json!(claims.iat)),
        ("exp".to_owned(), json!(claims.exp)),
        ("jti".to_owned(), json!(claims.jti)),
        ("channel".to_owned(), json!(claims.channel)),
    ]);
    // RFC 9449 section 6.2: whoever is shown the token asks for a proof of this key.
    if let Some(jkt) = jkt {
        base.insert("cnf".to_owned(), json!({ "jkt": jkt }));
    }
    base
}
