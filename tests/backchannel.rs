//! OpenID CIBA: a client names the person, and they answer on a screen of their own.

mod answered;
mod danger;
mod inbox;
mod journey;
mod oracle;
mod ping;
mod refusals;
