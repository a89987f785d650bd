//! What a password must not be. Length is what counts (NIST SP 800-63B section 5.1.1.2): no rule asks for
//! signs or capitals; the rest refuses what others know or try first.

use super::common;
use crate::base::{PersonName, Phone, Secret};

/// Characters of the shortest and the longest password.
pub const SHORTEST: usize = 8;
pub const LONGEST: usize = 128;

/// So many characters in a row of an official number or a phone give it away.
const TELLING: usize = 6;

/// Rows that people run along.
const ROWS: [&str; 5] =
    ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"];

/// Why a password is not acceptable, for the page to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("shorter than 8 characters")]
    TooShort,
    #[error("longer than 128 characters")]
    TooLong,
    #[error("one short piece again and again")]
    Repetition,
    #[error("a row of the alphabet, the digits or the keyboard")]
    Sequence,
    #[error("holds six or more characters in a row of the official number")]
    HoldsNumber,
    #[error("holds six or more digits in a row of the phone number")]
    HoldsPhone,
    #[error("little more than the name")]
    HoldsName,
    #[error("on the list of passwords that everybody tries")]
    Common,
}

/// Whether `password` may be set by the person with this official number, name and phone.
pub fn acceptable(
    password: &Secret,
    number: &str,
    name: Option<&PersonName>,
    phone: Option<&Phone>,
) -> Result<(), Weakness> {
    let length = password.reveal().chars().count();
    if length < SHORTEST {
        return Err(Weakness::TooShort);
    }
    if length > LONGEST {
        return Err(Weakness::TooLong);
    }
    let folded = zeroize::Zeroizing::new(folded(password.reveal()));
    if repeats(&folded) {
        return Err(Weakness::Repetition);
    }
    if is_row(&folded) {
        return Err(Weakness::Sequence);
    }
    if holds_piece(&folded, number) {
        return Err(Weakness::HoldsNumber);
    }
    if phone.is_some_and(|phone| holds_piece(&folded, phone.as_str())) {
        return Err(Weakness::HoldsPhone);
    }
    if name.is_some_and(|name| is_little_beside(&folded, &self::folded(name.as_str()))) {
        return Err(Weakness::HoldsName);
    }
    if common::contains(&folded) {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// Full-width characters narrowed, one case: the difference protects against nobody.
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Two or more times one piece that alone would be too short.
fn repeats(text: &str) -> bool {
    let chars = zeroize::Zeroizing::new(text.chars().collect::<Vec<_>>());
    (1..SHORTEST)
        .filter(|piece| piece * 2 <= chars.len())
        .any(|piece| chars.iter().zip(&chars[piece..]).all(|(a, b)| a == b))
}

fn is_row(text: &str) -> bool {
    let back: String = text.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(text) || row.contains(&back))
}

fn holds_piece(text: &str, number: &str) -> bool {
    let digits: Vec<char> = folded(number).chars().filter(char::is_ascii_alphanumeric).collect();
    digits.windows(TELLING).any(|piece| text.contains(&piece.iter().collect::<String>()))
}

/// Whether what is left without the name is too short to be a password.
fn is_little_beside(text: &str, name: &str) -> bool {
    text.contains(name) && text.replace(name, "").chars().count() < SHORTEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Result<(), Weakness> {
        let name = PersonName::parse("欧阳小明").unwrap();
        let phone = Phone::parse("13812345678").unwrap();
        acceptable(&Secret::new(password), "11010519491231002X", Some(&name), Some(&phone))
    }

    #[test]
    fn weak_passwords_are_told_why() {
        let endless = "长".repeat(129);
        for (password, weakness) in [
            ("", Weakness::TooShort),
            ("七个字的密码啊", Weakness::TooShort),
            (endless.as_str(), Weakness::TooLong),
            ("aaaaaaaa", Weakness::Repetition),
            ("AbabABab", Weakness::Repetition),
            ("12341234123", Weakness::Repetition),
            ("12345678", Weakness::Sequence),
            ("０９８７６５４３２１", Weakness::Sequence),
            ("QwertyUIOP", Weakness::Sequence),
            ("abc19491231", Weakness::HoldsNumber),
            ("1231002xyz", Weakness::HoldsNumber),
            ("my 138123 is", Weakness::HoldsPhone),
            ("欧阳小明2024", Weakness::HoldsName),
            ("欧阳小明欧阳小明!", Weakness::HoldsName),
            ("password1", Weakness::Common),
            ("P@ssw0rd", Weakness::Common),
            ("ｗｏａｉｎｉ１３１４", Weakness::Common),
            ("5201314a", Weakness::Common),
            ("1314520wang", Weakness::Common),
        ] {
            assert_eq!(judge(password), Err(weakness), "{password}");
        }
    }

    #[test]
    fn good_passwords_pass_as_they_are() {
        for password in
            ["correct horse", "八个字的密码可以", "aaaaaaab", "欧阳小明爱吃凉面和米线啊", "19491 231x"]
        {
            assert_eq!(judge(password), Ok(()), "{password}");
        }
        assert_eq!(judge(&"山水".chars().chain("a".repeat(126).chars()).collect::<String>()), Ok(()));
        assert_eq!(acceptable(&Secret::new("13812345678"), "", None, None), Ok(()));
    }
}
