//! Counters: a clerk at a window, one person's matter at a time.

mod agents;
mod deeds;
mod matters;
mod phone;
mod pins;
mod ping;
mod shifts;
