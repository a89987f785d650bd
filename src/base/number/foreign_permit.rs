//! The old permanent residence card of foreigners; valid until each card expires. The card of 2023 has a
//! [`CitizenId`](super::CitizenId), which cannot be computed from this number: sequence and place differ.

use super::canonical::{Canonical, mask};
use super::check_digit::mod_10_731;
use super::citizen::day_of;
use super::clean::{self, Parsed};
use super::damage::is_digits;
use super::reason::{Detail, Reason, Refusal};
use super::regions::is_province;

/// 15 characters: nationality (ISO 3166-1 alpha-3), four digits of place, `YYMMDD` of birth, sequence, check.
/// Neither century nor sex is in it: the specimen shows that its 14th digit does not tell the sex.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForeignPermit(Canonical);

impl ForeignPermit {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text))
    }

    /// Whether a cleaned text has this shape: no other number of a person has.
    pub(super) fn is_shape_of(text: &str) -> bool {
        text.len() == 15
            && text.bytes().take(3).all(|b| b.is_ascii_uppercase())
            && text.get(3..).is_some_and(is_digits)
    }

    pub(super) fn judge(text: &str) -> Result<Self, Refusal> {
        if !Self::is_shape_of(text) {
            return Err(Reason::Format.into());
        }
        if !is_province(&text[3..5]) {
            return Err(Reason::Region.into());
        }
        // The century is not in the number: a day of either will do.
        if !["19", "20"].iter().any(|century| day_of(&format!("{century}{}", &text[7..13])).is_some()) {
            return Err(Reason::BirthDate.into());
        }
        let expected = mod_10_731(&text[..14]).ok_or(Reason::Format)?;
        if !text.ends_with(expected) {
            return Err(Refusal::with(Reason::Checksum, Detail::Expected(expected)));
        }
        Ok(Self(Canonical::new(text)))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }

    /// ISO 3166-1 alpha-3.
    pub fn nationality(&self) -> &str {
        &self.as_str()[..3]
    }

    /// `YYMMDD`: the century is not known.
    pub fn birth_yymmdd(&self) -> &str {
        &self.as_str()[7..13]
    }

    /// GB/T 2260 code of the province that accepted the application.
    pub fn region_code(&self) -> String {
        format!("{}0000", &self.as_str()[3..5])
    }
}
