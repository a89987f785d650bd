//! Decoding: strictly, so that no character is lost without a word. GB 18030 and UTF-8 are told apart where a file
//! or a row is in the other.

use std::borrow::Cow;

use super::super::profile::Encoding;
use super::super::row::Rejection;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a record.
pub(super) fn decoded(encoding: Encoding, bytes: &[u8]) -> Result<Cow<'_, str>, Rejection> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Rejection::Encoding),
        Encoding::Gb18030 if bytes.is_ascii() => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Rejection::Encoding)
        }
        Encoding::Gb18030 => {
            if is_utf8_chinese(bytes) {
                return Err(Rejection::Encoding);
            }
            encoding_rs::GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .ok_or(Rejection::Encoding)
        }
    }
}

/// Whether the bytes are Chinese in UTF-8: only Chinese characters and signs beside ASCII, and two or more of them.
/// Text in GB 18030 is that by chance about once in a million rows, and a row of the other encoding is else read
/// as characters that nobody wrote.
pub(super) fn is_utf8_chinese(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut chinese = 0;
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match c {
            '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => chinese += 1,
            _ => return false,
        }
    }
    chinese >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn each_encoding_reads_its_own() {
        for text in ["plain", "王小明,1", "䶮", "\u{20089}", "买买提·艾力", "联通"] {
            assert_eq!(decoded(Encoding::Gb18030, &gb(text)).unwrap(), text);
            assert_eq!(decoded(Encoding::Utf8, text.as_bytes()).unwrap(), text);
        }
    }

    #[test]
    fn the_other_encoding_is_refused_and_not_read_as_something_else() {
        for text in ["王小明,1", "张伟", "深圳市南山区软件有限公司"] {
            assert_eq!(decoded(Encoding::Gb18030, text.as_bytes()), Err(Rejection::Encoding), "{text}");
            assert_eq!(decoded(Encoding::Utf8, &gb(text)), Err(Rejection::Encoding), "{text}");
        }
        assert_eq!(decoded(Encoding::Gb18030, b"\xc4"), Err(Rejection::Encoding));
    }
}
