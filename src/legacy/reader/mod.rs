//! Reading a source: from its bytes to chunks of whole records, in constant memory, with the position and digest at the
//! end of each; and from a record to the texts of its columns. The first is done by one thread, the second by many.

mod csv;
mod encoding;
mod file;
mod ldif;
mod live;
mod ndjson;
mod records;
mod xlsx;

use super::run::Position;

pub use csv::write as write_csv;
pub use file::FileReader;
pub use live::open_live;
pub use records::{Record, Records};
pub use xlsx::XlsxReader;

/// A record may be so long and no longer, in bytes. A row of a good file has a thousand; longer ones are
/// rejected ([`super::Rejection::TooLong`]).
pub const LONGEST_ROW: usize = 64 * 1024;
/// What is longer than this is no record of a file of this format at all: the import stops.
const LONGEST_RECORD: usize = 16 * 1024 * 1024;
/// About so many bytes make a chunk.
const CHUNK: usize = 128 * 1024;

/// Some records that follow each other.
pub struct Chunk {
    /// The number of its first record.
    pub first_row: u64,
    pub records: Lot,
    /// Where the source stands after its last.
    pub end: Position,
}

/// Records, as far as they are taken apart.
pub enum Lot {
    /// The bytes of all, and where each ends.
    Bytes { bytes: Vec<u8>, ends: Vec<usize> },
    /// Cells, by the place of their column.
    Cells(Vec<Vec<String>>),
}

impl Lot {
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes { ends, .. } => ends.len(),
            Self::Cells(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<Record<'_>> {
        match self {
            Self::Bytes { bytes, ends } => {
                let start = index.checked_sub(1).map_or(0, |before| ends[before]);
                Some(Record::Bytes(&bytes[start..*ends.get(index)?]))
            }
            Self::Cells(rows) => rows.get(index).map(|cells| Record::Cells(cells)),
        }
    }
}

/// Where the records come from.
pub trait Reader: Send {
    /// The next chunk; `None` at the end.
    fn next(&mut self) -> Result<Option<Chunk>, ReadError>;

    /// Goes on where a run was cut off.
    ///
    /// # Errors
    /// [`ReadError::OtherFile`]: what is before that position is not what it was.
    fn go_on(&mut self, position: &Position) -> Result<(), ReadError>;

    /// How long the whole is, in the unit of [`Position::offset`], where that is known.
    fn length(&self) -> Option<u64>;

    /// The line of heads as it stands in the file, which the file of rejected rows begins with.
    fn heads(&self) -> &[u8];

    /// How its records are understood.
    fn records(&self) -> Records;
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("row {row} cannot be read: {error}")]
    Unreadable { row: u64, error: std::io::Error },
    #[error("it cannot be opened: {0}")]
    Closed(std::io::Error),
    #[error("the file has no rows")]
    Empty,
    #[error("the column {column}, which the profile names, is not in the file; it has {heads}")]
    ColumnMissing { column: String, heads: String },
    #[error("the column {0}, which the profile names, stands in the file twice")]
    ColumnTwice(String),
    #[error("row {0} is longer than 16 MiB: is this a file of the format that the profile says?")]
    Endless(u64),
    #[error("the file is in UTF-16: save it as UTF-8, or as the encoding that the profile says")]
    Utf16,
    #[error("{what} at row {row}; the profile says that the file is in {expected}")]
    OtherEncoding { what: &'static str, row: u64, expected: &'static str },
    #[error(
        "the file has changed while it was read (it had {before} bytes and has {now}): rows up to {row} are in; run \
         the import again when the file is whole"
    )]
    Grown { before: u64, now: u64, row: u64 },
    #[error("the file is not the one that was read up to row {row} before")]
    OtherFile { row: u64 },
    #[error(transparent)]
    Source(#[from] crate::db::foreign::Error),
    #[error("the connection to the source has ended behind row {row}, before its last")]
    Ended { row: u64 },
    #[error("sources of this format are not read over a connection: give the file of an export")]
    NoSuchConnection,
    #[error("not a workbook: {0}")]
    Workbook(String),
}
