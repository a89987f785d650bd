//! Accounts where they are: tables of another system's database and entries of its directory, read and never written.
//! The rows come while they are read, some at a time, so that what is in memory does not grow with how many there are.

mod address;
pub mod directory;
pub mod mysql;
pub mod postgres;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, TryStreamExt};
use tokio::sync::mpsc;

/// What stands in each column, as text in UTF-8 if the source has told the truth; or nothing.
pub type Row = Vec<Option<Vec<u8>>>;

/// Rows as they come, some at a time. Behind the last of all stands `None`, so that a connection that was lost is not
/// taken for the end.
pub type Rows<R> = mpsc::Receiver<Result<Option<Vec<R>>, Error>>;
type Sender<R> = mpsc::Sender<Result<Option<Vec<R>>, Error>>;

/// What is asked of a database.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// A table or view, with its schema before a point where it has one.
    pub name: &'a str,
    pub columns: &'a [String],
    /// A condition in SQL, by whoever administers the source.
    pub filter: Option<&'a str>,
    /// Columns by which the rows are ordered: the same at every reading.
    pub order: &'a [&'a str],
}

/// What a source answers instead of rows. No password is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the address of the source is not good: {0}")]
    Address(&'static str),
    /// It cannot be reached, or the connection was lost.
    #[error("the source does not answer: {0}")]
    Unanswered(String),
    /// With the source's own code: it lets nobody in by that name, has no such table, column or place, or stops by a
    /// limit of its own.
    #[error("the source refuses: {0}")]
    Refused(String),
}

/// Sets of rows that wait: with the size of a set, the bound on memory.
const WAITING: usize = 4;
/// A set has at most so many rows, and about so many bytes.
const ROWS: usize = 500;
const BYTES: usize = 128 * 1024;
/// How long a source may take to let somebody in.
const OPENING: Duration = Duration::from_secs(10);
/// After so long without a word, whoever is at the other end is asked whether they are still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

async fn in_time<T, E>(opening: impl Future<Output = Result<T, E>>) -> Result<T, Error>
where
    Error: From<E>,
{
    let opened = tokio::time::timeout(OPENING, opening).await;
    Ok(opened.map_err(|_| Error::Unanswered("not within ten seconds".to_owned()))??)
}

/// Carries rows to whoever reads them, until the last, an error, or the reader's leaving.
async fn carry<T, E>(
    found: impl Stream<Item = Result<T, E>>,
    row: fn(T) -> Result<Row, Error>,
    to: Sender<Row>,
) where
    Error: From<E>,
{
    let mut found = pin!(found);
    let (mut rows, mut bytes) = (Vec::new(), 0);
    loop {
        let next = found.try_next().await.map_err(Error::from);
        let end = match next.and_then(|found| found.map(row).transpose()) {
            Ok(Some(row)) => {
                bytes += row.iter().flatten().map(Vec::len).sum::<usize>();
                rows.push(row);
                None
            }
            Ok(None) => Some(Ok(None)),
            Err(error) => Some(Err(error)),
        };
        if rows.len() == ROWS || bytes >= BYTES || end.is_some() && !rows.is_empty() {
            bytes = 0;
            if to.send(Ok(Some(std::mem::take(&mut rows)))).await.is_err() {
                return;
            }
        }
        if let Some(end) = end {
            // If nobody listens, nobody wants the end either.
            let _ = to.send(end).await;
            return;
        }
    }
}

impl Table<'_> {
    /// The question in SQL: `quote` stands around names, `{}` of `as_text` for the name of a column.
    fn select(&self, quote: char, as_text: &str) -> String {
        let quoted =
            |name: &str| format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")));
        let columns: Vec<_> =
            self.columns.iter().map(|column| as_text.replace("{}", &quoted(column))).collect();
        let table: Vec<_> = self.name.split('.').map(quoted).collect();
        let filter = self.filter.map(|filter| format!(" where {filter}")).unwrap_or_default();
        let order: Vec<_> = self.order.iter().map(|column| quoted(column)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
        format!("select {} from {}{filter}{order}", columns.join(", "), table.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        let columns = ["AAC001".to_owned(), "a\"b`".to_owned()];
        let filter = Some("status <> 'X'");
        let table = Table { name: "public.ac01", columns: &columns, filter, order: &["AAC001"] };
        assert_eq!(
            table.select('"', "{}::text"),
            "select \"AAC001\"::text, \"a\"\"b`\"::text from \"public\".\"ac01\" where status <> 'X' order by \"AAC001\""
        );
        assert_eq!(
            table.select('`', "{}"),
            "select `AAC001`, `a\"b``` from `public`.`ac01` where status <> 'X' order by `AAC001`"
        );
    }

    #[tokio::test]
    async fn rows_come_in_sets_and_the_end_is_said() {
        let rows = (0..1200).map(|_| Ok::<_, Error>(vec![Some(b"x".to_vec())]));
        let (sender, mut receiver) = mpsc::channel(WAITING);
        tokio::spawn(carry(futures_util::stream::iter(rows), Ok, sender));
        let mut sizes = Vec::new();
        while let Some(rows) = receiver.recv().await.expect("the end is said").unwrap() {
            sizes.push(rows.len());
        }
        assert_eq!(sizes, [500, 500, 200]);
        assert!(receiver.recv().await.is_none());
    }

    #[tokio::test]
    async fn what_came_before_an_error_is_given() {
        let lost = || Error::Unanswered("lost".to_owned());
        let rows = [Ok(vec![None]), Err(lost())];
        let (sender, mut receiver) = mpsc::channel(WAITING);
        tokio::spawn(carry(futures_util::stream::iter(rows), Ok, sender));
        assert_eq!(receiver.recv().await.unwrap().unwrap(), Some(vec![vec![None]]));
        assert!(receiver.recv().await.unwrap().is_err());
        assert!(receiver.recv().await.is_none());
    }
}
