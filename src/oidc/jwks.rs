//! The key set (RFC 7517 section 5): keys that sign, signed until a while ago, or will sign soon.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;

pub async fn serve(State(app): State<App>) -> Response {
    let ring = app.keys.signing();
    let headers =
        [(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, ring.public().document.clone()).into_response()
}
