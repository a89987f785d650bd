//! Clients let their question wait at one node, and the person answers at another: there the answer rings no bell.
//! One task of each node looks for the answers of all who wait at it, rather than each of them for its own.

use std::time::Duration;

use crate::app::App;
use crate::ask::elsewhere;
use crate::transient::Unavailable;

/// How long an answer that was given at another node may take to be seen.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looked for by one question.
const AT_ONCE: usize = 100;

pub async fn keep_looking_out(app: App) {
    while app.transient.is_shared() {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = look_out(&app).await {
            tracing::warn!(%error, "answers given at other nodes could not be looked for");
        }
    }
}

/// Rings for every request that somebody waits for here and that has been answered anywhere.
pub async fn look_out(app: &App) -> Result<(), Unavailable> {
    for requests in app.waiting.requests().chunks(AT_ONCE) {
        for request in elsewhere::settled(&app.transient, requests).await? {
            app.waiting.ring(request);
        }
    }
    Ok(())
}
