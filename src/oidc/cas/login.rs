//! `/cas/login` as a requestor (section 2.1): a person comes from a service and goes back to it with a ticket.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{client_of, is_set, ticket};
use crate::app::App;
use crate::ask::{Ask, Cas, Facts, Prompts, Refusal, Way};
use crate::base::{Scope, Scopes, Visit};
use crate::client::Client;
use crate::http::{Cookies, Failure, Params, urls};
use crate::oidc::approve::approval_of;
use crate::oidc::authorize;

pub async fn serve(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).map_err(|repeated| {
        Failure::bad_request("invalid_request").with_detail(format!("{} is given twice", repeated.0))
    })?;
    // Section 2.1.1: without a service a person signs in for nothing but the sign-in.
    let Some(service) = params.get("service") else { return Ok(go(urls::ACCOUNT)) };
    let client = client_of(&app, &visit, service).await?;
    let cookies = Cookies::of(&app, &headers);
    // Both at once cannot be; the stricter one counts (section 2.1.1).
    let renew = is_set(params.get("renew"));
    let gateway = is_set(params.get("gateway")) && !renew;
    let way = Way::Cas(Cas { service: service.to_owned(), browser: cookies.browser().id });
    let prompts = Prompts { none: gateway, login: renew, ..Prompts::default() };
    let ask = Ask { prompts, ..Ask::plain(&client, way, scopes(&client), visit.now) };
    authorize::proceed(&app, &visit, &cookies, &client, ask, None).await
}

/// A service says nothing of what it wants: it gets what it is registered for. CAS has no words for who acts for
/// whom, so nobody does; and nothing of it outlives the session.
fn scopes(client: &Client) -> Scopes {
    let none = [Scope::OfflineAccess, Scope::Scim].into_iter().collect();
    client.metadata.scope.without(Scopes::CAPACITY).without(none)
}

/// Back to the service with a ticket.
pub(in crate::oidc) async fn approve(
    app: &App,
    visit: &Visit,
    client: &Client,
    ask: &Ask,
    cas: &Cas,
    facts: Facts,
    allowed: Scopes,
) -> Result<Response, Failure> {
    let from_new_login = facts.session.authenticated_at >= ask.asked_at;
    let approval = approval_of(app, visit, client, ask, facts, allowed, visit.id()).await?;
    let ticket = ticket::keep(app, cas, approval, from_new_login).await?;
    Ok(go(&with_ticket(&cas.service, &ticket)))
}

/// CAS has no word for a refusal. Who was only looked for goes back without a ticket (section 2.1.1, gateway);
/// whoever was asked is told here, since the service would send them back at once.
pub(in crate::oidc) fn refuse(ask: &Ask, cas: &Cas, refusal: Refusal) -> Result<Response, Failure> {
    if ask.prompts.none {
        return Ok(go(&cas.service));
    }
    let code = match refusal {
        Refusal::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        _ => "access_denied",
    };
    Err(Failure { back: Some(cas.service.clone()), ..Failure::new(StatusCode::FORBIDDEN, code) })
}

/// The service's own query is kept as it is.
fn with_ticket(service: &str, ticket: &str) -> String {
    let separator = if service.contains('?') { '&' } else { '?' };
    format!("{service}{separator}ticket={ticket}")
}

fn go(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return Failure::bad_request("invalid_redirect_uri").into_response();
    };
    let headers =
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::with_ticket;

    #[test]
    fn a_ticket_joins_what_the_service_has() {
        assert_eq!(with_ticket("https://a/b", "ST-1"), "https://a/b?ticket=ST-1");
        assert_eq!(with_ticket("https://a/b?x=%2F", "ST-1"), "https://a/b?x=%2F&ticket=ST-1");
    }
}
