//! The last step of a sign-out, whichever door it began at: to the relying system, or first to the page that
//! tells the others.

use std::time::Duration;

use super::urls;
use crate::app::App;
use crate::logout::{Farewell, Leaving};
use crate::transient::Unavailable;

/// After the commit: wakes the courier, and tells where the browser goes now.
pub async fn onward(app: &App, leaving: Leaving, farewell: &Farewell) -> Result<String, Unavailable> {
    if farewell.to_deliver > 0 {
        app.logout_queued.notify_one();
    }
    let leaving = Leaving { frames: farewell.frames(app.config.issuer()), ..leaving };
    match &leaving.back {
        Some(back) if leaving.frames.is_empty() => Ok(back.clone()),
        None if leaving.frames.is_empty() && !leaving.stays => Ok(urls::SIGNED_OUT.to_owned()),
        _ => Ok(urls::leaving(urls::SIGNED_OUT, &keep(app, &leaving).await?)),
    }
}

/// Keeps a sign-out for the next address, as long as a person may take for a page.
pub async fn keep(app: &App, leaving: &Leaving) -> Result<String, Unavailable> {
    let life = Duration::from_secs(app.config.token.ask_minutes * 60);
    leaving.keep(&app.transient, &app.chance, life).await
}
