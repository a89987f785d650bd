use std::io::Write;

use super::super::{Record, Records};
use super::*;
use crate::legacy::Rejection;

const PROFILE: &str = r#"
name = "t"
title = "T"
[file]
format = "csv"
[kind]
always = "person"
[account]
local_id = "id"
name = "name"
[person]
"#;

fn profile(encoding: &str) -> Arc<Profile> {
    let file = format!("format = \"csv\"\nencoding = \"{encoding}\"");
    Arc::new(Profile::parse(&PROFILE.replace("format = \"csv\"", &file)).unwrap())
}

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn open(bytes: &[u8], encoding: &str) -> Result<FileReader, ReadError> {
    FileReader::open(file(bytes).path(), profile(encoding))
}

fn judged(records: &Records, record: Record<'_>) -> Result<Option<String>, Rejection> {
    let today = jiff::civil::date(2026, 11, 1);
    Ok(records.understand(record, today)?.map(|account| account.record.name.clone()))
}

type Judged = (u64, Result<String, Rejection>);

/// The name or the rejection of each record, by its row.
fn read(mut reader: FileReader) -> Result<Vec<Judged>, ReadError> {
    let records = reader.records();
    let mut all = Vec::new();
    while let Some(chunk) = reader.next()? {
        for place in 0..chunk.records.len() {
            let row = chunk.first_row + place as u64;
            match judged(&records, chunk.records.get(place).unwrap()) {
                Ok(None) => {}
                Ok(Some(name)) => all.push((row, Ok(name))),
                Err(rejection) => all.push((row, Err(rejection))),
            }
        }
        assert_eq!(chunk.end.row, chunk.first_row + chunk.records.len() as u64 - 1);
    }
    Ok(all)
}

fn rows(bytes: &[u8], encoding: &str) -> Vec<Judged> {
    read(open(bytes, encoding).unwrap()).unwrap()
}

#[test]
fn rows_have_the_numbers_of_the_lines() {
    let text = "\u{feff}name,id,more\r\n王小明,1,x\r\n\r\n#! row 7: KIND\n李华,2,\"a\nb\"\n张伟,3,";
    let expected = [(2, "王小明"), (5, "李华"), (6, "张伟")].map(|(row, name)| (row, Ok(name.to_owned())));
    assert_eq!(rows(text.as_bytes(), "utf-8"), expected);
    let gb = encoding_rs::GB18030.encode("id,name\n1,䶮\n2,买买提·艾力\n").0;
    let expected = [(2, "䶮"), (3, "买买提·艾力")].map(|(row, name)| (row, Ok(name.to_owned())));
    assert_eq!(rows(&gb, "gb18030"), expected);
}

#[test]
fn a_bad_row_is_rejected_and_the_next_one_is_read() {
    let mut text = b"id,name\n".to_vec();
    for (row, rejection) in [
        (&b"1,\xff\xfe\n"[..], Rejection::Encoding),
        (b"1,a\0b\n", Rejection::Nul),
        (b"1\n", Rejection::Columns),
        (b"1,a,b\n", Rejection::Columns),
        (b"1,\"a\n", Rejection::Syntax),
        (b",a\n", Rejection::LocalId),
        (&[&b"1,"[..], &b"x".repeat(10_000_000), b"\n"].concat(), Rejection::TooLong),
    ] {
        text.truncate(8);
        text.extend("1,王小明\n".repeat(5).as_bytes());
        text.extend(row);
        text.extend("2,李华\n".as_bytes());
        let all = rows(&text, "utf-8");
        assert_eq!(all.len(), 7, "{rejection:?}");
        assert_eq!(all[5], (7, Err(rejection)));
        assert_eq!(all[6].1, Ok("李华".to_owned()));
    }
}

