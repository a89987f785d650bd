//! Phone numbers in E.164 form.

use zeroize::Zeroize;

/// `+` and 7 to 15 digits (ITU-T E.164). Numbers without a country are Chinese mobile numbers.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize)]
pub struct Phone(String);

impl Phone {
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        let mut digits = String::new();
        let mut international = false;
        for c in text.trim().chars() {
            match c {
                '+' | '\u{ff0b}' if digits.is_empty() && !international => international = true,
                '0'..='9' => digits.push(c),
                '\u{ff10}'..='\u{ff19}' => digits.push((b'0' + (c as u32 - 0xff10) as u8) as char),
                ' ' | '-' | '(' | ')' | '\u{3000}' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
                _ => return Err(InvalidPhone),
            }
        }
        if !international {
            if let Some(rest) = digits.strip_prefix("00") {
                digits = rest.to_owned();
            } else if digits.len() == 11 && is_chinese_mobile(&digits) {
                digits.insert_str(0, "86");
            } else if !(digits.len() == 13 && digits.starts_with("86") && is_chinese_mobile(&digits[2..])) {
                return Err(InvalidPhone);
            }
        }
        let chinese_but_wrong = digits.starts_with("86") && !is_chinese_mobile(&digits[2..]);
        if !(7..=15).contains(&digits.len()) || digits.starts_with('0') || chinese_but_wrong {
            return Err(InvalidPhone);
        }
        Ok(Self(format!("+{digits}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form a register of Chinese operators knows: without `+86`.
    pub fn national(&self) -> &str {
        self.0.strip_prefix("+86").unwrap_or(&self.0)
    }

    /// All but three leading and two trailing digits hidden: `138******78`.
    pub fn masked(&self) -> String {
        let digits = self.national();
        let kept = 3 + usize::from(digits.starts_with('+'));
        let hidden = digits.len().saturating_sub(kept + 2);
        format!("{}{}{}", &digits[..kept], "*".repeat(hidden), &digits[digits.len() - 2..])
    }
}

fn is_chinese_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a phone number: 11 digits, or + and the country's code")]
pub struct InvalidPhone;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phone_however_it_is_typed() {
        for text in
            ["13812345678", "+86 138-1234-5678", "008613812345678", "１３８１２３４５６７８", "8613812345678"]
        {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+8613812345678");
        }
        assert_eq!(Phone::parse("+852 9123 4567").unwrap().as_str(), "+85291234567");
        assert_eq!(Phone::parse("13812345678").unwrap().masked(), "138******78");
    }

    #[test]
    fn what_is_no_phone_is_refused() {
        for text in
            ["", "1381234567", "23812345678", "+86138", "+0123456789", "138abcd5678", "+8612345678901"]
        {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }
}
