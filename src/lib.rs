//! Yihao (一号, "one number"): a unified OpenID Connect identity provider for a province's
//! government services. `docs/ARCHITECTURE.md` tells the whole in three pages.
//!
//! Modules have ranks: one may use those of lower rank, and inside rank 3 only those to its left.
//! `tests/ranks.rs` holds this.

// rank 0: values
pub mod base;
pub mod config;

// rank 1: engines
pub mod crypto;
pub mod db;
pub mod transient;

// rank 2: services of the house
pub mod audit;
pub mod keys;
pub mod outbound;

// rank 3: the domain, each module using only those above it
pub mod identity;
pub mod credential;
pub mod mandate;
pub mod session;
pub mod client;
pub mod terminal;
pub mod grant;
pub mod logout;
pub mod ask;
pub mod legacy;
pub mod operator;

// rank 4: what all doors share
pub mod app;
pub mod http;
/// What people see, as pure rendering: of all doors, since they share frame, words and style.
#[path = "pages/view/mod.rs"]
pub mod view;

// rank 5: doors; they never use each other
pub mod oidc;
pub mod pages;
pub mod console;

// rank 6: what starts and runs it
pub mod server;
pub mod duties;
pub mod cli;
