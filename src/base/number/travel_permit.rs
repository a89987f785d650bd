//! Travel permits to the mainland. They have no check digit: only their shape can be judged.

use super::canonical::{Canonical, mask};
use super::clean::{self, Parsed};
use super::damage::{is_digits, is_filler};
use super::reason::{Reason, Refusal};
use super::steps::{Step, Steps};

/// Mainland travel permit for people of Hong Kong and Macao (港澳居民来往内地通行证): `H` or `M` and eight
/// digits that a person keeps for life. Old cards print two more digits, the count of issues: dropped, so
/// that a new card is the same number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HmPermit(Canonical);

impl HmPermit {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, Self::judge)
    }

    fn judge(text: &str, steps: &mut Steps) -> Result<Self, Refusal> {
        let digits = text.strip_prefix(['H', 'M']).filter(|rest| is_digits(rest)).ok_or(Reason::Format)?;
        let own = match digits.len() {
            8 => text,
            10 => {
                steps.note(Step::IssueCount);
                &text[..9]
            }
            _ => return Err(Reason::Format.into()),
        };
        if is_filler(&own[1..]) {
            return Err(Reason::Placeholder.into());
        }
        Ok(Self(Canonical::new(own)))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }
}

/// Mainland travel permit for people of Taiwan (台湾居民来往大陆通行证): eight digits on the card of 2015, ten
/// in the booklet before it. The booklet's letter in brackets names the issuing office: dropped. No rule
/// that we could check leads from booklet to card, so they stay two numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TwPermit(Canonical);

impl TwPermit {
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text)?.number)
    }

    pub fn parse_with_steps(text: &str) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, Self::judge)
    }

    fn judge(text: &str, steps: &mut Steps) -> Result<Self, Refusal> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, office) = text.split_at(end);
        match (digits.len(), office.as_bytes()) {
            (8 | 10, []) => {}
            (10, [b'A'..=b'Z'] | [b'(', b'A'..=b'Z', b')']) => steps.note(Step::IssuingOffice),
            _ => return Err(Reason::Format.into()),
        }
        if is_filler(digits) {
            return Err(Reason::Placeholder.into());
        }
        Ok(Self(Canonical::new(digits)))
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
    fn a_renewed_card_is_the_same_number() {
        let old = HmPermit::parse_with_steps("h12345678-02").unwrap();
        assert_eq!(old.number, HmPermit::parse("H12345678").unwrap());
        assert!(old.steps.contains(Step::IssueCount));
    }

    #[test]
    fn the_office_is_no_part_of_the_number() {
        let plain = TwPermit::parse("0012345601").unwrap();
        for text in ["0012345601B", "0012345601（B）", "0012345601(b)"] {
            assert_eq!(TwPermit::parse(text).unwrap(), plain, "{text}");
        }
        assert_eq!(TwPermit::parse("12345678").unwrap().as_str(), "12345678");
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in ["H1234567", "12345678", "HH2345678", "H123456789", "K12345678", "H"] {
            assert_eq!(HmPermit::parse(text).unwrap_err().reason, Reason::Format, "{text}");
        }
        for text in ["1234567", "12345678A", "0012345601BB", "0012345601(B", "B", "无"] {
            assert_eq!(TwPermit::parse(text).unwrap_err().reason, Reason::Format, "{text}");
        }
        assert_eq!(HmPermit::parse("H00000000").unwrap_err().reason, Reason::Placeholder);
        assert_eq!(TwPermit::parse("00000000").unwrap_err().reason, Reason::Placeholder);
        assert_eq!(TwPermit::parse("12****78").unwrap_err().reason, Reason::Masked);
    }
}
