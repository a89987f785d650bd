//! A file of bytes, record by record. The digest goes along, so that a run that was cut off goes on only in the file
//! that it began with; and the file is read only as far as it was long when it was opened.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use super::super::profile::{Encoding, Format, Profile};
use super::super::run::Position;
use super::encoding::{BYTE_ORDER_MARK, decoded, is_utf8_chinese};
use super::records::{Form, Heads, Records, by_name, is_comment};
use super::{CHUNK, Chunk, LONGEST_RECORD, Lot, ReadError, Reader, csv, ldif};
use crate::crypto::Sha256;

pub struct FileReader {
    input: Box<dyn Read + Send>,
    /// The file, to look whether it has changed; none where the input is a stream.
    file: Option<(File, u64)>,
    /// Read, and not yet given away.
    buffer: Vec<u8>,
    ended: bool,
    splitter: Splitter,
    digest: Sha256,
    /// Up to where records were given away.
    at: Position,
    heads: Vec<u8>,
    records: Records,
    checked: bool,
}

#[derive(Clone, Copy)]
enum Splitter {
    Csv(u8),
    Lines,
    Ldif,
}

impl Splitter {
    fn end_of_record(self, bytes: &[u8], last: bool) -> Option<usize> {
        match self {
            Self::Csv(delimiter) => csv::end_of_record(bytes, delimiter, last),
            Self::Ldif => ldif::end_of_record(bytes, last),
            Self::Lines => {
                let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
                end.or((last && !bytes.is_empty()).then_some(bytes.len()))
            }
        }
    }
}

impl FileReader {
    /// Opens a file; `-` is standard input.
    pub fn open(path: &Path, profile: Arc<Profile>) -> Result<Self, ReadError> {
        let failed = ReadError::Closed;
        // Not by `std::io::stdin`: whoever reads arguments from it holds its lock.
        let path = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        // A pipe or a device has no length.
        let known = metadata.is_file().then(|| file.try_clone().map(|file| (file, metadata.len())));
        let known = known.transpose().map_err(failed)?;
        let input: Box<dyn Read + Send> = match &known {
            Some((_, length)) => Box::new(file.take(*length)),
            None => Box::new(file),
        };
        Self::of(input, known, profile)
    }

    fn of(
        input: Box<dyn Read + Send>,
        file: Option<(File, u64)>,
        profile: Arc<Profile>,
    ) -> Result<Self, ReadError> {
        let (splitter, form) = match &profile.format {
            Format::Ndjson => (Splitter::Lines, Form::Ndjson(by_name(&profile, false))),
            // Rejected entries of a directory come back as LDIF, those of a workbook and a table as CSV.
            format if format.is_ldif() => (Splitter::Ldif, Form::Ldif(by_name(&profile, true))),
            Format::Csv { encoding, delimiter } => (Splitter::Csv(*delimiter), empty(*encoding, *delimiter)),
            _ => (Splitter::Csv(b','), empty(Encoding::Utf8, b',')),
        };
        let mut reader = Self {
            input,
            file,
            buffer: Vec::new(),
            ended: false,
            splitter,
            digest: Sha256::new(),
            at: Position::default(),
            heads: Vec::new(),
            records: Records { profile: profile.clone(), form },
            checked: false,
        };
        reader.fill()?;
        if matches!(&reader.buffer[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err(ReadError::Utf16);
        }
        if let Form::Csv { encoding, delimiter, .. } = reader.records.form {
            let heads = Arc::new(reader.read_heads(encoding, delimiter, &profile)?);
            reader.records.form = Form::Csv { encoding, delimiter, heads };
        }
        Ok(reader)
    }

    fn read_heads(
        &mut self,
        encoding: Encoding,
        delimiter: u8,
        profile: &Profile,
    ) -> Result<Heads, ReadError> {
        loop {
            let end = self.first_end()?.ok_or(ReadError::Empty)?;
            let line = self.take(end);
            self.at.row += 1;
            if is_comment(&line) {
                continue;
            }
            let other = || ReadError::OtherEncoding {
                what: "the line of heads is in another encoding",
                row: 1,
                expected: named(encoding),
            };
            // The heads are mostly ASCII; a mark in front of them is none of their characters.
            let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line);
            let text = decoded(encoding, text).map_err(|_| other())?;
            let mut names = Vec::new();
            csv::fields(&text, delimiter, |_, name| names.push(name.trim().to_owned()))
                .map_err(|_| other())?;
            let heads = Heads::of(&names, profile)?;
            self.heads = line;
            return Ok(heads);
        }
    }

