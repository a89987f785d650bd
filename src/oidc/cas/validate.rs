//! `/cas/serviceValidate` (section 2.5), the same with attributes (section 2.8), and that there is no proxying.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer::{Code, Form, Refused, Validated};
use super::ticket::{self, Ticketed};
use super::{client_of, is_set};
use crate::app::App;
use crate::base::Visit;
use crate::client;
use crate::grant::Grant;
use crate::http::Params;
use crate::logout;
use crate::oidc::grants::once::{self, Within};
use crate::oidc::subject_claims;

pub async fn without_attributes(State(app): State<App>, visit: Visit, RawQuery(query): RawQuery) -> Response {
    serve(&app, &visit, query, false).await
}

pub async fn with_attributes(State(app): State<App>, visit: Visit, RawQuery(query): RawQuery) -> Response {
    serve(&app, &visit, query, true).await
}

/// Section 2.7: a ticket for another service in the person's name. Nobody gets one.
pub async fn proxy(RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    Form::of(&params).proxy_refused(&Refused::new(
        Code::UnauthorizedServiceProxy,
        "proxy tickets are not supported: the service signs the person in itself, or uses OpenID Connect",
    ))
}

async fn serve(app: &App, visit: &Visit, query: Option<String>, attributes: bool) -> Response {
    let Ok(params) = Params::parse(query.unwrap_or_default().as_bytes()) else {
        let twice = Refused::new(Code::InvalidRequest, "a parameter is given twice");
        return Form::of(&Params::default()).refused(&twice);
    };
    let form = Form::of(&params);
    match validate(app, visit, &params, attributes).await {
        Ok(validated) => form.validated(&validated),
        Err(refused) => {
            tracing::info!(request = %visit.request_id, code = refused.code.as_str(), why = refused.why, "a ticket was refused");
            form.refused(&refused)
        }
    }
}

async fn validate(app: &App, visit: &Visit, params: &Params, attributes: bool) -> Result<Validated, Refused> {
    let refused = Refused::new;
    let (Some(service), Some(ticket)) = (params.get("service"), params.get("ticket")) else {
        return Err(refused(Code::InvalidRequest, "service and ticket are both needed"));
    };
    if is_set(params.get("pgtUrl")) {
        let why = "proxy-granting tickets are not supported: ask without pgtUrl";
        return Err(refused(Code::InvalidProxyCallback, why));
    }
    let taken = ticket::take(app, ticket).await.map_err(|e| Refused::internal(&e))?;
    let unknown = || refused(Code::InvalidTicket, "the ticket is unknown, used or too old");
    let Ticketed { approval, service: meant, from_new_login } = taken.ok_or_else(unknown)?;
    // From here on the ticket is used up, whatever is wrong (section 2.5.3).
    if service != meant {
        return Err(refused(Code::InvalidService, "the ticket was made for another service"));
    }
    if is_set(params.get("renew")) && !from_new_login {
        return Err(refused(Code::InvalidTicket, "the person did not sign in anew for this ticket"));
    }
    let client = client_of(app, visit, service).await.map_err(Refused::of_failure)?;
    if client.id != approval.client_id {
        return Err(refused(Code::InvalidService, "the service belongs to another client now"));
    }
    note(app, visit, &approval, service, ticket).await.map_err(|e| Refused::internal(&e))?;
    let kept = once::redeem(app, visit, &client, approval, Within::TheSession, None).await;
    let kept = kept.map_err(|error| Refused::new(Code::InvalidTicket, error.description))?;
    let grant = kept.ok_or_else(unknown)?;
    let attributes = if attributes { attributes_of(app, &grant, from_new_login).await? } else { Map::new() };
    Ok(Validated { user: grant.sub, attributes })
}

/// For the list of who still comes this way, and for the sign-out, which names the ticket. Written before the grant:
/// a sign-out at this moment finds either both or none.
async fn note(
    app: &App,
    visit: &Visit,
    approval: &crate::ask::Approval,
    service: &str,
    ticket: &str,
) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    client::note_cas_use(&mut tx, visit, &approval.client_id).await?;
    let signed_in = logout::CasTicket { service: service.to_owned(), ticket: ticket.to_owned() };
    logout::keep_cas_ticket(&mut tx, approval.grant, approval.session, &approval.client_id, &signed_in)
        .await?;
    Ok(tx.commit().await?)
}

/// What the scopes allow, beside how and how surely the person signed in.
async fn attributes_of(
    app: &App,
    grant: &Grant,
    from_new_login: bool,
) -> Result<Map<String, Value>, Refused> {
    let mut all = subject_claims::for_userinfo(app, grant, &grant.client)
        .await
        .map_err(|error| Refused::internal(&error.description))?;
    let amr: Vec<&str> = grant.amr.split(' ').collect();
    for (name, value) in [
        // Section 2.5.7: these three stand in every answer.
        ("authenticationDate", json!(grant.authenticated_at.timestamp().to_string())),
        ("longTermAuthenticationRequestTokenUsed", json!(false)),
        ("isFromNewLogin", json!(from_new_login)),
        ("trust_level", json!(u8::from(grant.trust))),
        ("acr", json!(grant.aal.acr())),
        ("amr", json!(amr)),
        ("channel", json!(grant.channel.as_str())),
    ] {
        all.insert(name.to_owned(), value);
    }
    Ok(all)
}
