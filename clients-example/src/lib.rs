//! What the four example programs share. Read `relying_party` first: it is the whole of a sign-in.

pub mod challenge;
pub mod claims;
pub mod dpop;
pub mod http_client;
pub mod licence;
pub mod logout_token;
pub mod page;
pub mod provider;
pub mod relying_party;
pub mod serve;
