//! One file a grant: each makes an approval into a grant, and leaves the tokens to `issue`.

pub mod authorization_code;
pub mod client_credentials;
pub mod refresh_token;
