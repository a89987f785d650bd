//! Folding: what all spellings of one name have in common (DOMAIN §5.4).
//!
//! Old systems write one name in many ways: separators of every kind or none, spaces, full-width letters, traditional
//! characters, and rare characters in the private area that GBK had for them before Unicode did. Two folded names
//! that are equal are one name where the number is equal too; alone they prove nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Traditional characters and their simplified form.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
    pairs
        .flat_map(|line| line.split(' '))
        .filter_map(|pair| {
            let mut pair = pair.chars();
            Some((pair.next()?, pair.next()?))
        })
        .collect()
});

/// The key by which names are compared. Not for people: it is the spelling of nobody.
pub fn folded(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    if text.chars().all(is_plain) {
        fold(text.chars(), &mut key);
    } else {
        fold(text.chars().map(standard).nfc(), &mut key);
    }
    key
}

/// The name as a register would write it: separators as U+00B7, no white space between Chinese characters, simplified,
/// of usual width. For asking a register that compares names as they are; what was left out nobody can put back.
pub fn standard_spelling(text: &str) -> String {
    let mut spelling = String::with_capacity(text.len());
    let characters: Vec<char> = text.chars().map(standard).nfc().filter(|c| !is_invisible(*c)).collect();
    for (at, c) in characters.iter().copied().enumerate() {
        match c {
            c if c.is_whitespace() => {
                let latin = |c: Option<&char>| c.is_some_and(char::is_ascii);
                let between = at.checked_sub(1).and_then(|before| characters.get(before));
                if latin(between) && latin(characters.get(at + 1)) {
                    spelling.push(' ');
                }
            }
            // A full stop may belong to a Latin name.
            '.' if at > 0 && characters.get(at - 1).is_some_and(char::is_ascii) => spelling.push('.'),
            c if is_separator(c) => spelling.push('\u{b7}'),
            '\u{3400}'..='\u{9fff}' | '\u{20000}'.. => {
                spelling.push(SIMPLIFIED.get(&c).copied().unwrap_or(c));
            }
            '\u{ff01}'..='\u{ff5e}' => spelling.push(narrow(c)),
            c => spelling.push(c),
        }
    }
    spelling.trim().to_owned()
}

/// Whether the name has a character of the private use area: what it stands for depends on the font of its system, so
/// that folding it is a guess.
pub fn has_private_use(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'))
}

fn fold(characters: impl Iterator<Item = char>, key: &mut String) {
    for c in characters {
        if c.is_whitespace() || is_separator(c) || is_invisible(c) {
            continue;
        }
        match c {
            // By far the most: a map's look-up, and no case.
            '\u{3400}'..='\u{9fff}' | '\u{20000}'.. => key.push(SIMPLIFIED.get(&c).copied().unwrap_or(c)),
            '\u{ff01}'..='\u{ff5e}' => key.extend(narrow(c).to_uppercase()),
            c => key.extend(c.to_uppercase()),
        }
    }
}

/// What composition (NFC) leaves as it is, next to anything.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | ' '..='~' | '\u{b7}' | '\u{3000}')
}

/// Between the parts of a name. U+00B7 is the right one (民委发〔2016〕33号); the others are typed for it.
fn is_separator(c: char) -> bool {
    c == '\u{b7}' || c == '.' || super::is_typed_separator(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn narrow(c: char) -> char {
    char::from_u32(c as u32 - 0xfee0).unwrap_or(c)
}

/// The standard character of a private one. GBK kept 80 of them at FE50 to FEA0, which decoders give as U+E815 to
/// U+E864; the last to get a place in Unicode were those of GB 18030-2022. Others stay.
fn standard(c: char) -> char {
    const FIRST: u32 = 0xe815;
    #[rustfmt::skip]
    const GBK: [u32; 80] = [
        0x2e81, 0x20087, 0x20089, 0x200cc, 0x2e84, 0x3473, 0x3447, 0x2e88, 0x2e8b, 0x9fb4,
        0x359e, 0x361a, 0x360e, 0x2e8c, 0x2e97, 0x396e, 0x3918, 0x9fb5, 0x39cf, 0x39df,
        0x3a73, 0x39d0, 0x9fb6, 0x9fb7, 0x3b4e, 0x3c6e, 0x3ce0, 0x2ea7, 0x215d7, 0x9fb8,
        0x2eaa, 0x4056, 0x415f, 0x2eae, 0x4337, 0x2eb3, 0x2eb6, 0x2eb7, 0x2298f, 0x43b1,
        0x43ac, 0x2ebb, 0x43dd, 0x44d6, 0x4661, 0x464c, 0x9fb9, 0x4723, 0x4729, 0x477c,
        0x478d, 0x2eca, 0x4947, 0x497a, 0x497d, 0x4982, 0x4983, 0x4985, 0x4986, 0x499f,
        0x499b, 0x49b7, 0x49b6, 0x9fba, 0x241fe, 0x4ca3, 0x4c9f, 0x4ca0, 0x4ca1, 0x4c77,
        0x4ca2, 0x4d13, 0x4d14, 0x4d15, 0x4d16, 0x4d17, 0x4d18, 0x4d19, 0x4dae, 0x9fbb,
    ];
    let place = (c as u32).checked_sub(FIRST).and_then(|n| GBK.get(n as usize));
    place.and_then(|code| char::from_u32(*code)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        for (one, other) in [
            ("买买提·艾力", "买买提艾力"),
            ("买买提·艾力", "买买提 艾力"),
            ("买买提·艾力", "买买提．艾力"),
            ("买买提·艾力", "买买提.艾力"),
            ("买买提·艾力", "买买提⋅艾力"),
            ("張偉強", "张伟强"),
            ("歐陽國慶", "欧阳国庆"),
            ("王\u{3000}小明", "王小明"),
            ("王\u{200b}小明", "王小明"),
            ("\u{e863}", "\u{4dae}"),
            ("李\u{e81e}", "李\u{9fb4}"),
            ("李\u{e831}", "李\u{215d7}"),
            ("e\u{301}", "É"),
            ("Ｊｏｈｎ", "john"),
            ("（腾讯）", "(腾讯)"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn other_names_stay_others() {
        for (one, other) in
            [("张伟", "张炜"), ("王静", "王婧"), ("乾", "干"), ("\u{e000}", "\u{e001}"), ("?", "李")]
        {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
        assert_eq!(folded(" ·\u{3000}"), "");
    }

    #[test]
    fn a_name_has_the_spelling_of_registers() {
        for (given, spelling) in [
            ("買買提・艾力", "买买提·艾力"),
            ("买买提.艾力", "买买提·艾力"),
            ("欧阳\u{3000}国庆", "欧阳国庆"),
            ("王\u{200b}小明", "王小明"),
            ("李\u{e831}", "李\u{215d7}"),
            ("Ｊｏｈｎ", "John"),
            ("JOHN  A. SMITH", "JOHN  A. SMITH"),
            ("张伟", "张伟"),
        ] {
            assert_eq!(standard_spelling(given), spelling, "{given}");
            assert_eq!(folded(given), folded(spelling), "{given}");
        }
    }

    #[test]
    fn a_character_of_some_font_is_noticed() {
        assert!(has_private_use("王\u{e863}") && !has_private_use("王䶮\u{2c35b}"));
    }

    #[test]
    fn the_table_is_a_table() {
        assert!(SIMPLIFIED.len() > 4000);
        // No chains: what is simplified stays so.
        assert!(SIMPLIFIED.values().all(|simple| !SIMPLIFIED.contains_key(simple)));
    }
}
