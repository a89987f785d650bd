//! Names of persons and organizations: shown as given, compared folded.

mod fold;

pub use fold::{folded, has_private_use, standard_spelling};

use zeroize::Zeroize;

/// A name as its owner writes it. `Debug` does not show it: names must not reach a log.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct PersonName(String);

impl PersonName {
    /// At least fifty characters must be possible (民委发〔2016〕33号); we allow a hundred.
    pub const LONGEST: usize = 100;

    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        cleaned(text, Self::LONGEST).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one name have in common ([`folded`]).
    pub fn folded(&self) -> String {
        folded(&self.0)
    }

    /// How a register may have it: as it is written, and in the standard spelling where that is another. The separator
    /// of two parts is often typed as a space; where there is none, nobody knows where it was.
    pub fn spellings(&self) -> Vec<Self> {
        let mut all = vec![self.0.clone(), standard_spelling(&self.0)];
        let parts: Vec<&str> = self.0.split(' ').collect();
        if let [first, second] = parts[..]
            && first.chars().count() > 1
            && second.chars().count() > 1
            && !self.0.is_ascii()
        {
            all.push(standard_spelling(&format!("{first}\u{b7}{second}")));
        }
        let mut seen: Vec<Self> = Vec::new();
        for spelling in all.into_iter().filter_map(|spelling| Self::parse(&spelling).ok()) {
            if !seen.contains(&spelling) {
                seen.push(spelling);
            }
        }
        seen
    }

    /// All but the last character hidden, as on pages that others may see.
    pub fn masked(&self) -> String {
        let length = self.0.chars().count();
        self.0.chars().enumerate().map(|(i, c)| if i + 1 < length { '*' } else { c }).collect()
    }
}

/// The name of an organization as its register has it. `Debug` does not show it: a sole trader's holds the
/// name of a person.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct OrganizationName(String);

impl OrganizationName {
    pub const LONGEST: usize = 200;

    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        cleaned(text, Self::LONGEST).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As [`PersonName::folded`].
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

fn cleaned(text: &str, longest: usize) -> Result<String, InvalidName> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The separator of names has one code point (民委发〔2016〕33号); a full stop may belong to a Latin name.
    let text: String = text.chars().map(|c| if is_typed_separator(c) { '\u{b7}' } else { c }).collect();
    let length = text.chars().count();
    let printable = text.chars().all(|c| !c.is_control() && !matches!(c, '<' | '>' | '\u{fffd}'));
    if length == 0 || length > longest || !printable {
        return Err(InvalidName(longest));
    }
    Ok(text)
}

/// Signs that are typed for U+00B7.
fn is_typed_separator(c: char) -> bool {
    matches!(c, '\u{2022}' | '\u{30fb}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{ff0e}' | '\u{25cf}')
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(…)")
    }
}

impl std::fmt::Debug for OrganizationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrganizationName(…)")
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a name has 1 to {0} printable characters")]
pub struct InvalidName(usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_spaces_do_not_make_two_names() {
        let spellings = ["买买提·艾力", "买买提•艾力", "买买提・艾力", " 买买提 · 艾力 ", "买买提．艾力"];
        for spelling in spellings {
            assert_eq!(PersonName::parse(spelling).unwrap().folded(), "买买提艾力");
        }
    }

    #[test]
    fn a_name_has_few_spellings() {
        for (given, spellings) in [
            ("张伟", &["张伟"][..]),
            ("张\u{3000}伟", &["张 伟", "张伟"]),
            ("買買提・艾力", &["買買提·艾力", "买买提·艾力"]),
            ("买买提 艾力", &["买买提 艾力", "买买提艾力", "买买提·艾力"]),
            ("John Smith", &["John Smith"]),
        ] {
            let found = PersonName::parse(given).unwrap().spellings();
            assert_eq!(found.iter().map(PersonName::as_str).collect::<Vec<_>>(), spellings, "{given}");
        }
    }

    #[test]
    fn a_name_is_neither_empty_nor_markup_nor_endless() {
        for text in ["", "  ", "<b>", "a\u{0}b", &"长".repeat(101)] {
            assert!(PersonName::parse(text).is_err());
        }
        assert!(OrganizationName::parse(&"长".repeat(200)).is_ok());
        assert!(OrganizationName::parse(&"长".repeat(201)).is_err());
    }
}
