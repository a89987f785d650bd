//! What spreadsheets and people in a hurry leave where a number was. Told apart so that the reason helps.

/// `4.40106E+17`: one digit, perhaps a fraction, and an exponent.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('E') else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    whole.len() == 1 && exponent.len() <= 2 && [whole, fraction, exponent].into_iter().all(is_digits)
}

/// `440106199003070124.0`: 15 to 18 digits that went through a floating-point number.
pub(super) fn is_float(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, fraction)| {
        (15..=18).contains(&whole.len())
            && is_digits(whole)
            && !fraction.is_empty()
            && fraction.bytes().all(|b| b == b'0')
    })
}

/// One character over and over: `000000000` passes the organization code's check, and `111111111111111`
/// every rule for a citizen number of 1989.
pub(super) fn is_filler(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| characters.all(|c| c == first))
}

/// At least one, and only, ASCII digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// At least one, and only, ASCII digits and upper-case letters.
pub(super) fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheet_forms_are_known() {
        for text in ["4.40106E+17", "4E17", "9.144E+17", "1E5"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["E", "E+", "1E", "44E+17", "1.E5", ".1E5", "1E+123", "1E++1", "MA5E12345"] {
            assert!(!is_scientific(text), "{text}");
        }
        assert!(is_float("440106199003070124.0") && is_float("440106680412123.00"));
        assert!(!is_float("440106199003070124.") && !is_float("440106199003070124.5") && !is_float("1.0"));
    }
}
