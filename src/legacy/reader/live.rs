//! A source that is read where it is, over a read-only connection. Its rows have no bytes and no digest: an import that
//! was cut off begins anew, and finds what is in already unchanged.

use std::sync::Arc;

use tokio::sync::mpsc::Receiver;

use super::super::profile::{Format, Profile};
use super::super::run::Position;
use super::records::{Form, Heads, Records};
use super::{Chunk, Lot, ReadError, Reader, write_csv};
use crate::db;
use crate::db::foreign::{self, Texts};

/// Rows of a chunk.
const ROWS: usize = 500;

pub struct LiveReader {
    rows: Receiver<Result<Texts, db::Error>>,
    at: u64,
    heads: Vec<u8>,
    records: Records,
}

impl LiveReader {
    /// Connects to `url`. Of what the profile can name, PostgreSQL is read so today.
    pub async fn open(url: &str, profile: Arc<Profile>) -> Result<Self, ReadError> {
        let Format::Postgres { table, filter } = &profile.format else {
            return Err(ReadError::NoSuchConnection);
        };
        let rows = foreign::rows(url, table, &profile.columns, filter.as_deref()).await?;
        let mut heads = Vec::new();
        write_csv(&mut heads, &profile.columns);
        let form = Form::Cells(Arc::new(Heads::of(&profile.columns, &profile)?));
        Ok(Self { rows, at: 0, heads, records: Records { profile, form } })
    }
}

impl Reader for LiveReader {
    fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        let mut rows = Vec::with_capacity(ROWS);
        while rows.len() < ROWS
            && let Some(row) = self.rows.blocking_recv()
        {
            rows.push(row?.into_iter().map(Option::unwrap_or_default).collect());
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let first_row = self.at + 1;
        self.at += rows.len() as u64;
        let end = Position { offset: self.at, row: self.at, digest: Vec::new() };
        Ok(Some(Chunk { first_row, records: Lot::Cells(rows), end }))
    }

    fn go_on(&mut self, position: &Position) -> Result<(), ReadError> {
        Err(ReadError::OtherFile { row: position.row })
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
