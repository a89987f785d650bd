//! CSV (RFC 4180): where a record ends, and its fields.

use std::borrow::Cow;

use super::super::row::Rejection;

/// A quote that is not closed within so many bytes was none: its line is the record, and is rejected.
const LONGEST_QUOTED: usize = super::LONGEST_ROW;

/// The end of the first record in `bytes`; `None` if it may go on behind them. `last`: nothing comes behind them.
/// Neither GB 18030 nor UTF-8 has a quote, a line end or a usual delimiter inside a character.
pub(super) fn end_of_record(bytes: &[u8], delimiter: u8, last: bool) -> Option<usize> {
    let mut first_line = None;
    let (mut at, mut open) = (0, false);
    while let Some(length) = memchr::memchr(b'\n', &bytes[at..]) {
        let end = at + length + 1;
        open = is_open(&bytes[at..end], delimiter, open);
        if !open {
            return Some(end);
        }
        let first = *first_line.get_or_insert(end);
        if end > LONGEST_QUOTED {
            return Some(first);
        }
        at = end;
    }
    match first_line {
        _ if bytes.is_empty() => None,
        Some(first) if last || bytes.len() > LONGEST_QUOTED => Some(first),
        None if last => Some(bytes.len()),
        _ => None,
    }
}

/// Whether a quote is open after the line, that was or was not before it.
fn is_open(line: &[u8], delimiter: u8, was_open: bool) -> bool {
    if !was_open && memchr::memchr(b'"', line).is_none() {
        return false;
    }
    let (mut open, mut at_start) = (was_open, !was_open);
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' if open && line.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if open => open = false,
            b'"' if at_start => open = true,
            _ => {}
        }
        at_start = !open && *byte == delimiter;
        at += 1;
    }
    open
}

/// Calls `each` with the fields of a record, in order, and tells how many there are.
pub(super) fn fields<'a>(
    record: &'a str,
    delimiter: u8,
    mut each: impl FnMut(usize, Cow<'a, str>),
) -> Result<usize, Rejection> {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let record = record.strip_suffix('\r').unwrap_or(record);
    let (bytes, mut at, mut count) = (record.as_bytes(), 0, 0);
    loop {
        if bytes.get(at) == Some(&b'"') {
            let (field, end) = quoted(record, at + 1)?;
            if bytes.get(end).is_some_and(|byte| *byte != delimiter) {
                return Err(Rejection::Syntax);
            }
            each(count, field);
            at = end;
        } else {
            let end = memchr::memchr(delimiter, &bytes[at..]).map_or(bytes.len(), |length| at + length);
            each(count, Cow::Borrowed(&record[at..end]));
            at = end;
        }
        count += 1;
        if at >= bytes.len() {
            return Ok(count);
        }
        // Behind the delimiter; a record that ends in one has an empty field there.
        at += 1;
    }
}

/// The field that begins at `start`, behind its quote, and where the text goes on behind the other one.
fn quoted(record: &str, start: usize) -> Result<(Cow<'_, str>, usize), Rejection> {
    let bytes = record.as_bytes();
    let mut unescaped: Option<String> = None;
    let mut from = start;
    loop {
        let quote = memchr::memchr(b'"', &bytes[from..]).ok_or(Rejection::Syntax)? + from;
        if bytes.get(quote + 1) != Some(&b'"') {
            let rest = &record[from..quote];
            let field = match unescaped {
                None => Cow::Borrowed(rest),
                Some(text) => Cow::Owned(text + rest),
            };
            return Ok((field, quote + 1));
        }
        unescaped.get_or_insert_default().push_str(&record[from..=quote]);
        from = quote + 2;
    }
}

/// Writes a record, which [`fields`] reads again as it was. A first sign that begins a comment in a file of rejected
/// rows is between quotes.
pub fn write<'a>(into: &mut Vec<u8>, cells: impl IntoIterator<Item = &'a [u8]>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            into.push(b',');
        }
        if !cell.starts_with(b"#") && !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
            into.extend_from_slice(cell);
            continue;
        }
        into.push(b'"');
        for byte in cell {
            if *byte == b'"' {
                into.push(b'"');
            }
            into.push(*byte);
        }
        into.push(b'"');
    }
    into.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let cells = ["王小明", "", "#! row", "a,\"b\"\r\nc", " x "];
        let mut line = Vec::new();
        write(&mut line, cells.iter().map(|cell| cell.as_bytes()));
        assert_eq!(all(std::str::from_utf8(&line).unwrap()).unwrap(), cells);
    }

    fn all(record: &str) -> Result<Vec<String>, Rejection> {
        let mut found = Vec::new();
        let count = fields(record, b',', |_, field| found.push(field.into_owned()))?;
        assert_eq!(count, found.len());
        Ok(found)
    }

    #[test]
    fn fields_are_those_of_the_standard() {
        for (record, expected) in [
            ("a,b,c\r\n", vec!["a", "b", "c"]),
            ("a,,\n", vec!["a", "", ""]),
            ("", vec![""]),
            ("\"a,b\",\"c\"\"d\",\"\"", vec!["a,b", "c\"d", ""]),
            ("\"a\r\nb\",c", vec!["a\r\nb", "c"]),
            ("\"\"\"a\"\"\"", vec!["\"a\""]),
            ("a\"b,c", vec!["a\"b", "c"]),
            ("王,小 明 ", vec!["王", "小 明 "]),
        ] {
            assert_eq!(all(record).unwrap(), expected, "{record}");
        }
        for record in ["\"a", "\"a\"b,c", "a,\"", "\"a\"\""] {
            assert_eq!(all(record), Err(Rejection::Syntax), "{record}");
        }
    }

    fn split(mut text: &[u8]) -> Vec<String> {
        let mut records = Vec::new();
        while let Some(end) = end_of_record(text, b',', true) {
            records.push(String::from_utf8_lossy(&text[..end]).into_owned());
            text = &text[end..];
        }
        assert!(text.is_empty());
        records
    }

    #[test]
    fn records_end_at_lines_outside_of_quotes() {
        assert_eq!(split(b"a,b\nc\r\n\nd"), ["a,b\n", "c\r\n", "\n", "d"]);
        assert_eq!(split(b"\"a\nb\",c\nd\n"), ["\"a\nb\",c\n", "d\n"]);
        assert_eq!(split(b"a\"\nb\n"), ["a\"\n", "b\n"]);
        assert_eq!(split(b"\"a\"\"\nb\"\nc\n"), ["\"a\"\"\nb\"\n", "c\n"]);
        assert!(split(b"").is_empty());
    }

    /// A quote that nobody closes takes its own line with it and no other.
    #[test]
    fn a_stray_quote_takes_one_line() {
        assert_eq!(split(b"a,\"b\nc\nd\n"), ["a,\"b\n", "c\n", "d\n"]);
        let long = [&b"a,\"b\n"[..], &b"c\n".repeat(LONGEST_QUOTED)].concat();
        assert_eq!(split(&long).len(), 1 + LONGEST_QUOTED);
        assert_eq!(end_of_record(&long, b',', false), Some(5));
    }

    #[test]
    fn what_may_go_on_has_no_end_yet() {
        for text in ["", "a,b", "\"a\nb", "\"a\"\nb\"\""] {
            let whole = end_of_record(text.as_bytes(), b',', false);
            assert_eq!(whole, text.starts_with("\"a\"\n").then_some(4), "{text}");
        }
    }
}
