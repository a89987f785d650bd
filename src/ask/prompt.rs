//! The `prompt` parameter (OpenID Connect Core section 3.1.2.1).

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompts {
    /// Show nothing: answer at once or with an error.
    #[serde(default)]
    pub none: bool,
    /// Sign in again, also when signed in.
    #[serde(default)]
    pub login: bool,
    /// Ask for consent again.
    #[serde(default)]
    pub consent: bool,
    /// Let the person choose who signs in.
    #[serde(default)]
    pub select_account: bool,
}

impl Prompts {
    /// `Err` with what is wrong: an unknown value, or `none` beside another.
    pub fn parse(list: &str) -> Result<Self, &'static str> {
        let mut prompts = Self::default();
        for word in list.split_ascii_whitespace() {
            match word {
                "none" => prompts.none = true,
                "login" => prompts.login = true,
                "consent" => prompts.consent = true,
                "select_account" => prompts.select_account = true,
                _ => return Err("unknown value"),
            }
        }
        if prompts.none && (prompts.login || prompts.consent || prompts.select_account) {
            return Err("none stands alone");
        }
        Ok(prompts)
    }
}
