//! LDIF (RFC 2849): records between empty lines, long lines folded, values in base64 where they must be.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::row::Rejection;

/// The end of the first record in `bytes`, with the empty lines behind it; `None` if it may go on.
pub(super) fn end_of_record(bytes: &[u8], last: bool) -> Option<usize> {
    let mut from = 0;
    // Empty lines before the first line belong to it.
    while matches!(bytes.get(from), Some(b'\n' | b'\r')) {
        from += 1;
    }
    for newline in memchr::memchr_iter(b'\n', &bytes[from..]) {
        let mut after = from + newline + 1;
        let empty = match &bytes[after..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => continue,
        };
        after += empty;
        return Some(after);
    }
    (last && !bytes.is_empty()).then_some(bytes.len())
}

/// Calls `each` with the attributes of a record; false if it has none.
pub(super) fn attributes<'a>(
    record: &'a str,
    mut each: impl FnMut(&str, Cow<'a, str>),
) -> Result<bool, Rejection> {
    let mut any = false;
    let mut lines = record.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
    while let Some(line) = lines.next() {
        let mut line = Cow::Borrowed(line);
        while let Some(more) = lines.peek().and_then(|next| next.strip_prefix(' ')) {
            line.to_mut().push_str(more);
            lines.next();
        }
        if line.is_empty() || line.starts_with('#') || line.starts_with("version:") && !any {
            continue;
        }
        any = true;
        attribute(line, &mut each)?;
    }
    Ok(any)
}

fn attribute<'a>(line: Cow<'a, str>, each: &mut impl FnMut(&str, Cow<'a, str>)) -> Result<(), Rejection> {
    let colon = line.find(':').ok_or(Rejection::Syntax)?;
    // Options, such as a language, are not told apart.
    let name = line[..colon].split(';').next().unwrap_or_default().to_owned();
    let rest = &line[colon + 1..];
    if let Some(encoded) = rest.strip_prefix(':') {
        let bytes = STANDARD.decode(encoded.trim()).map_err(|_| Rejection::Syntax)?;
        if bytes.contains(&0) {
            return Err(Rejection::Nul);
        }
        each(&name, Cow::Owned(String::from_utf8(bytes).map_err(|_| Rejection::Encoding)?));
    } else if rest.starts_with('<') {
        // A URL: what it leads to is not in the file.
        return Err(Rejection::Syntax);
    } else {
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let start = colon + 1 + spaces;
        let value = match line {
            Cow::Borrowed(line) => Cow::Borrowed(&line[start..]),
            Cow::Owned(line) => Cow::Owned(line[start..].to_owned()),
        };
        each(&name, value);
    }
    Ok(())
}

/// Writes a record, which [`attributes`] reads again as it was: Chinese as it is, so that a person can read and mend it,
/// and what would break a line in base64.
pub(super) fn write(into: &mut Vec<u8>, entry: &[(String, Vec<u8>)]) {
    for (name, value) in entry {
        into.extend_from_slice(name.as_bytes());
        let plain = std::str::from_utf8(value).is_ok_and(|text| {
            !text.contains(['\0', '\n', '\r']) && !text.starts_with([' ', ':', '<']) && !text.ends_with(' ')
        });
        if plain {
            into.extend_from_slice(b": ");
            into.extend_from_slice(value);
        } else {
            into.extend_from_slice(b":: ");
            into.extend_from_slice(STANDARD.encode(value).as_bytes());
        }
        into.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let entry = [
            ("dn", "uid=a,ou=甲,dc=b"),
            ("cn", "王小明"),
            ("cn;lang-en", "Wang"),
            ("a", " b"),
            ("a", "b "),
            ("a", ":b"),
            ("a", "<file:///b"),
            ("a", "b\r\n c"),
            ("a", ""),
        ];
        let entry = entry.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        let mut text = Vec::new();
        write(&mut text, &entry);
        let found = read(std::str::from_utf8(&text).unwrap()).unwrap();
        let expected = entry.map(|(name, value)| {
            (name.split(';').next().unwrap().to_owned(), String::from_utf8(value).unwrap())
        });
        assert_eq!(found, expected);
        // What is no text is rejected as it would be in a file.
        for (value, rejection) in [(&b"\xff"[..], Rejection::Encoding), (b"a\0b", Rejection::Nul)] {
            let mut text = Vec::new();
            write(&mut text, &[("a".to_owned(), value.to_vec())]);
            assert_eq!(read(std::str::from_utf8(&text).unwrap()).err(), Some(rejection));
        }
    }

    fn split(mut text: &[u8]) -> Vec<&[u8]> {
        let mut records = Vec::new();
        while let Some(end) = end_of_record(text, true) {
            records.push(&text[..end]);
            text = &text[end..];
        }
        records
    }

    fn read(record: &str) -> Result<Vec<(String, String)>, Rejection> {
        let mut found = Vec::new();
        attributes(record, |name, value| found.push((name.to_owned(), value.into_owned())))?;
        Ok(found)
    }

    #[test]
    fn records_stand_between_empty_lines() {
        let records = split(b"version: 1\n\ndn: a\nb: c\n\n\ndn: d\r\n\r\ndn: e");
        assert_eq!(records, [&b"version: 1\n\n"[..], b"dn: a\nb: c\n\n", b"\ndn: d\r\n\r\n", b"dn: e"]);
        assert_eq!(end_of_record(b"dn: a\n", false), None);
        assert_eq!(end_of_record(b"", true), None);
    }

    #[test]
    fn values_are_read_as_the_standard_says() {
        let record = "# from the portal\ndn: uid=a,dc=b\ncn:: 546L5bCP5piO\ncn;lang-zh: x\nlong: one\n  two\n three\nempty:\n";
        let expected =
            [("dn", "uid=a,dc=b"), ("cn", "王小明"), ("cn", "x"), ("long", "one twothree"), ("empty", "")];
        let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(read(record).unwrap(), expected);
        assert!(read("version: 1\n\n").unwrap().is_empty());
        for (record, rejection) in [
            ("dn uid=a", Rejection::Syntax),
            ("jpegPhoto:< file:///tmp/a", Rejection::Syntax),
            ("cn:: not base64!", Rejection::Syntax),
            ("cn:: /w==", Rejection::Encoding),
            ("cn:: YQBi", Rejection::Nul),
        ] {
            assert_eq!(read(record).err(), Some(rejection), "{record}");
        }
    }
}
