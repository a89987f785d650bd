//! The file of rejected rows: each as it was read, below a line that says which row it was and why. It has the form of
//! the file that it comes from, so that it can be mended and imported like it. Duplicates are commented out: left as
//! they are, they would take the place of the row that was there first.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::legacy::profile::Format;
use crate::legacy::reader::{Lot, Record, write_csv};
use crate::legacy::{Rejection, Run};

pub struct Rejects {
    path: Option<PathBuf>,
    heads: Vec<u8>,
    file: Option<File>,
    /// Up to where it belongs to what was committed.
    length: u64,
    between: &'static [u8],
}

/// A row that is rejected.
pub struct Rejected<'a> {
    pub row: u64,
    pub why: Rejection,
    pub lot: &'a Lot,
    pub place: usize,
}

impl Rejects {
    /// `begun`: the one that a run which was cut off has begun.
    ///
    /// # Errors
    /// It does not write over another file, which somebody may be mending.
    pub fn open(
        path: Option<PathBuf>,
        heads: Vec<u8>,
        format: &Format,
        run: &Run,
        begun: Option<&str>,
    ) -> anyhow::Result<Self> {
        // Records of LDIF stand between empty lines.
        let between: &[u8] = if format.is_ldif() { b"\n" } else { b"" };
        let mut rejects = Self { path, heads, file: None, length: 0, between };
        let Some(path) = &rejects.path else { return Ok(rejects) };
        let there = std::fs::metadata(path).ok().filter(|there| there.is_file()).map(|there| there.len());
        if let Some(there) = there {
            let own = begun.is_some_and(|begun| std::path::Path::new(begun) == path);
            ensure!(
                own || there == 0,
                "{} is there already: import it when it is mended, or move it away, or name another with --rejected",
                path.display()
            );
            // Of a file that was moved away meanwhile, what it had is where it is now.
            rejects.length = run.rejected_bytes.min(there);
        }
        Ok(rejects)
    }

    /// Writes rows, and waits until they are on the disk. Tells the file's new length.
    pub fn write(&mut self, rejected: &[Rejected<'_>]) -> anyhow::Result<u64> {
        let Some(path) = self.path.clone().filter(|_| !rejected.is_empty()) else { return Ok(self.length) };
        let mut text = Vec::new();
        if self.length == 0 {
            text.extend_from_slice(&self.heads);
        }
        for row in rejected {
            self.put(&mut text, row);
        }
        self.append(&path, &text).with_context(|| {
            format!("rejected rows cannot be written to {} (from row {})", path.display(), rejected[0].row)
        })?;
        Ok(self.length + text.len() as u64)
    }

    /// What was written belongs to what is committed.
    pub const fn keep(&mut self, length: u64) {
        self.length = length;
    }

    pub fn name(&self) -> Option<String> {
        self.path.as_ref().map(|path| path.to_string_lossy().into_owned())
    }

    /// The file, if there is anything in it.
    pub fn path(&self) -> Option<PathBuf> {
        self.path.clone().filter(|_| self.length > 0)
    }

    fn append(&mut self, path: &PathBuf, text: &[u8]) -> std::io::Result<()> {
        if self.file.is_none() {
            // Its rows are people.
            let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
            self.file = Some(file);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        if file.metadata()?.is_file() {
            file.set_len(self.length)?;
            file.seek(SeekFrom::Start(self.length))?;
        }
        file.write_all(text)?;
        file.sync_data().or_else(|error| if file.metadata()?.is_file() { Err(error) } else { Ok(()) })
    }

    fn put(&self, text: &mut Vec<u8>, rejected: &Rejected<'_>) {
        let line = format!("#! row {}: {}\n", rejected.row, rejected.why.code());
        text.extend_from_slice(line.as_bytes());
        let mut record = Vec::new();
        match rejected.lot.get(rejected.place) {
            Some(Record::Bytes(bytes)) => record.extend_from_slice(bytes.trim_ascii_end()),
            Some(Record::Cells(cells)) => {
                write_csv(&mut record, cells.iter().map(String::as_bytes));
                record.truncate(record.trim_ascii_end().len());
            }
            None => {}
        }
        if rejected.why == Rejection::DuplicateId {
            for line in record.split(|byte| *byte == b'\n') {
                text.extend_from_slice(b"#= ");
                text.extend_from_slice(line);
                text.push(b'\n');
            }
        } else {
            text.extend_from_slice(&record);
            text.push(b'\n');
        }
        text.extend_from_slice(self.between);
    }
}
