//! Passwords that everybody knows: leaked often, or tried first (`NOTICE.md` says where the list is from).

/// One a line, folded as [`super::rules`] folds, sorted by bytes; none is shorter than a password may be.
static LIST: &str = include_str!("common.txt");

/// Whether the list has this word, which is folded already.
pub(super) fn contains(folded: &str) -> bool {
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = low.midpoint(high);
        let begin = LIST.as_bytes()[..middle].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let line = LIST[begin..].lines().next().unwrap_or_default();
        match line.cmp(folded) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = begin + line.len() + 1,
            std::cmp::Ordering::Greater => high = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::password::SHORTEST;

    #[test]
    fn every_word_of_the_list_is_found_and_no_neighbour() {
        assert!(LIST.is_ascii() && LIST.lines().is_sorted());
        for word in LIST.lines() {
            assert!(word.len() >= SHORTEST && contains(word), "{word}");
            assert!(!contains(&word[1..]) || LIST.lines().any(|other| other == &word[1..]), "{word}");
        }
        for word in ["", "\n", "0", "~~~~~~~~~", "password1\npassword", "woaini1314没有"] {
            assert!(!contains(word), "{word}");
        }
    }
}
