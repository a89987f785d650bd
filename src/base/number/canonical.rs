//! The text of a number after it was parsed, and how it is shown to people who need not know it.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The one spelling of a number, upper-case ASCII. Wiped when dropped; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub(super) struct Canonical(String);

impl Canonical {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Canonical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Hides the middle of a number, parsed or not: a quarter of the characters, at most four, stays at each
/// end. `440106199003070124` becomes `4401**********0124`.
pub fn mask(text: &str) -> String {
    let length = text.chars().count();
    let shown = (length / 4).min(4);
    text.chars().enumerate().map(|(at, c)| if at < shown || at >= length - shown { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_keeps_at_most_a_quarter_at_each_end() {
        assert_eq!(mask("440106199003070124"), "4401**********0124");
        assert_eq!(mask("CAN110081080310"), "CAN*********310");
        assert_eq!(mask("H12345678"), "H1*****78");
        assert_eq!(mask("无证件号"), "无**号");
        assert_eq!(mask("123"), "***");
        assert_eq!(mask(""), "");
    }

    #[test]
    fn debug_does_not_show_the_text() {
        assert_eq!(format!("{:?}", Canonical::new("440106199003070124")), "…");
    }
}
