//! Passports. The number alone says nothing: two states may issue the same. The key is state and number.

use super::canonical::{Canonical, mask};
use super::clean::{self, Parsed};
use super::countries::is_issuer;
use super::damage::{is_alphanumeric, is_filler};
use super::reason::{Detail, Reason, Refusal};

/// A passport, canonical `CAN:AB123456`. A new passport is a new number: an account that has no other is
/// bound to a paper and not to a life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Passport(Canonical);

impl Passport {
    /// `country`: the issuing state or organization as the machine-readable zone prints it (ICAO Doc 9303
    /// part 3 section 5), for states ISO 3166-1 alpha-3.
    pub fn parse(country: &str, number: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(country, number)?.number)
    }

    pub fn parse_with_steps(country: &str, number: &str) -> Result<Parsed<Self>, Refusal> {
        Self::parse_canonical(&format!("{country}:{number}"))
    }

    /// From the canonical spelling, country and number in one.
    pub fn parse_canonical(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text))
    }

    fn judge(text: &str) -> Result<Self, Refusal> {
        let (country, number) = text.split_once(':').ok_or(Reason::Format)?;
        if number.is_empty() {
            return Err(Reason::Empty.into());
        }
        if !is_issuer(country) {
            return Err(Reason::Region.into());
        }
        if !is_alphanumeric(number) {
            return Err(Reason::IllegalCharacter.into());
        }
        // No common pattern: states number as they like, and older passports differ from newer ones.
        if !(5..=17).contains(&number.len()) {
            return Err(Refusal::with(Reason::Length, Detail::Length(number.len())));
        }
        if is_filler(number) {
            return Err(Reason::Placeholder.into());
        }
        Ok(Self(Canonical::new(text)))
    }

    /// Country and number: `CAN:AB123456`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn country(&self) -> &str {
        &self.as_str()[..3]
    }

    /// The number alone, as the passport prints it.
    pub fn number(&self) -> &str {
        &self.as_str()[4..]
    }

    pub fn masked(&self) -> String {
        format!("{}:{}", self.country(), mask(self.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_number_make_the_key() {
        let passport = Passport::parse(" can ", "ab-123456").unwrap();
        assert_eq!(passport.as_str(), "CAN:AB123456");
        assert_eq!((passport.country(), passport.number()), ("CAN", "AB123456"));
        assert_eq!(passport.masked(), "CAN:AB****56");
        assert_ne!(passport, Passport::parse("USA", "AB123456").unwrap());
        assert_eq!(Passport::parse_canonical("CAN:AB123456").unwrap().number, passport);
    }

    #[test]
    fn what_is_no_passport_is_refused() {
        let reason = |country, number| Passport::parse(country, number).unwrap_err().reason;
        assert_eq!(reason("CAN", ""), Reason::Empty);
        assert_eq!(reason("ENG", "AB123456"), Reason::Region);
        assert_eq!(reason("", "AB123456"), Reason::Region);
        assert_eq!(reason("CAN", "AB:23456"), Reason::IllegalCharacter);
        assert_eq!(reason("CAN", "A123"), Reason::Length);
        assert_eq!(reason("CAN", "000000000"), Reason::Placeholder);
        assert_eq!(reason("CAN", "AB****56"), Reason::Masked);
    }
}
