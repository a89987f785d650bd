//! Rows of another system's database, read and never written: its columns as texts.

use futures_util::TryStreamExt;
use tokio::sync::mpsc;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Error;

/// A row: a text for each column, or nothing.
pub type Texts = Vec<Option<String>>;

/// Rows that wait: the bound on memory.
const WAITING: usize = 1000;

/// Asks a PostgreSQL database for columns of a table, and gives the rows as they come. `filter` is a condition in SQL, by
/// whoever administers the source. The connection is read-only and one transaction, so the rows are of one moment.
///
/// # Errors
/// It cannot be reached, or there is no such table or column. What goes wrong later is the last row.
pub async fn rows(
    url: &str,
    table: &str,
    columns: &[String],
    filter: Option<&str>,
) -> Result<mpsc::Receiver<Result<Texts, Error>>, Error> {
    let wrong = || Error::Configuration("the address of the source is not a PostgreSQL URL".to_owned());
    let configuration: tokio_postgres::Config = url.parse().map_err(|_| wrong())?;
    let (client, connection) = configuration.connect(MakeRustlsConnect::new(super::postgres::tls())).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "the connection to a source has ended");
        }
    });
    client.batch_execute("begin transaction isolation level repeatable read, read only").await?;
    let select = select(table, columns, filter);
    let found = client.query_raw(select.as_str(), std::iter::empty::<i64>()).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let width = columns.len();
    tokio::spawn(async move {
        // Ends the connection when it is dropped.
        let _client = client;
        let mut found = std::pin::pin!(found);
        loop {
            let row = match found.try_next().await {
                Ok(Some(row)) => (0..width).map(|at| row.try_get(at)).collect::<Result<Texts, _>>(),
                Ok(None) => return,
                Err(error) => Err(error),
            };
            let failed = row.is_err();
            if sender.send(row.map_err(Error::from)).await.is_err() || failed {
                return;
            }
        }
    });
    Ok(receiver)
}

fn select(table: &str, columns: &[String], filter: Option<&str>) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<_> = columns.iter().map(|column| format!("{}::text", quoted(column))).collect();
    let table: Vec<_> = table.split('.').map(quoted).collect();
    let filter = filter.map(|filter| format!(" where {filter}")).unwrap_or_default();
    format!("select {} from {}{filter}", columns.join(", "), table.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        let columns = ["AAC001".to_owned(), "a\"b".to_owned()];
        assert_eq!(
            select("public.ac01", &columns, Some("status <> 'X'")),
            "select \"AAC001\"::text, \"a\"\"b\"::text from \"public\".\"ac01\" where status <> 'X'"
        );
    }
}
