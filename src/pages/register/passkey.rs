//! Step 5: the offer of a passkey. The account stands already.

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::{Failure, urls};
use crate::pages::factors::gate;
use crate::pages::here::Here;
use crate::pages::view::{AddPasskey, Setting};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = gate(&here, urls::REGISTER_PASSKEY).await? {
        return Ok(here.go(&first));
    }
    let page = AddPasskey { setting: Setting::Registration, next: here.onward() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}
