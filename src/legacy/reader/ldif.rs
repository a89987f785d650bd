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

#[cfg(test)]
mod tests {
    use super::*;

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
