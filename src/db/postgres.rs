//! The home past one machine: PostgreSQL. Group commit is the server's own.

use std::pin::pin;

use bytes::Bytes;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::SinkExt;
use tokio_postgres::types::ToSql;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::given::{HEAD, TAIL};
use super::{Error, Map, Row, Rows, Value};

/// Connections a node keeps at most: about what a server of a few cores can use at once.
const CONNECTIONS: usize = 16;

#[derive(Clone)]
pub struct Store(Pool);

impl Store {
    /// Connects on first use. `sslmode=require` in the URL asks for TLS, checked against the machine's roots.
    pub fn open(url: &str) -> Result<Self, Error> {
        let configuration: tokio_postgres::Config = url
            .parse()
            .map_err(|_| Error::Configuration("storage.url is not a PostgreSQL URL".to_owned()))?;
        let manager = Manager::from_config(
            configuration,
            MakeRustlsConnect::new(tls()),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(std::time::Duration::from_secs(10)))
            .create_timeout(Some(std::time::Duration::from_secs(10)))
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|e| Error::Configuration(e.to_string()))?;
        Ok(Self(pool))
    }

    pub async fn begin(&self) -> Result<Tx, Error> {
        let client = self.0.get().await?;
        client.batch_execute("begin").await?;
        Ok(Tx(Some(client)))
    }

    pub async fn read<R: Send>(&self, sql: &str, values: &[Value<'_>], map: Map<R>) -> Result<Vec<R>, Error> {
        query(&self.0.get().await?, sql, values, map).await
    }

    pub async fn script(&self, sql: &str) -> Result<(), Error> {
        let tx = self.begin().await?;
        tx.client()?.batch_execute(sql).await?;
        tx.commit().await
    }
}

pub struct Tx(Option<Object>);

impl Tx {
    pub async fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Error> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, &parameters(values)).await?)
    }

    pub async fn all<R: Send>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        map: Map<R>,
    ) -> Result<Vec<R>, Error> {
        query(self.client()?, sql, values, map).await
    }

    pub async fn give(&mut self, rows: &Rows) -> Result<(), Error> {
        let (client, given) = (self.client()?, rows.given());
        let create = given.create(" on commit delete rows");
        // Else the server notes each time that the table is there.
        let quiet = "set local client_min_messages = warning";
        client.batch_execute(&format!("{quiet}; {create}; truncate {}", given.table)).await?;
        let sink = client.copy_in::<_, Bytes>(&given.copy()).await?;
        let mut sink = pin!(sink);
        for piece in [HEAD, rows.bytes(), TAIL] {
            sink.feed(Bytes::copy_from_slice(piece)).await?;
        }
        sink.finish().await?;
        Ok(())
    }

    pub async fn commit(mut self) -> Result<(), Error> {
        let client = self.0.take().ok_or_else(ended)?;
        // The server answers COMMIT of a failed transaction with ROLLBACK and no error: statements that
        // fail here are never carried past, so this can only be a commit.
        Ok(client.batch_execute("commit").await?)
    }

    fn client(&self) -> Result<&Object, Error> {
        self.0.as_ref().ok_or_else(ended)
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            // A connection goes back to the pool only with its transaction ended.
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(async move {
                    if client.batch_execute("rollback").await.is_err() {
                        let _ = Object::take(client);
                    }
                })),
                Err(_) => drop(Object::take(client)),
            }
        }
    }
}

async fn query<R: Send>(
    client: &Object,
    sql: &str,
    values: &[Value<'_>],
    map: Map<R>,
) -> Result<Vec<R>, Error> {
    let statement = client.prepare_cached(sql).await?;
    let rows = client.query(&statement, &parameters(values)).await?;
    rows.iter().map(|row| map(&Row::Postgres(row))).collect()
}

fn parameters<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|v| v as &(dyn ToSql + Sync)).collect()
}

pub fn tls() -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

fn ended() -> Error {
    Error::Unavailable("the transaction has ended".to_owned())
}
