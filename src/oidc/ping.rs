//! What a client is sent that wants to be told (OpenID CIBA section 10.2).

use serde::Serialize;

use crate::app::App;
use crate::ask::elsewhere::ping::Ping;
use crate::crypto::{Ticket, TicketKind, Unopenable};

#[derive(Serialize)]
pub struct Notification {
    auth_req_id: String,
}

pub fn of(app: &App, ping: &Ping) -> Result<Notification, Unopenable> {
    let expires = u32::try_from(ping.expires_at.seconds()).unwrap_or(u32::MAX);
    let ticket = Ticket { id: ping.request, counter: expires };
    let auth_req_id = ticket.write_for(&app.keys.data(), TicketKind::BackChannel, &ping.holder())?;
    Ok(Notification { auth_req_id })
}
