//! What a mandate covers: relying systems (`client:ID`) and matters (`matter:CODE`). Without words of a kind
//! it covers all of that kind; `*` is everything. A relying system asks whether it is covered itself; the
//! matters it reads in the claim `mandate`, since only it knows what is being done.

use std::collections::BTreeSet;

const CLIENT: &str = "client:";
const MATTER: &str = "matter:";
const EVERYTHING: &str = "*";
/// Words of one mandate, and characters of one word.
const MOST: usize = 50;
const LONGEST: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MandateScope {
    /// Empty: all.
    clients: BTreeSet<String>,
    matters: BTreeSet<String>,
}

impl MandateScope {
    pub const ALL: MandateScope = MandateScope { clients: BTreeSet::new(), matters: BTreeSet::new() };

    /// Reads words as they are typed, one a word. An empty list is nobody's wish.
    pub fn parse(words: &[&str]) -> Result<Self, InvalidScope> {
        let mut scope = Self::default();
        if words.is_empty() || words.len() > MOST {
            return Err(InvalidScope);
        }
        for word in words.iter().map(|word| word.trim()) {
            let clean = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
            let (set, name) = if word == EVERYTHING && words.len() == 1 {
                return Ok(Self::ALL);
            } else if let Some(name) = word.strip_prefix(CLIENT) {
                (&mut scope.clients, name)
            } else {
                (&mut scope.matters, word.strip_prefix(MATTER).ok_or(InvalidScope)?)
            };
            if name.is_empty() || name.chars().count() > LONGEST || !clean {
                return Err(InvalidScope);
            }
            set.insert(name.to_owned());
        }
        Ok(scope)
    }

    pub fn covers_client(&self, id: &str) -> bool {
        self.clients.is_empty() || self.clients.contains(id)
    }

    /// Whether everything this covers, `other` covers too.
    pub fn is_within(&self, other: &Self) -> bool {
        within(&self.clients, &other.clients) && within(&self.matters, &other.matters)
    }

    /// The words, as in the claim `mandate`.
    pub fn words(&self) -> Vec<String> {
        let clients = self.clients.iter().map(|id| format!("{CLIENT}{id}"));
        let words: Vec<String> =
            clients.chain(self.matters.iter().map(|code| format!("{MATTER}{code}"))).collect();
        if words.is_empty() { vec![EVERYTHING.to_owned()] } else { words }
    }

    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().map(String::as_str)
    }

    pub fn matters(&self) -> impl Iterator<Item = &str> {
        self.matters.iter().map(String::as_str)
    }
}

fn within(mine: &BTreeSet<String>, theirs: &BTreeSet<String>) -> bool {
    theirs.is_empty() || (!mine.is_empty() && mine.is_subset(theirs))
}

impl std::fmt::Display for MandateScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Self::ALL { f.write_str(EVERYTHING) } else { f.write_str(&self.words().join(" ")) }
    }
}

impl std::str::FromStr for MandateScope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        Self::parse(&text.split_ascii_whitespace().collect::<Vec<_>>())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope is * or words like client:ID and matter:CODE")]
pub struct InvalidScope;

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> MandateScope {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_named_is_covered_whole() {
        assert!(scope("*").covers_client("tax") && scope("matter:vat").covers_client("tax"));
        assert!(scope("client:tax").covers_client("tax") && !scope("client:tax").covers_client("hall"));
        assert_eq!(scope("matter:vat client:tax").words(), ["client:tax", "matter:vat"]);
        assert_eq!(scope("*").to_string(), "*");
    }

    #[test]
    fn nobody_passes_on_more_than_they_have() {
        for (narrow, wide) in [
            ("*", "*"),
            ("client:a", "*"),
            ("client:a", "client:a client:b"),
            ("client:a matter:x", "client:a"),
            ("matter:x", "matter:x matter:y"),
        ] {
            assert!(scope(narrow).is_within(&scope(wide)), "{narrow} in {wide}");
        }
        for (wide, narrow) in [
            ("*", "client:a"),
            ("client:a client:b", "client:a"),
            ("client:a", "client:a matter:x"),
            ("matter:y", "matter:x"),
            ("matter:x", "client:a"),
        ] {
            assert!(!scope(wide).is_within(&scope(narrow)), "{wide} not in {narrow}");
        }
    }

    #[test]
    fn a_scope_of_nothing_or_of_other_words_is_none() {
        for text in ["", "tax", "client:", "* client:a", "matter:<b>", &format!("matter:{}", "x".repeat(101))]
        {
            assert_eq!(text.parse::<MandateScope>(), Err(InvalidScope), "{text}");
        }
    }
}
