//! A workbook's sheet, row by row. The rows come one after the other; the workbook's table of texts is in memory as a
//! whole, which for a million accounts is some hundred megabytes. Who can, exports CSV.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, Reader as _, Xlsx};

use super::super::profile::Profile;
use super::super::run::Position;
use super::records::{Form, Heads, Records, of_float};
use super::{Chunk, Lot, ReadError, Reader, csv};
use crate::crypto::Sha256;

/// Rows of a chunk.
const ROWS: usize = 500;
/// What a sheet can be wide (ECMA-376 part 1, 18.3.1.73).
const WIDEST: usize = 16_384;

pub struct XlsxReader {
    chunks: Receiver<Result<Lot, ReadError>>,
    /// Rows, of the whole file's digest.
    at: Position,
    skip: u64,
    heads: Vec<u8>,
    records: Records,
}

impl XlsxReader {
    pub fn open(path: &Path, profile: Arc<Profile>, sheet: Option<&str>) -> Result<Self, ReadError> {
        let digest = digest_of(path).map_err(ReadError::Closed)?;
        let (sender, chunks) = sync_channel(2);
        let (path, sheet) = (path.to_owned(), sheet.map(str::to_owned));
        // The workbook is borrowed by the reader of its sheet, so both live in a thread.
        std::thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || {
                if let Err(error) = read(&path, sheet.as_deref(), &sender) {
                    // Whoever has stopped reading wants no error either.
                    let _ = sender.send(Err(error));
                }
            })
            .map_err(ReadError::Closed)?;
        let names = match chunks.recv() {
            Ok(Ok(Lot::Cells(mut rows))) if !rows.is_empty() => rows.swap_remove(0),
            Ok(Err(error)) => return Err(error),
            _ => return Err(ReadError::Empty),
        };
        let names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        let heads = Arc::new(Heads::of(&names, &profile)?);
        let mut line = Vec::new();
        csv::write(&mut line, names.iter().map(String::as_bytes));
        Ok(Self {
            chunks,
            at: Position { offset: 1, row: 1, digest },
            skip: 0,
            heads: line,
            records: Records { profile, form: Form::Cells(heads) },
        })
    }
}

impl Reader for XlsxReader {
    fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        while let Ok(lot) = self.chunks.recv() {
            let Lot::Cells(mut rows) = lot? else { continue };
            let skipped = rows.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            rows.drain(..skipped);
            self.skip -= skipped as u64;
            let first_row = self.at.row + skipped as u64 + 1;
            self.at.row = first_row - 1 + rows.len() as u64;
            self.at.offset = self.at.row;
            if !rows.is_empty() {
                return Ok(Some(Chunk { first_row, records: Lot::Cells(rows), end: self.at.clone() }));
            }
        }
        Ok(None)
    }

    fn go_on(&mut self, position: &Position) -> Result<(), ReadError> {
        if position.digest != self.at.digest {
            return Err(ReadError::OtherFile { row: position.row });
        }
        self.skip = position.row.saturating_sub(self.at.row);
        Ok(())
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

fn digest_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let (mut file, mut digest, mut part) = (File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(digest.so_far().to_vec()),
            count => digest.update(&part[..count]),
        }
    }
}

/// Sends the line of heads alone, then the rows.
fn read(path: &Path, sheet: Option<&str>, to: &SyncSender<Result<Lot, ReadError>>) -> Result<(), ReadError> {
    let broken = |error: &dyn std::fmt::Display| ReadError::Workbook(error.to_string());
    let file = File::open(path).map_err(ReadError::Closed)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let name = match sheet {
        Some(name) => name.to_owned(),
        None => workbook.sheet_names().first().cloned().ok_or(ReadError::Empty)?,
    };
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut current, mut width, mut sent) = (None, 0, false);
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        let (row, column) = cell.get_position();
        let column = column as usize;
        if column >= WIDEST {
            return Err(ReadError::Workbook(format!("row {} is wider than a sheet", row + 1)));
        }
        if current != Some(row) {
            // Rows without a cell are not in the file at all; they count, so that a row keeps its number.
            let empty = current.map_or(0, |before: u32| row.saturating_sub(before + 1));
            if !rows.is_empty() && (!sent || rows.len() >= ROWS) {
                width = if sent { width } else { rows[0].len() };
                sent = true;
                if to.send(Ok(Lot::Cells(std::mem::take(&mut rows)))).is_err() {
                    return Ok(());
                }
            }
            rows.extend((0..empty).map(|_| Vec::new()));
            rows.push(Vec::with_capacity(width));
            current = Some(row);
        }
        let Some(row) = rows.last_mut() else { continue };
        let text = text_of(cell.get_value());
        if column >= row.len() {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    if !rows.is_empty() {
        let _ = to.send(Ok(Lot::Cells(rows)));
    }
    Ok(())
}

/// As a person sees it, as far as the number allows; a date as its day.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => of_float(*number),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
