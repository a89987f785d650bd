//! Rank 3: the end of a session, and who is told of it: relying systems by a logout token from us (OpenID
//! Connect Back-Channel Logout), or in the person's browser by a frame (Front-Channel Logout).

mod account_event;
mod cas;
mod delivery;
mod end;
mod leaving;
mod sid;

pub use account_event::tell_of_account;
pub use cas::{CasTicket, cas_tickets, keep_cas_ticket};
pub use delivery::{
    Delivery, Kind, Outcome, State, claim, due, is_superseded, list, settle, waiting_clients,
};
pub use end::{
    Farewell, end, end_acting_for, end_all, end_at, end_idle, end_mandate, end_over, suspend_terminal,
};
pub use leaving::{Hinted, Leaving};
pub use sid::sid;

use crate::crypto::Unopenable;
use crate::{audit, client, db, grant, session, terminal};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Session(#[from] session::Error),
    #[error(transparent)]
    Client(#[from] client::Error),
    #[error(transparent)]
    Grant(#[from] grant::Error),
    #[error(transparent)]
    Terminal(#[from] terminal::Error),
}
