//! PostgreSQL. The connection is read-only and one transaction, so the rows are of one moment.

use tokio::sync::mpsc;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::postgres::tls;
use super::{Error, KEEPALIVE, Row, Rows, Table, WAITING, carry, in_time};

/// Asks for columns of a table. The URL says whether by TLS (`sslmode`), as PostgreSQL's own do.
///
/// # Errors
/// It cannot be reached, or there is no such table or column. What goes wrong later is the last row.
pub async fn rows(url: &str, asked: Table<'_>) -> Result<Rows<Row>, Error> {
    let form = "it is to be postgres://USER:PASSWORD@HOST:PORT/DATABASE";
    let mut configuration: tokio_postgres::Config = url.parse().map_err(|_| Error::Address(form))?;
    configuration.keepalives_idle(KEEPALIVE);
    let (client, connection) = in_time(configuration.connect(MakeRustlsConnect::new(tls()))).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "the connection to a source has ended");
        }
    });
    client.batch_execute("begin transaction isolation level repeatable read, read only").await?;
    let select = asked.select('"', "{}::text");
    let found = client.query_raw(select.as_str(), std::iter::empty::<i64>()).await?;
    let (sender, rows) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        // Ends the connection when it is dropped.
        let _client = client;
        carry(found, row, sender).await;
    });
    Ok(rows)
}

fn row(row: tokio_postgres::Row) -> Result<Row, Error> {
    let text = |at| Ok(row.try_get::<_, Option<String>>(at)?.map(String::into_bytes));
    (0..row.len()).map(text).collect()
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            // The server's detail may quote values of a row: only its message goes on.
            Some(refusal) => Self::Refused(format!("{}: {}", refusal.code().code(), refusal.message())),
            None => Self::Unanswered(error.to_string()),
        }
    }
}
