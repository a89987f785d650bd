//! Network numbers (网号): what the national service for network identity calls a person toward one platform
//! (《国家网络身份认证公共服务管理办法》, order 173 of 2025, article 2). It tells nothing of who that is.

use super::canonical::{Canonical, mask};
use super::reason::{Detail, Reason, Refusal};

/// A network number, as the service wrote it: upper and lower case are two letters. Nobody types one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkNumber(Canonical);

impl NetworkNumber {
    /// Letters and digits, 16 to 128 of them: long enough that none is guessed.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.is_empty() {
            return Err(Reason::Empty.into());
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Reason::IllegalCharacter.into());
        }
        if !(16..=128).contains(&text.len()) {
            return Err(Refusal::with(Reason::Length, Detail::Length(text.len())));
        }
        Ok(Self(Canonical::new(text)))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_as_the_service_wrote_it() {
        let number = NetworkNumber::parse("aB3dE5gH7jK9mN1p").unwrap();
        assert_eq!(number.as_str(), "aB3dE5gH7jK9mN1p");
        assert_eq!(number.masked(), "aB3d********mN1p");
        for (text, reason) in [
            ("", Reason::Empty),
            ("aB3dE5gH7jK9mN1", Reason::Length),
            (&"x".repeat(129), Reason::Length),
            (" aB3dE5gH7jK9mN1p", Reason::IllegalCharacter),
            ("aB3dE5gH-7jK9mN1p", Reason::IllegalCharacter),
        ] {
            assert_eq!(NetworkNumber::parse(text).unwrap_err().reason, reason, "{text:?}");
        }
    }
}
