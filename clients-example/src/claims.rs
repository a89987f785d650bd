//! What the provider says about a person beyond the standard claims: the three levels, and the number.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

/// Claims of an ID token, of userinfo and of introspection; each door gives only some of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct IdentityClaims {
    /// 1 to 5: how sure the provider is who this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_level: Option<u8>,
    /// `hall`, `mobile`, `kiosk`, `counter` or `system`: by which way the person came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What the provider calls this sign-in when it tells of its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Never in an ID token that travels in clear: it comes by userinfo or introspection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub official_number: Option<OfficialNumber>,
    /// `citizen-id`, `credit-code`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub official_number_kind: Option<String>,
    /// By which permission somebody acts for the subject; absent where the subject acts for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
    /// That a clerk assisted at a window; absent everywhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assisted: Option<Assisted>,
}

/// At which window, and how it is known whose matter it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assisted {
    pub place: String,
    /// `chip`: the clerk has read the card and looked; `phone`: the person has approved on their phone.
    pub how: String,
    /// Whether the clerk has seen the person.
    pub present: bool,
}

/// A mandate, as far as it is shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Mandate {
    /// `legal-representative`, `administrator`, `handler`, `guardian` or `helper`.
    pub role: String,
}

impl AdditionalClaims for IdentityClaims {}

/// A number that stands for a person or an enterprise. It prints itself masked, so that a log can't hold it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfficialNumber(String);

impl OfficialNumber {
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }

    /// The whole number: for the look-up it is needed for, and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `4401**********1234`; short numbers keep two characters at the end.
    pub fn masked(&self) -> String {
        masked(&self.0, if self.0.chars().count() >= 15 { 4 } else { 0 })
    }
}

impl std::fmt::Debug for OfficialNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A phone as it may be shown: `138******78`.
pub fn masked_phone(phone: &str) -> String {
    masked(phone.strip_prefix("+86").unwrap_or(phone), 3)
}

fn masked(text: &str, kept_in_front: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let kept_at_end = if kept_in_front == 4 { 4 } else { 2 };
    if letters.len() <= kept_in_front + kept_at_end {
        return "*".repeat(letters.len());
    }
    let last = letters.len() - kept_at_end;
    letters
        .iter()
        .enumerate()
        .map(|(place, letter)| if (kept_in_front..last).contains(&place) { '*' } else { *letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_only_its_ends() {
        let number = OfficialNumber::new("440103192601234650");
        assert_eq!(number.masked(), "4401**********4650");
        assert_eq!(format!("{number:?}"), "4401**********4650");
        assert_eq!(OfficialNumber::new("H12345678").masked(), "*******78");
        assert_eq!(OfficialNumber::new("12").masked(), "**");
        assert_eq!(masked_phone("+8613812345678"), "138******78");
    }
}
