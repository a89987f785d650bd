//! One file a grant: each makes an approval into a grant, and leaves the tokens to `issue`. `jkt` is the
//! thumbprint of the key whose proof came with the request (RFC 9449 section 5).

pub mod authorization_code;
pub mod back_channel;
pub mod chip;
pub mod client_credentials;
pub mod counter;
pub mod device_code;
mod elsewhere;
pub mod once;
pub mod refresh_token;
pub mod token_exchange;
