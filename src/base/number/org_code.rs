//! The organization code (GB 11714-1997): nine characters, since 2015 a part of the credit code.

use super::canonical::{Canonical, mask};
use super::check_digit;
use super::clean::{self, Parsed};
use super::damage::{is_alphanumeric, is_digits, is_filler};
use super::reason::{Detail, Reason, Refusal};

/// Eight digits or letters and a check character. Names one organization; the way to its
/// [`CreditCode`](super::CreditCode) is a register.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrgCode(Canonical);

impl OrgCode {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text))
    }

    pub(super) fn judge(text: &str) -> Result<Self, Refusal> {
        if !is_alphanumeric(text) {
            return Err(Reason::IllegalCharacter.into());
        }
        if text.len() != 9 {
            return Err(Refusal::with(Reason::Length, Detail::Length(text.len())));
        }
        // All zeros pass the check.
        if is_filler(text) {
            return Err(Reason::Placeholder.into());
        }
        let (body, check) = text.split_at(8);
        if !is_digits(check) && check != "X" {
            return Err(Reason::IllegalCharacter.into());
        }
        let expected = check_digit::org_code(body).ok_or(Reason::IllegalCharacter)?;
        if !check.starts_with(expected) {
            return Err(Refusal::with(Reason::Checksum, Detail::Expected(expected)));
        }
        Ok(Self(Canonical::new(text)))
    }

    /// Without the hyphen that it is printed with.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }
}