    /// Takes bytes off the buffer, past all records that end there.
    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(length);
        let taken = std::mem::replace(&mut self.buffer, rest);
        self.digest.update(&taken);
        self.at.offset += taken.len() as u64;
        taken
    }

    fn first_end(&mut self) -> Result<Option<usize>, ReadError> {
        loop {
            if let Some(end) = self.splitter.end_of_record(&self.buffer, self.ended) {
                return Ok(Some(end));
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Reads some more; nothing more is there when `ended` is set.
    fn fill(&mut self) -> Result<(), ReadError> {
        if self.buffer.len() > LONGEST_RECORD {
            return Err(ReadError::Endless(self.at.row + 1));
        }
        let before = self.buffer.len();
        self.buffer.resize(before + CHUNK, 0);
        let mut filled = before;
        while filled < self.buffer.len() {
            match self.input.read(&mut self.buffer[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::Unreadable { row: self.at.row + 1, error }),
            }
        }
        self.buffer.truncate(filled);
        if self.ended { self.look_at_file() } else { Ok(()) }
    }

    /// A file that has another length now is still being written: its last record may be half a one.
    fn look_at_file(&self) -> Result<(), ReadError> {
        let Some((file, before)) = &self.file else { return Ok(()) };
        let now = file.metadata().map_err(|error| ReadError::Unreadable { row: self.at.row, error })?.len();
        if now == *before { Ok(()) } else { Err(ReadError::Grown { before: *before, now, row: self.at.row }) }
    }

    /// The first chunk tells whether the whole file is in the other encoding: better than a million rejected rows.
    fn check_encoding(&mut self, lot: &Lot) -> Result<(), ReadError> {
        if std::mem::replace(&mut self.checked, true) {
            return Ok(());
        }
        let Lot::Bytes { bytes, ends } = lot else { return Ok(()) };
        let expected = match self.records.form {
            Form::Csv { encoding, .. } => encoding,
            _ => Encoding::Utf8,
        };
        let mut start = 0;
        let mut rows = ends.iter().map(|end| &bytes[std::mem::replace(&mut start, *end)..*end]);
        let (mut good, mut bad, mut first) = (0, 0, None);
        let mut at = self.at.row;
        for row in rows.by_ref().filter(|row| row.len() < super::LONGEST_ROW) {
            at += 1;
            if row.is_ascii() {
                continue;
            }
            if decoded(expected, row).is_ok() {
                good += 1;
            } else {
                bad += 1;
                first.get_or_insert((at, is_utf8_chinese(row)));
            }
        }
        match first {
            Some((row, utf8)) if bad > good => Err(ReadError::OtherEncoding {
                what: if utf8 { "the file is in UTF-8, as" } else { "the file is in another encoding," },
                row,
                expected: named(expected),
            }),
            _ => Ok(()),
        }
    }
}

fn empty(encoding: Encoding, delimiter: u8) -> Form {
    Form::Csv { encoding, delimiter, heads: Arc::new(Heads::none()) }
}

const fn named(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Gb18030 => "GB 18030",
    }
}

impl Reader for FileReader {
    fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        let Some(first) = self.first_end()? else { return Ok(None) };
        let (mut ends, mut end) = (vec![first], first);
        loop {
            while end < CHUNK
                && let Some(length) = self.splitter.end_of_record(&self.buffer[end..], self.ended)
            {
                end += length;
                ends.push(end);
            }
            if end >= CHUNK || self.ended || self.buffer.len() - end > CHUNK {
                break;
            }
            self.fill()?;
        }
        let bytes = self.take(end);
        let lot = Lot::Bytes { bytes, ends };
        self.check_encoding(&lot)?;
        let first_row = self.at.row + 1;
        self.at.row += lot.len() as u64;
        self.at.digest = self.digest.so_far().to_vec();
        Ok(Some(Chunk { first_row, records: lot, end: self.at.clone() }))
    }

    fn go_on(&mut self, position: &Position) -> Result<(), ReadError> {
        let mut left =
            position.offset.checked_sub(self.at.offset).ok_or(ReadError::OtherFile { row: position.row })?;
        while left > 0 {
            if self.buffer.is_empty() {
                self.fill()?;
                if self.buffer.is_empty() {
                    return Err(ReadError::OtherFile { row: position.row });
                }
            }
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            self.take(part);
            left -= part as u64;
        }
        if self.digest.so_far()[..] != position.digest[..] {
            return Err(ReadError::OtherFile { row: position.row });
        }
        self.at.row = position.row;
        Ok(())
    }

    fn length(&self) -> Option<u64> {
        self.file.as_ref().map(|(_, length)| *length)
    }

    fn heads(&self) -> &[u8] {
        &self.heads
    }

    fn records(&self) -> Records {
        self.records.clone()
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
