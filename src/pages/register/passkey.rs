//! Step 5: the offer of a passkey. The account stands already.

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::Failure;
use crate::pages::here::Here;
use crate::pages::view::{AddPasskey, Setting};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if here.session.is_none() {
        return Ok(here.to_sign_in());
    }
    let page = AddPasskey { setting: Setting::Registration, next: here.onward() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}
