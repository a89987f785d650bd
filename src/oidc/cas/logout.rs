//! `/cas/logout` (section 2.3). CAS has no hint that tells whom a service means, so the person is asked; where they go
//! then is the service, if it is registered.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use url::Url;

use crate::app::App;
use crate::base::Visit;
use crate::client;
use crate::http::{Failure, Params};
use crate::logout::Leaving;
use crate::oidc::end_session;

pub async fn serve(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let mut leaving = Leaving::default();
    // Section 2.3.1: an address that is not registered is left out, and the person still signs out. `url` is what it
    // was called before.
    if let Some(service) = params.get("service").or(params.get("url"))
        && let Ok(url) = Url::parse(service)
    {
        leaving.client = client::of_cas_service(&mut &app.db, &url).await?;
        leaving.back = leaving.client.is_some().then(|| service.to_owned());
    }
    end_session::end(&app, visit, &headers, leaving).await
}
