//! A source that is read where it is, over a connection that only reads. What comes is written as the file that the source
//! would be exported to, CSV of a table and LDIF of a directory, and understood as that file is. The digest goes along as
//! with a file: an import that was cut off goes on where it was if what is before is what it was.

use std::sync::Arc;

use super::super::profile::{Encoding, Format, Profile, Shape};
use super::super::run::Position;
use super::records::{Form, Heads, Records, by_name};
use super::{CHUNK, Chunk, Lot, ReadError, Reader, csv, ldif};
use crate::crypto::Sha256;
use crate::db::foreign::directory::{self, Entry, Subtree};
use crate::db::foreign::{Row, Rows, Table, mysql, postgres};

/// Connects to `url` and asks for what the profile names.
///
/// # Errors
/// What the source says instead of rows; nothing has begun then.
pub async fn open_live(url: &str, profile: Arc<Profile>) -> Result<Box<dyn Reader>, ReadError> {
    match &profile.format {
        Format::Postgres { table, filter } => {
            let ids = ids(&profile);
            let rows = postgres::rows(url, asked(table, filter.as_deref(), &ids, &profile)).await?;
            Ok(Box::new(of_table(rows, profile)?))
        }
        Format::Mysql { table, filter } => {
            let ids = ids(&profile);
            let rows = mysql::rows(url, asked(table, filter.as_deref(), &ids, &profile)).await?;
            Ok(Box::new(of_table(rows, profile)?))
        }
        Format::Ldap { base, filter } => {
            let (base, filter) = (base.clone(), filter.clone());
            let asked = Subtree { base, filter, attributes: attributes(&profile) };
            let rows = directory::entries(url, asked).await?;
            Ok(Box::new(of_directory(rows, profile)))
        }
        _ => Err(ReadError::NoSuchConnection),
    }
}

fn asked<'a>(
    name: &'a str,
    filter: Option<&'a str>,
    order: &'a [&'a str],
    profile: &'a Profile,
) -> Table<'a> {
    Table { name, columns: &profile.columns, filter, order }
}

/// The columns in which accounts have their ids.
fn ids(profile: &Profile) -> Vec<&str> {
    let id = |shape: &Shape| profile.columns.get(shape.local_id).map(String::as_str);
    let mut ids: Vec<&str> =
        [&profile.person, &profile.organization].into_iter().flatten().filter_map(id).collect();
    ids.dedup();
    ids
}

/// The profile's columns but the entry's own name, which comes unasked. `1.1` stands for none (RFC 4511 section 4.5.1.8).
fn attributes(profile: &Profile) -> Vec<String> {
    let named = profile.columns.iter().filter(|column| !column.eq_ignore_ascii_case("dn"));
    let named: Vec<_> = named.cloned().collect();
    if named.is_empty() { vec!["1.1".to_owned()] } else { named }
}

fn of_table(rows: Rows<Row>, profile: Arc<Profile>) -> Result<LiveReader<Row>, ReadError> {
    let mut line = Vec::new();
    csv::write(&mut line, profile.columns.iter().map(String::as_bytes));
    let heads = Arc::new(Heads::of(&profile.columns, &profile)?);
    let form = Form::Csv { encoding: Encoding::Utf8, delimiter: b',', heads };
    let write = |row: &Row, into: &mut Vec<u8>| {
        csv::write(into, row.iter().map(|cell| cell.as_deref().unwrap_or_default()));
    };
    Ok(LiveReader::new(rows, write, line, Records { profile, form }))
}

fn of_directory(rows: Rows<Entry>, profile: Arc<Profile>) -> LiveReader<Entry> {
    let form = Form::Ldif(by_name(&profile, true));
    let write = |entry: &Entry, into: &mut Vec<u8>| ldif::write(into, entry);
    LiveReader::new(rows, write, Vec::new(), Records { profile, form })
}

struct LiveReader<R> {
    rows: Rows<R>,
    /// Those that have come and were not given away.
    waiting: std::vec::IntoIter<R>,
    /// The last row has come.
    ended: bool,
    /// Writes a row as it would stand in a file.
    write: fn(&R, &mut Vec<u8>),
    at: u64,
    digest: Sha256,
    heads: Vec<u8>,
    records: Records,
}

impl<R> LiveReader<R> {
    fn new(rows: Rows<R>, write: fn(&R, &mut Vec<u8>), heads: Vec<u8>, records: Records) -> Self {
        let (waiting, digest) = (Vec::new().into_iter(), Sha256::new());
        Self { rows, waiting, ended: false, write, at: 0, digest, heads, records }
    }

    /// Writes the next row behind those in `text`; false behind the last.
    fn next_row(&mut self, text: &mut Vec<u8>) -> Result<bool, ReadError> {
        loop {
            if let Some(row) = self.waiting.next() {
                let start = text.len();
                (self.write)(&row, text);
                self.digest.update(&text[start..]);
                self.at += 1;
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            match self.rows.blocking_recv() {
                Some(Ok(Some(rows))) => self.waiting = rows.into_iter(),
                Some(Ok(None)) => self.ended = true,
                Some(Err(error)) => return Err(error.into()),
                None => return Err(ReadError::Ended { row: self.at }),
            }
        }
    }
}

impl<R: Send> Reader for LiveReader<R> {
    fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        let first_row = self.at + 1;
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        while bytes.len() < CHUNK && self.next_row(&mut bytes)? {
            ends.push(bytes.len());
        }
        if ends.is_empty() {
            return Ok(None);
        }
        let end = Position { offset: self.at, row: self.at, digest: self.digest.so_far().to_vec() };
        Ok(Some(Chunk { first_row, records: Lot::Bytes { bytes, ends }, end }))
    }

    fn go_on(&mut self, position: &Position) -> Result<(), ReadError> {
        let mut text = Vec::new();
        while self.at < position.row && self.next_row(&mut text)? {
            text.clear();
        }
        if self.at == position.row && self.digest.so_far()[..] == position.digest[..] {
            Ok(())
        } else {
            Err(ReadError::OtherFile { row: position.row })
        }
    }

    fn length(&self) -> Option<u64> {
        None
    }

    fn heads(&self) -> &[u8] {
        &self.heads
    }

    fn records(&self) -> Records {
        self.records.clone()
    }
}
