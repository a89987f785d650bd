//! Rows of another system's database, read and never written: its columns as texts.

use futures_util::TryStreamExt;
use tokio::sync::mpsc;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;

/// A row: a text for each column, or nothing.
pub type Texts = Vec<Option<String>>;

/// The rows as they come; behind the last of all stands `None`, so that a connection that was lost is not taken for
/// the end.
pub type Rows = mpsc::Receiver<Result<Option<Texts>, Error>>;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub table: &'a str,
    pub columns: &'a [String],
    /// A condition in SQL, by whoever administers the source.
    pub filter: Option<&'a str>,
    /// Columns by which the rows are ordered: the same at every reading.
    pub order: &'a [&'a str],
}

/// Rows that wait: the bound on memory.
const WAITING: usize = 1000;

/// Asks a PostgreSQL database for columns of a table. The connection is read-only and one transaction, so the rows are of
/// one moment.
///
/// # Errors
/// It cannot be reached, or there is no such table or column. What goes wrong later is the last row.
pub async fn rows(url: &str, asked: Asked<'_>) -> Result<Rows, Error> {
    let wrong = || Error::Configuration("the address of the source is not a PostgreSQL URL".to_owned());
    let configuration: tokio_postgres::Config = url.parse().map_err(|_| wrong())?;
    let (client, connection) = configuration.connect(MakeRustlsConnect::new(super::postgres::tls())).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "the connection to a source has ended");
        }
    });
    client.batch_execute("begin transaction isolation level repeatable read, read only").await?;
    let select = select(asked);
    let found = client.query_raw(select.as_str(), std::iter::empty::<i64>()).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let width = asked.columns.len();
    tokio::spawn(async move {
        // Ends the connection when it is dropped.
        let _client = client;
        let mut found = std::pin::pin!(found);
        loop {
            let row = match found.try_next().await {
                Ok(Some(row)) => (0..width).map(|at| row.try_get(at)).collect::<Result<Texts, _>>().map(Some),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            };
            let goes_on = matches!(row, Ok(Some(_)));
            if sender.send(row.map_err(Error::from)).await.is_err() || !goes_on {
                return;
            }
        }
    });
    Ok(receiver)
}

fn select(Asked { table, columns, filter, order }: Asked<'_>) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<_> = columns.iter().map(|column| format!("{}::text", quoted(column))).collect();
    let table: Vec<_> = table.split('.').map(quoted).collect();
    let filter = filter.map(|filter| format!(" where {filter}")).unwrap_or_default();
    let order: Vec<_> = order.iter().map(|column| quoted(column)).collect();
    let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
    format!("select {} from {}{filter}{order}", columns.join(", "), table.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        let columns = ["AAC001".to_owned(), "a\"b".to_owned()];
        let filter = Some("status <> 'X'");
        assert_eq!(
            select(Asked { table: "public.ac01", columns: &columns, filter, order: &["AAC001"] }),
            "select \"AAC001\"::text, \"a\"\"b\"::text from \"public\".\"ac01\" where status <> 'X' order by \"AAC001\""
        );
    }
}
