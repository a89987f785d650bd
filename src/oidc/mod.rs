//! Rank 5: the protocol's door. One file an endpoint, one file a grant, one file a check.

mod access_token;
mod approvals;
mod approve;
mod authorize;
mod backchannel_authentication;
pub mod cas;
mod checks;
mod chip_reading;
mod client_assertion;
mod client_authentication;
mod client_token;
mod counter;
mod code;
mod danger;
mod destination;
mod device_authorization;
mod discovery;
mod dpop;
mod elsewhere;
mod end_session;
mod error;
mod grants;
mod hinted;
mod id_token;
mod introspection;
mod issue;
mod jwks;
pub mod logout_token;
pub mod security_event;
mod native_sso;
mod presented;
pub mod ping;
mod subject_claims;
mod registration;
mod revocation;
mod scim;
mod token;
mod userinfo;

pub use error::OAuthError;

use axum::Router;
use axum::routing::{get, post};
use tower_http::cors::CorsLayer;

use crate::app::App;
use crate::http::urls;

/// All routes of the protocol.
pub fn routes(app: &App) -> Router<App> {
    // Browser-based clients call these from their own origin, with tokens and never with cookies.
    let mut with_proofs = Router::new()
        .route(urls::TOKEN, post(token::serve))
        .route(urls::USERINFO, get(userinfo::serve).post(userinfo::serve_post))
        .route(urls::APPROVALS_LIST, get(approvals::list))
        .route(urls::APPROVALS_EVENTS, get(approvals::events));
    if app.config.dpop.nonce_seconds > 0 {
        with_proofs =
            with_proofs.layer(axum::middleware::map_response_with_state(app.clone(), dpop::with_nonce));
    }
    let from_anywhere = with_proofs
        .route(urls::DISCOVERY, get(discovery::serve(app)))
        .route(urls::OAUTH_DISCOVERY, get(discovery::serve(app)))
        .route(urls::JWKS, get(jwks::serve))
        .route(urls::DEVICE_AUTHORIZATION, post(device_authorization::serve))
        .route(urls::REVOKE, post(revocation::serve))
        .layer(CorsLayer::permissive());
    let danger = match app.config.danger.simulate_approvals {
        true => Router::new().route(urls::DANGER_BACKCHANNEL, post(danger::serve)),
        false => Router::new(),
    };
    Router::new()
        .route(urls::AUTHORIZE, get(authorize::get).post(authorize::post))
        .route(urls::RESUME, get(authorize::resume))
        .route(urls::BACKCHANNEL_AUTHENTICATION, post(backchannel_authentication::serve))
        .route(urls::INTROSPECT, post(introspection::serve))
        .route(urls::END_SESSION, get(end_session::get).post(end_session::post))
        .route(urls::CLIENTS, post(registration::register))
        .route(urls::CLIENT, get(registration::read).put(registration::replace).delete(registration::remove))
        .merge(counter::routes())
        .merge(cas::routes())
        .merge(scim::routes())
        .merge(from_anywhere)
        .merge(danger)
}
