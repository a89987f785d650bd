//! The business registration number (GS15-2006), and its shorter form from before 2007. It holds no
//! organization code: only a register leads from it to a credit code.

use super::canonical::{Canonical, mask};
use super::check_digit::mod_11_10;
use super::clean::{self, Parsed};
use super::credit_code::is_registering_region;
use super::damage;
use super::reason::{Detail, Reason, Refusal};
use super::regions::is_province;

/// 15 digits: first registering authority, sequence, check. Or the 13 digits of before 2007, unchecked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BizRegNo(Canonical);

impl BizRegNo {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text))
    }

    fn judge(text: &str) -> Result<Self, Refusal> {
        if damage::is_scientific(text) {
            return Err(Reason::ExcelScientific.into());
        }
        if damage::is_filler(text) {
            return Err(Reason::Placeholder.into());
        }
        if !damage::is_digits(text) {
            return Err(Reason::IllegalCharacter.into());
        }
        match text.len() {
            13 if !is_province(&text[..2]) => Err(Reason::Region.into()),
            13 => Ok(Self(Canonical::new(text))),
            15 if !is_registering_region(&text[..6]) => Err(Reason::Region.into()),
            15 => {
                let expected = mod_11_10(&text[..14]).ok_or(Reason::IllegalCharacter)?;
                if !text.ends_with(expected) {
                    return Err(Refusal::with(Reason::Checksum, Detail::Expected(expected)));
                }
                Ok(Self(Canonical::new(text)))
            }
            length => Err(Refusal::with(Reason::Length, Detail::Length(length))),
        }
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }

    /// False for the 13 digits of before 2007: nothing in them catches a typing error.
    pub fn has_check_digit(&self) -> bool {
        self.as_str().len() == 15
    }

    /// GB/T 2260 code of the authority that registered first.
    pub fn region_code(&self) -> &str {
        &self.as_str()[..6]
    }

    /// Digit 7: who owns it. `None` in the old form.
    pub fn owner(&self) -> Option<&'static str> {
        self.has_check_digit().then(|| match self.as_str().as_bytes()[6] {
            b'0'..=b'3' => "domestic",
            b'4' | b'5' => "foreign",
            _ => "individual",
        })
    }
}
