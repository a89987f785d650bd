//! The CAS protocol 3.0 (Apereo, CAS Protocol Specification), for relying systems that cannot change yet. A sign-in
//! by it is an Ask like any other; only how it comes and how its answer goes are CAS's. What CAS cannot say is not
//! given: nobody acts for another here, and there are no proxy tickets.

mod answer;
mod login;
mod logout;
pub mod logout_request;
mod ticket;
mod validate;

pub(super) use login::{approve, refuse};

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use url::Url;

use crate::app::App;
use crate::base::Visit;
use crate::client::{self, Client};
use crate::http::{Failure, urls};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(urls::CAS_LOGIN, get(login::serve))
        .route(urls::CAS_LOGOUT, get(logout::serve))
        .route(urls::CAS_VALIDATE, get(validate::without_attributes))
        .route(urls::CAS_VALIDATE_3, get(validate::with_attributes))
        // Clients that may be given proxy tickets ask here; there are none, and a service ticket is as good.
        .route(urls::CAS_PROXY_VALIDATE, get(validate::without_attributes))
        .route(urls::CAS_PROXY_VALIDATE_3, get(validate::with_attributes))
        .route(urls::CAS_PROXY, get(validate::proxy))
}

/// The client that a service belongs to, while the façade is open to it. Until then a refusal is a page: nobody is
/// sent to an address that is not registered.
async fn client_of(app: &App, visit: &Visit, service: &str) -> Result<Arc<Client>, Failure> {
    let unknown = |why: String| Failure::bad_request("unknown_client").with_detail(why);
    let url = Url::parse(service).map_err(|e| unknown(format!("service is no address: {e}")))?;
    let id = client::of_cas_service(&mut &app.db, &url).await?;
    let client = match id {
        Some(id) => app.client(&id).await?,
        None => None,
    };
    // The index is older than what is registered now, by a moment.
    let client = client
        .filter(|client| client.metadata.has_cas_service(&url))
        .ok_or_else(|| unknown("no active client has this service among its cas_services".to_owned()))?;
    if !client.metadata.may_use_cas(visit.now) {
        let last = client.metadata.cas_until.map(|day| day.to_string()).unwrap_or_default();
        let back = client.metadata.client_uri.as_ref().map(Url::to_string);
        let over = Failure::new(StatusCode::GONE, "cas_over").with_detail(format!("cas_until is {last}"));
        return Err(Failure { back, ..over });
    }
    Ok(client)
}

/// Whether a parameter that is only there or not is there (section 2.1.1).
fn is_set(value: Option<&str>) -> bool {
    value.is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case("false"))
}
