//! A source that is read where it is, over a read-only connection. Its rows come in the order of their ids, and the digest
//! goes along as it does with a file: an import that was cut off goes on where it was if what is before is what it was.

use std::sync::Arc;

use super::super::profile::{Format, Profile, Shape};
use super::super::run::Position;
use super::records::{Form, Heads, Records};
use super::{Chunk, Lot, ReadError, Reader, write_csv};
use crate::crypto::Sha256;
use crate::db::foreign::{self, Asked, Rows};

/// Rows of a chunk.
const ROWS: usize = 500;

pub struct LiveReader {
    rows: Rows,
    /// The last row has come.
    ended: bool,
    at: u64,
    digest: Sha256,
    heads: Vec<u8>,
    records: Records,
}

impl LiveReader {
    /// Connects to `url`. Of what the profile can name, PostgreSQL is read so today.
    pub async fn open(url: &str, profile: Arc<Profile>) -> Result<Self, ReadError> {
        let Format::Postgres { table, filter } = &profile.format else {
            return Err(ReadError::NoSuchConnection);
        };
        let order = ids(&profile);
        let asked = Asked { table, columns: &profile.columns, filter: filter.as_deref(), order: &order };
        let rows = foreign::rows(url, asked).await?;
        let mut heads = Vec::new();
        write_csv(&mut heads, &profile.columns);
        let form = Form::Cells(Arc::new(Heads::of(&profile.columns, &profile)?));
        let (digest, records) = (Sha256::new(), Records { profile, form });
        Ok(Self { rows, ended: false, at: 0, digest, heads, records })
    }

    fn next_row(&mut self) -> Result<Option<Vec<String>>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        match self.rows.blocking_recv() {
            Some(Ok(Some(row))) => {
                let cells: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
                let mut text = Vec::new();
                write_csv(&mut text, &cells);
                self.digest.update(&text);
                self.at += 1;
                Ok(Some(cells))
            }
            Some(Ok(None)) => {
                self.ended = true;
                Ok(None)
            }
            Some(Err(error)) => Err(error.into()),
            None => Err(ReadError::Ended { row: self.at }),
        }
    }
}

/// The columns in which accounts have their ids.
fn ids(profile: &Profile) -> Vec<&str> {
    let id = |shape: &Shape| profile.columns.get(shape.local_id).map(String::as_str);
    let mut ids: Vec<&str> =
        [&profile.person, &profile.organization].into_iter().flatten().filter_map(id).collect();
    ids.dedup();
    ids
}

impl Reader for LiveReader {
    fn next(&mut self) -> Result<Option<Chunk>, ReadError> {
        let first_row = self.at + 1;
        let mut rows = Vec::with_capacity(ROWS);
        while rows.len() < ROWS
            && let Some(row) = self.next_row()?
        {
            rows.push(row);
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let end = Position { offset: self.at, row: self.at, digest: self.digest.so_far().to_vec() };
        Ok(Some(Chunk { first_row, records: Lot::Cells(rows), end }))
    }

    fn go_on(&mut self, position: &Position) -> Result<(), ReadError> {
        while self.at < position.row {
            if self.next_row()?.is_none() {
                return Err(ReadError::OtherFile { row: position.row });
            }
        }
        if self.digest.so_far()[..] == position.digest[..] {
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
