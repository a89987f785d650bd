//! Rank 4: what all doors share: addresses, parameters, cookies, the visit, and how a refusal leaves.

pub mod answering;
mod client_chain;
pub mod cookies;
pub mod door;
pub mod failure;
pub mod params;
pub mod parting;
pub mod urls;
pub mod visit;

pub use client_chain::ClientChain;
pub use cookies::{Browser, Cookies};
pub use failure::Failure;
pub use params::{Params, RepeatedParameter};
