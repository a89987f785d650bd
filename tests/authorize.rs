//! The authorization endpoint: what it lets through in silence, and everything it refuses.

mod checks;
mod native;
mod silent;
