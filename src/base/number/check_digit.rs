//! Check characters. Every function takes what stands before the check character and answers `None` if a
//! character of it has no value: so nothing here can fail on any text.

/// The 31 characters of a credit code: digits and letters without I, O, S, V, Z (GB 32100-2015, table 3).
pub(super) const ALPHABET_31: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// ISO 7064 MOD 11-2, as GB 11643-1999 uses it: weights 2^(n-i) mod 11, here by Horner's rule.
pub(super) fn mod_11_2(body: &str) -> Option<char> {
    let mut sum = 0;
    for c in body.chars() {
        sum = (sum + c.to_digit(10)?) * 2 % 11;
    }
    Some(char_of("10X98765432", sum))
}

/// ISO 7064 MOD 11,10, as GS15-2006 uses it for business registration numbers.
pub(super) fn mod_11_10(body: &str) -> Option<char> {
    let mut product = 10;
    for c in body.chars() {
        let sum = match (product + c.to_digit(10)?) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    Some(char_of("0123456789", (11 - product) % 10))
}

/// MOD 31 with weights 3^(i-1) (GB 32100-2015). The remainder 31 is written `0`.
pub(super) fn mod_31(body: &str) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for c in body.chars() {
        sum = (sum + ALPHABET_31.find(c)? as u32 * weight) % 31;
        weight = weight * 3 % 31;
    }
    Some(char_of(ALPHABET_31, (31 - sum) % 31))
}

/// The organization code's check (GB 11714-1997): weights 3 7 9 10 5 8 4 2 on A=10 … Z=35; ten is `X` and
/// eleven `0`.
pub(super) fn org_code(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        sum += value_36(c)? * weight;
    }
    Some(char_of("0123456789X0", 11 - sum % 11))
}

/// Weights 7 3 1 modulo ten on A=10 … Z=35 (ICAO Doc 9303 part 3 section 4.9), on old residence cards of
/// foreigners.
pub(super) fn mod_10_731(body: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in body.chars().zip([7, 3, 1].into_iter().cycle()) {
        sum = (sum + value_36(c)? * weight) % 10;
    }
    Some(char_of("0123456789", sum))
}

/// `0`–`9` and upper-case `A`–`Z` only: `to_digit(36)` alone would take small letters too.
fn value_36(c: char) -> Option<u32> {
    if c.is_ascii_lowercase() { None } else { c.to_digit(36) }
}

/// The character of an ASCII table at `at`, which every caller keeps inside by its modulus.
fn char_of(table: &str, at: u32) -> char {
    char::from(table.as_bytes()[at as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_check() {
        // GB 11643-1999's own example; a public credit code with its organization code; a registration
        // number; the specimen of the old residence card.
        assert_eq!(mod_11_2("11010519491231002"), Some('X'));
        assert_eq!(mod_31("9144030071526726X"), Some('G'));
        assert_eq!(org_code("71526726"), Some('X'));
        assert_eq!(mod_11_10("44030110309741"), Some('3'));
        assert_eq!(mod_10_731("CAN11008108031"), Some('0'));
    }

    #[test]
    fn the_remainder_31_is_written_zero() {
        assert_eq!(mod_31("91440106MA5200235"), Some('0'));
    }

    #[test]
    fn characters_without_a_value_have_no_check() {
        assert_eq!(mod_11_2("1101051949123100X"), None);
        assert_eq!(mod_31("9I440106MA5D12AB2"), None);
        assert_eq!(org_code("a1526726"), None);
        assert_eq!(mod_11_10("\u{ff14}"), None);
        assert_eq!(mod_10_731("无"), None);
    }
}