#[test]
fn a_file_in_another_encoding_is_refused_as_a_whole() {
    let text = "id,name\n1,王小明\n2,张伟\n";
    let gb = encoding_rs::GB18030.encode(text).0;
    for (bytes, encoding) in [(text.as_bytes(), "gb18030"), (&gb[..], "utf-8")] {
        let error = read(open(bytes, encoding).unwrap()).unwrap_err();
        assert!(matches!(error, ReadError::OtherEncoding { row: 2, .. }), "{error}");
    }
    assert!(matches!(open(b"\xff\xfei\0d\0", "utf-8"), Err(ReadError::Utf16)));
    // A few rows of the other one are a few rejected rows.
    let mixed = [&"1,王小明\n".repeat(9).into_bytes()[..], &gb[8..]].concat();
    let all = rows(&[b"id,name\n", &mixed[..]].concat(), "utf-8");
    assert_eq!(all.iter().filter(|(_, row)| *row == Err(Rejection::Encoding)).count(), 2);
}

#[test]
fn a_file_without_a_column_is_refused() {
    for (text, expected) in [
        ("", "the file has no rows"),
        ("id\n1\n", "the column name, which the profile names, is not in the file; it has id"),
        ("id,name,name\n", "the column name, which the profile names, stands in the file twice"),
    ] {
        assert_eq!(open(text.as_bytes(), "utf-8").err().unwrap().to_string(), expected);
    }
}

#[test]
fn it_goes_on_where_it_was_and_only_in_the_same_file() {
    let text: String = (0..20_000).map(|n| format!("{n},王小明{n}\n")).collect();
    let text = format!("id,name\n{text}");
    let whole = rows(text.as_bytes(), "utf-8");
    let mut reader = open(text.as_bytes(), "utf-8").unwrap();
    let (mut ends, mut seen) = (Vec::new(), 0);
    while let Some(chunk) = reader.next().unwrap() {
        seen += chunk.records.len();
        ends.push((chunk.end, seen));
    }
    assert!(ends.len() > 2);
    for (end, seen) in &ends {
        let mut reader = open(text.as_bytes(), "utf-8").unwrap();
        reader.go_on(end).unwrap();
        assert_eq!(read(reader).unwrap(), whole[*seen..]);
    }
    let (end, _) = &ends[1];
    let mut reader = open(text.replacen("王", "李", 1).as_bytes(), "utf-8").unwrap();
    assert!(matches!(reader.go_on(end), Err(ReadError::OtherFile { .. })));
    let mut reader = open(&text.as_bytes()[..200], "utf-8").unwrap();
    assert!(matches!(reader.go_on(end), Err(ReadError::OtherFile { .. })));
}

#[test]
fn a_file_that_grows_while_it_is_read_is_not_read_to_a_half_row() {
    let text: String = (0..40_000).map(|n| format!("{n},王小明{n}\n")).collect();
    let mut file = file(format!("id,name\n{text}").as_bytes());
    let mut reader = FileReader::open(file.path(), profile("utf-8")).unwrap();
    let first = reader.next().unwrap().unwrap();
    file.write_all(b"40000,half a r").unwrap();
    let error = std::iter::from_fn(|| reader.next().transpose()).find_map(Result::err);
    assert!(matches!(error, Some(ReadError::Grown { .. })), "{error:?}");
    // It goes on when the file is whole.
    file.write_all("ow\n40001,王小明\n".as_bytes()).unwrap();
    let mut reader = FileReader::open(file.path(), profile("utf-8")).unwrap();
    reader.go_on(&first.end).unwrap();
    let rest = read(reader).unwrap();
    assert_eq!(rest.len() + first.records.len(), 40_002);
    assert_eq!(rest[rest.len() - 2].1, Ok("half a row".to_owned()));
}

#[test]
fn what_has_no_lines_is_not_read_into_memory() {
    let endless = b"x".repeat(LONGEST_RECORD + 2 * CHUNK);
    let error = open(&endless, "utf-8").err().unwrap();
    assert!(matches!(error, ReadError::Endless(1)), "{error}");
}

#[test]
fn a_truncated_file_gives_its_whole_rows_and_names_the_broken_one() {
    assert_eq!(rows("id,name\n1,王小明\n2".as_bytes(), "utf-8")[1], (3, Err(Rejection::Columns)));
    let half = &"id,name\n1,王小明\n2,李".as_bytes()[..23];
    assert_eq!(rows(half, "utf-8")[1], (3, Err(Rejection::Encoding)));
}
