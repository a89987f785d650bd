//! Those who work here: added by command, authenticated for commands, and by nothing else.

pub mod account_cases;
mod api;
mod certificate;
mod commands;
pub mod console;
pub mod rooms;
mod runs;
mod store;
